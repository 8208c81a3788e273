"""How many pictures each colour has, and how the 18 features are distributed: in two data sets, and in each colour."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter
from numpy.typing import NDArray

from src.colours import order_colours
from src.features.schema import FEATURE_NAMES
from src.visualization.style import INK, OURS, OUTLINE, REFERENCE, choose_swatch, styled


def measure_ks_distance(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    first_weights: NDArray[np.float64] | None = None,
    second_weights: NDArray[np.float64] | None = None,
) -> float:
    """Measure the Kolmogorov–Smirnov distance of two samples, which may be weighted.

    Parameters
    ----------
    first, second
        The samples, shapes (m,) and (n,).
    first_weights, second_weights
        A weight for each value, of any sum; equal weights by default.

    Returns
    -------
    float
        The largest difference of the two cumulative distributions, 0-1. Without weights this is
        the statistic of :func:`scipy.stats.ks_2samp`.
    """
    values = np.concatenate([first, second])
    sorted_values = np.sort(values)
    distances = np.abs(
        _cumulate(first, first_weights, sorted_values) - _cumulate(second, second_weights, sorted_values)
    )
    return float(distances.max())


def balance_weights(labels: NDArray[np.str_], counts: dict[str, float]) -> NDArray[np.float64]:
    """Give each row a weight, so that the classes weigh what the counts say.

    Parameters
    ----------
    labels
        The class of each row, shape (n,).
    counts
        What each class should weigh, in any unit; a class that is not named weighs nothing.

    Returns
    -------
    numpy.ndarray
        float64, shape (n,), with sum 1.
    """
    names, places, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    wanted = np.array([counts.get(str(name), 0.0) for name in names])
    weights = (wanted / sizes)[places]
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _cumulate(
    sample: NDArray[np.float64], weights: NDArray[np.float64] | None, places: NDArray[np.float64]
) -> NDArray[np.float64]:
    order = np.argsort(sample, kind="stable")
    share = np.full(len(sample), 1 / len(sample)) if weights is None else weights[order] / weights.sum()
    sums = np.concatenate([[0.0], np.cumsum(share)])
    return np.asarray(sums[np.searchsorted(sample[order], places, side="right")])


@styled
def plot_class_counts(counts: Mapping[str, int], *, reference: Mapping[str, float] | None = None) -> Figure:
    """Draw a bar for each colour, filled with its swatch and labelled with its count and share.

    Parameters
    ----------
    counts
        Pictures of each colour.
    reference
        Counts to compare with; drawn as marks at the same share of all, because totals differ.

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
        axes.plot([], [], color=REFERENCE, linewidth=2.4, label="same share as in the study")
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
    axes.set_title(f"Pictures per colour: {total:,} in {len(colours)} colours")
    return figure


COLOUR_SPACES: Final = {
    "RGB": ("r_bgr", "g_bgr", "b_bgr"),
    "HSV": ("h_hsv", "s_hsv", "v_hsv"),
    "Lab": ("l_lab", "a_lab", "b_lab"),
}
"""The channels of each colour space, in the order in which its name has them."""

CHANNEL_TITLES: Final = {
    "r_bgr": "red (R)",
    "g_bgr": "green (G)",
    "b_bgr": "blue (B)",
    "h_hsv": "hue (H, half-degrees)",
    "s_hsv": "saturation (S)",
    "v_hsv": "value (V)",
    "l_lab": "lightness (L)",
    "a_lab": "a: green – red",
    "b_lab": "b: blue – yellow",
}
"""What each channel is called in a figure."""


@styled
def plot_feature_distributions(
    first: pd.DataFrame,
    second: pd.DataFrame,
    *,
    second_name: str = "real paintings",
    first_weights: NDArray[np.float64] | None = None,
    second_weights: NDArray[np.float64] | None = None,
    title: str = "Distribution of the features",
) -> Figure:
    """Overlay each feature's distribution in two data sets, with the distance of the two.

    Parameters
    ----------
    first, second
        Frames with the 18 features.
    second_name
        What the second data set is called; the first is the gallery.
    first_weights, second_weights
        A weight for each row, to compare at the same class counts
        (:func:`src.visualization.distributions.balance_weights`).
    title
        Words above the figure.

    Returns
    -------
    matplotlib.figure.Figure
        One panel a feature; its title gives the Kolmogorov–Smirnov distance.
    """
    columns = 3
    rows = -(-len(FEATURE_NAMES) // columns)
    figure = Figure(figsize=(9, 1.55 * rows + 0.9), layout="constrained")
    panels = np.asarray(figure.subplots(rows, columns, squeeze=False)).ravel()
    for axes, name in zip(panels, FEATURE_NAMES, strict=True):
        left, right = first[name].to_numpy(dtype=float), second[name].to_numpy(dtype=float)
        edges = np.linspace(min(left.min(), right.min()), max(left.max(), right.max()), 41)
        axes.hist(left, edges, weights=_as_shares(first_weights, len(left)), color=OURS, alpha=0.35, label="gallery")
        axes.hist(
            right,
            edges,
            weights=_as_shares(second_weights, len(right)),
            color=REFERENCE,
            histtype="step",
            linewidth=1.6,
            label=second_name,
        )
        distance = measure_ks_distance(left, right, first_weights, second_weights)
        axes.set_title(f"{name}   distance {distance:.3f}", fontsize=9, fontweight="normal", pad=4)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="x", labelsize=8)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    figure.suptitle(f"{title} (distance: Kolmogorov–Smirnov, 0–1)", x=0.01, ha="left")
    return figure


