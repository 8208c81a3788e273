"""Which colours are taken for which: the confusion matrix, with near and far misses apart."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from src.colours import are_neighbours, order_colours
from src.errors import UsageError
from src.visualization.style import FAR, INK, MUTED, NEAR, OKABE_ITO, OUTLINE, choose_swatch, styled

_HITS = LinearSegmentedColormap.from_list("hits", ["#FFFFFF", OKABE_ITO[0]])


@styled
def plot_confusion_matrix(matrix: NDArray[np.integer], classes: Sequence[str]) -> Figure:
    """Draw a confusion matrix: percentage of the row, and count, in each cell.

    Parameters
    ----------
    matrix
        Integers, shape (n, n): rows are the true colours, columns the predicted ones.
    classes
        The n names in the matrix's order; the figure puts them in the site's order.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UsageError
        If the matrix is not square, or has not a row for each class.
    """
    counts = np.asarray(matrix)
    if counts.shape != (len(classes), len(classes)):
        raise UsageError(f"expected a matrix of {len(classes)} × {len(classes)} counts, got shape {counts.shape}")
    colours = order_colours(classes)
    order = [list(classes).index(colour) for colour in colours]
    counts = counts[np.ix_(order, order)]
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)

    side = 0.68 * len(colours) + 1.9
    figure = Figure(figsize=(side, side * 0.9), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap=_HITS, vmin=0, vmax=1)
    for row, true in enumerate(colours):
        for column, predicted in enumerate(colours):
            _fill_cell(axes, row, column, int(counts[row, column]), float(shares[row, column]))
            if row != column and counts[row, column]:
                is_near = are_neighbours(true, predicted)
                box = Rectangle(
                    (column - 0.45, row - 0.45),
                    0.9,
                    0.9,
                    fill=False,
                    linewidth=1.7 if is_near else 1.2,
                    edgecolor=NEAR if is_near else FAR,
                    linestyle="-" if is_near else ":",
                )
                axes.add_patch(box)
    _label_axes(axes, colours, totals[:, 0])
    near = sum(
        int(counts[row, column])
        for row, true in enumerate(colours)
        for column, predicted in enumerate(colours)
        if are_neighbours(true, predicted)
    )
    total, right = int(counts.sum()), int(np.trace(counts))
    far = total - right - near
    handles = [
        Patch(facecolor=OKABE_ITO[0], label=f"right: {right:,} of {total:,} ({100 * right / max(total, 1):.1f} %)"),
        Patch(
            fill=False, edgecolor=NEAR, linewidth=1.6, label=f"near miss: {near:,} ({100 * near / max(total, 1):.1f} %)"
        ),
        Patch(
            fill=False,
            edgecolor=FAR,
            linewidth=1.6,
            linestyle=":",
            label=f"far miss: {far:,} ({100 * far / max(total, 1):.1f} %)",
        ),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    axes.set_title("Which colour is taken for which")
    return figure


def _fill_cell(axes: Axes, row: int, column: int, count: int, share: float) -> None:
    if count == 0:
        axes.text(column, row, "·", ha="center", va="center", color=MUTED, fontsize=9)
        return
    ink = "white" if share > 0.55 else INK
    digits = 0 if share >= 0.095 else 1
    axes.text(column, row - 0.12, f"{100 * share:.{digits}f} %", ha="center", va="center", color=ink, fontsize=9)
    axes.text(column, row + 0.25, f"{count:,}", ha="center", va="center", color=ink, fontsize=7)


def _label_axes(axes: Axes, colours: Sequence[str], totals: NDArray[np.integer]) -> None:
    places = range(len(colours))
    axes.set_xticks(places, colours, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(places, [f"{colour} ({total:,})" for colour, total in zip(colours, totals, strict=True)])
    axes.tick_params(axis="both", pad=14)
    axes.set_xlabel("predicted colour")
    axes.set_ylabel("true colour (pictures)")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    last = len(colours) - 0.5
    for place, colour in enumerate(colours):
        for corner, size in (((-0.75, place - 0.42), (0.17, 0.84)), ((place - 0.42, last + 0.08), (0.84, 0.17))):
            swatch = Rectangle(
                corner, *size, facecolor=choose_swatch(colour), edgecolor=OUTLINE, linewidth=0.6, clip_on=False
            )
            axes.add_patch(swatch)
    axes.set_xlim(-0.5, last)
    axes.set_ylim(last, -0.5)
