"""How many pictures each colour has."""

from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from src.colours import order_colours
from src.visualization.style import INK, OUTLINE, REFERENCE, choose_swatch, styled


@styled
def plot_class_counts(
    counts: Mapping[str, int],
    *,
    reference: Mapping[str, float] | None = None,
    reference_name: str = "the study",
    title: str = "Pictures per colour",
) -> Figure:
    """Draw a bar for each colour, filled with its swatch and labelled with its count and share.

    Parameters
    ----------
    counts
        Pictures of each colour.
    reference
        Counts to compare with; drawn as marks at the same share of all, because totals differ.
    reference_name
        What the marks are called.
    title
        Words above the figure.

    Returns
    -------
    matplotlib.figure.Figure
    """
    colours = order_colours(counts)
    total = sum(counts.values())
    widths = [counts[colour] for colour in colours]
    figure = Figure(figsize=(8, 0.36 * len(colours) + 1.1), layout="constrained")
    axes = figure.add_subplot()
    places = range(len(colours))
    axes.barh(places, widths, color=[choose_swatch(colour) for colour in colours], edgecolor=OUTLINE, linewidth=0.8)
    ends = [float(width) for width in widths]
    if reference is not None:
        scale = total / sum(reference.values())
        scaled = [reference.get(colour, 0) * scale for colour in colours]
        ends = [max(pair) for pair in zip(ends, scaled, strict=True)]
        axes.vlines(scaled, [p - 0.44 for p in places], [p + 0.44 for p in places], color=REFERENCE, linewidth=2.4)
        axes.plot([], [], color=REFERENCE, linewidth=2.4, label=f"same share as in {reference_name}")
        axes.legend(loc="center right")
    for place, width, end in zip(places, widths, ends, strict=True):
        label = f"{width:,}  ({100 * width / total:.1f} %)"
        axes.annotate(label, (end, place), (8, 0), textcoords="offset points", va="center", fontsize=9, color=INK)
    axes.set_yticks(places, colours)
    axes.invert_yaxis()
    axes.set_xlim(0, max(ends) * 1.17)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_xlabel("pictures")
    axes.grid(visible=False, axis="y")
    axes.set_title(f"{title}: {total:,} in {len(colours)} colours")
    return figure