@styled
def plot_channel_boxes(frame: pd.DataFrame, colour_space: str, *, order: Sequence[str] | None = None) -> Figure:
    """Draw a box for each colour and each channel of a colour space.

    Parameters
    ----------
    frame
        Rows with the features and ``color``.
    colour_space
        ``RGB``, ``HSV`` or ``Lab``.
    order
        The colours from left to right; the site's order by default.

    Returns
    -------
    matplotlib.figure.Figure
        Boxes from the lower to the upper quartile with the median, whiskers to the 5th and 95th
        percentile.
    """
    colours = tuple(order) if order is not None else order_colours(frame["color"])
    figure = Figure(figsize=(9.5, 6.6), layout="constrained")
    for axes, channel in zip(figure.subplots(3, 1, sharex=True), COLOUR_SPACES[colour_space], strict=True):
        name = f"{channel}_mean"
        values = [frame.loc[frame["color"] == colour, name].to_numpy(dtype=float) for colour in colours]
        boxes = axes.boxplot(
            values,
            widths=0.65,
            whis=(5, 95),
            showfliers=False,
            patch_artist=True,
            medianprops={"color": INK, "linewidth": 1.6},
            whiskerprops={"color": OUTLINE},
            capprops={"color": OUTLINE},
        )
        for box, colour in zip(boxes["boxes"], colours, strict=True):
            box.set(facecolor=choose_swatch(colour), edgecolor=OUTLINE)
        axes.set_xticks(range(1, len(colours) + 1), colours)
        axes.set_ylabel(CHANNEL_TITLES[channel].replace(" (H, half-degrees)", " (half-degrees)"))
        axes.grid(visible=False, axis="x")
    figure.suptitle(f"Mean of each {colour_space} channel (box: quartiles, whiskers: 5–95 %)", x=0.01, ha="left")
    return figure


@styled
def plot_densities(frame: pd.DataFrame) -> Figure:
    """Draw a density of each colour on each of the nine channels.

    Parameters
    ----------
    frame
        Rows with the features and ``color``.

    Returns
    -------
    matplotlib.figure.Figure
        Nine panels; in each one ridge a colour, scaled to the same height.
    """
    from scipy.stats import gaussian_kde  # noqa: PLC0415 - half a second to import

    colours = order_colours(frame["color"])
    figure = Figure(figsize=(9.5, 10.5), layout="constrained")
    panels = np.asarray(figure.subplots(3, 3)).ravel()
    channels = [channel for space in COLOUR_SPACES.values() for channel in space]
    for axes, channel in zip(panels, channels, strict=True):
        values = frame[f"{channel}_mean"]
        grid = np.linspace(values.min(), values.max(), 160)
        for place, colour in enumerate(colours):
            own = values[frame["color"] == colour].to_numpy(dtype=float)
            if len(own) < 3 or own.std() == 0:
                continue
            density = gaussian_kde(own)(grid)
            _draw_ridge(axes, grid, density / density.max(), -place, choose_swatch(colour))
        axes.set_yticks([-place for place in range(len(colours))], colours, fontsize=7.5)
        axes.tick_params(axis="x", labelsize=8)
        axes.set_ylim(-len(colours) + 0.8, 1.5)
        axes.grid(visible=False, axis="y")
        axes.set_title(CHANNEL_TITLES[channel], fontsize=9.5, pad=4)
    figure.suptitle("Where each colour lies on each channel", x=0.01, ha="left")
    return figure


def _draw_ridge(axes: Axes, grid: NDArray[np.float64], density: NDArray[np.float64], base: float, swatch: str) -> None:
    height = 1.35  # ridges overlap a little, as in a ridgeline plot
    axes.fill_between(grid, base, base + height * density, color=swatch, alpha=0.9, linewidth=0, zorder=3 - base)
    axes.plot(grid, base + height * density, color=OUTLINE, linewidth=0.8, zorder=3 - base)


def _as_shares(weights: NDArray[np.float64] | None, count: int) -> NDArray[np.float64]:
    return np.full(count, 1 / count) if weights is None else weights / weights.sum()
