"""What more pictures would bring, and whether a probability means what it says."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from src.visualization.style import MUTED, OURS, REFERENCE, styled


@styled
def plot_learning_curve(
    sizes: Sequence[int],
    validation_means: Sequence[float],
    validation_deviations: Sequence[float],
    *,
    training_means: Sequence[float] | None = None,
    reference: float | None = None,
) -> Figure:
    """Draw accuracy over the number of training pictures.

    Parameters
    ----------
    sizes
        Numbers of training pictures.
    validation_means, validation_deviations
        Accuracy (0-1) on pictures not learned from: mean and standard deviation over the folds.
    training_means
        Accuracy on the pictures learned from.
    reference
        An accuracy to compare with, as a line across.

    Returns
    -------
    matplotlib.figure.Figure
    """
    mean, deviation = np.asarray(validation_means), np.asarray(validation_deviations)
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    axes = figure.add_subplot()
    axes.fill_between(sizes, mean - deviation, mean + deviation, color=OURS, alpha=0.18, linewidth=0)
    axes.plot(sizes, mean, color=OURS, marker="o", label="pictures not seen (band: ± one deviation over folds)")
    if training_means is not None:
        axes.plot(sizes, training_means, color=MUTED, marker="s", linestyle=":", label="pictures learned from")
    if reference is not None:
        axes.axhline(reference, color=REFERENCE, linestyle="--", label=f"the study: {reference:.3f}")
    axes.annotate(
        f"{mean[-1]:.3f}", (sizes[-1], mean[-1]), (0, -15), textcoords="offset points", ha="center", color=OURS
    )
    axes.set_xscale("log")
    axes.set_xticks(list(sizes))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.tick_params(axis="x", which="minor", bottom=False, labelbottom=False)
    axes.set_xlabel("training pictures (logarithmic)")
    axes.set_ylabel("accuracy")
    axes.legend(loc="best")
    axes.set_title("What more pictures bring")
    return figure


@styled
def plot_reliability(
    confidences: Sequence[float],
    accuracies: Sequence[float],
    counts: Sequence[int],
    *,
    calibration_error: float | None = None,
) -> Figure:
    """Draw a reliability diagram: in each bin of confidence, how often the answer was right.

    Parameters
    ----------
    confidences, accuracies, counts
        For each bin the mean probability of the answers in it (0-1), the share of them that was
        right (0-1), and how many there are. Empty bins are left out of the drawing.
    calibration_error
        Expected calibration error (0-1), written into the figure.

    Returns
    -------
    matplotlib.figure.Figure
    """
    confidence, accuracy = np.asarray(confidences, dtype=float), np.asarray(accuracies, dtype=float)
    count = np.asarray(counts, dtype=float)
    filled = count > 0
    confidence, accuracy, count = confidence[filled], accuracy[filled], count[filled]
    # Wilson score interval at 95 %, which stays within 0-1 where bins are small
    z = 1.96
    centre = (accuracy + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(accuracy * (1 - accuracy) / count + z**2 / (4 * count**2))

    figure = Figure(figsize=(6.4, 5.6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    upper.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1.2, label="perfectly calibrated")
    upper.vlines(confidence, centre - half, centre + half, color=OURS, linewidth=1.4, label="95 % interval")
    upper.plot(confidence, accuracy, color=OURS, marker="o", label="this model")
    upper.set_ylabel("share of right answers")
    upper.set_ylim(0, 1.02)
    upper.legend(loc="upper left")
    if calibration_error is not None:
        upper.annotate(
            f"expected calibration error {calibration_error:.3f}",
            (0.98, 0.04),
            xycoords="axes fraction",
            ha="right",
            fontsize=10,
        )
    upper.set_title("Does a probability mean what it says?")
    width = min(0.06, 0.8 / max(len(confidence), 1))
    lower.bar(confidence, count, width=width, color=OURS, alpha=0.75)
    lower.set_ylabel("pictures")
    lower.set_xlabel("probability that the model gives its answer")
    lower.set_xlim(0, 1.02)
    return figure
