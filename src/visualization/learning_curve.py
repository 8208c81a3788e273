"""What more pictures would bring."""

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
    reference_name: str = "the study",
    title: str = "What more pictures bring",
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
    reference_name
        What the line is called.
    title
        Words above the figure.

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
        axes.axhline(reference, color=REFERENCE, linestyle="--", label=f"{reference_name}: {reference:.3f}")
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
    axes.set_title(title)
    return figure
