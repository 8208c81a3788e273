"""Scores of model families, of candidates and of colours."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from src.colours import order_colours
from src.visualization.style import INK, OKABE_ITO, OURS, OUTLINE, REFERENCE, choose_swatch, styled


@styled
def plot_family_scores(
    means: Mapping[str, float],
    deviations: Mapping[str, float] | None = None,
    *,
    reference: Mapping[str, float] | None = None,
) -> Figure:
    """Draw the cross-validated accuracy of each family's best candidate, best family first.

    Parameters
    ----------
    means
        Mean accuracy over the folds (0-1) of each family.
    deviations
        Standard deviation over the folds.
    reference
        The same numbers from elsewhere, as diamonds.

    Returns
    -------
    matplotlib.figure.Figure
    """
    families = sorted(means, key=lambda family: -means[family])
    figure = Figure(figsize=(7.6, 0.5 * len(families) + 1.4), layout="constrained")
    axes = figure.add_subplot()
    places = np.arange(len(families))
    values = [means[family] for family in families]
    errors = None if deviations is None else [deviations.get(family, 0.0) for family in families]
    axes.errorbar(
        values, places - 0.12, xerr=errors, color=OURS, marker="o", linestyle="none", capsize=3, label="this project"
    )
    for place, value in zip(places, values, strict=True):
        axes.annotate(
            f"{value:.3f}",
            (value, place - 0.12),
            (0, 6),
            textcoords="offset points",
            ha="center",
            color=OURS,
            fontsize=9,
        )
    lowest = min(values)
    if reference is not None:
        published = [reference.get(family, float("nan")) for family in families]
        axes.plot(published, places + 0.16, color=REFERENCE, marker="D", linestyle="none", label="the study")
        for place, value in zip(places, published, strict=True):
            if np.isfinite(value):
                axes.annotate(
                    f"{value:.3f}",
                    (value, place + 0.16),
                    (0, -13),
                    textcoords="offset points",
                    ha="center",
                    color=REFERENCE,
                    fontsize=9,
                )
        lowest = min(lowest, float(np.nanmin(published)))
        axes.legend(loc="best")
    axes.set_yticks(places, [family.replace("_", " ") for family in families])
    axes.set_ylim(len(families) - 0.4, -0.6)
    axes.set_xlim(max(0.0, lowest - 0.05), min(1.0, max(values) + 0.05))
    axes.set_xlabel("accuracy in cross-validation (bars: ± one deviation over the folds; axis not from 0)")
    axes.set_title("The best candidate of each family")
    return figure


@styled
def plot_grid_scores(
    scores: NDArray[np.float64],
    row_values: Sequence[float],
    column_values: Sequence[float],
    *,
    row_name: str = "C",
    column_name: str = "gamma",
    title: str = "Accuracy of each candidate",
) -> Figure:
    """Draw the accuracy of a two-parameter grid as a heat map, the best cell outlined.

    Parameters
    ----------
    scores
        Mean accuracy (0-1), shape (rows, columns); NaN where a candidate was not tried.
    row_values, column_values
        Values of the two parameters.
    row_name, column_name
        Names of the two parameters.
    title
        Words above the figure.

    Returns
    -------
    matplotlib.figure.Figure
    """
    import seaborn as sns  # noqa: PLC0415 - a second to import, and only heat maps and densities need it

    figure = Figure(figsize=(1.0 * len(column_values) + 2.2, 0.55 * len(row_values) + 1.6), layout="constrained")
    axes = figure.add_subplot()
    sns.heatmap(
        scores,
        annot=True,
        fmt=".3f",
        cmap="cividis",
        linewidths=1,
        linecolor="white",
        ax=axes,
        xticklabels=[f"{value:g}" for value in column_values],
        yticklabels=[f"{value:g}" for value in row_values],
        cbar_kws={"label": "accuracy"},
    )
    row, column = np.unravel_index(int(np.nanargmax(scores)), scores.shape)
    axes.add_patch(Rectangle((float(column), float(row)), 1, 1, fill=False, edgecolor=REFERENCE, linewidth=3))
    axes.set_xlabel(column_name)
    axes.set_ylabel(row_name)
    axes.tick_params(axis="y", rotation=0)
    axes.set_title(title)
    return figure


@styled
def plot_class_scores(precision: Mapping[str, float], recall: Mapping[str, float], counts: Mapping[str, int]) -> Figure:
    """Draw precision and recall of each colour, joined by a line.

    Parameters
    ----------
    precision, recall
        0-1, for each colour.
    counts
        Pictures of each colour, written beside its name.

    Returns
    -------
    matplotlib.figure.Figure
    """
    colours = order_colours(recall)
    figure = Figure(figsize=(7.2, 0.36 * len(colours) + 1.4), layout="constrained")
    axes = figure.add_subplot()
    places = list(range(len(colours)))
    precisions, recalls = [precision[colour] for colour in colours], [recall[colour] for colour in colours]
    axes.hlines(places, precisions, recalls, color=OUTLINE, linewidth=1.4)
    axes.plot(
        precisions, places, marker="s", linestyle="none", color=OKABE_ITO[4], label="precision: answers that are right"
    )
    axes.plot(recalls, places, marker="o", linestyle="none", color=OURS, label="recall: pictures that are found")
    axes.set_yticks(places, [f"{colour} ({counts[colour]:,})" for colour in colours])
    for place, colour in zip(places, colours, strict=True):
        axes.plot(
            -0.016,
            place,
            marker="s",
            markersize=9,
            color=choose_swatch(colour),
            markeredgecolor=OUTLINE,
            transform=axes.get_yaxis_transform(),
            clip_on=False,
        )
    axes.tick_params(axis="y", pad=14)
    axes.invert_yaxis()
    axes.set_xlim(min(0.5, *precisions, *recalls) - 0.03, 1.01)
    axes.set_xlabel("share")
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.12), ncols=2)
    axes.set_title("Precision and recall of each colour", color=INK)
    return figure
