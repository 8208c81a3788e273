"""Distributions of the 18 features: of two data sets, and of each colour."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from src.colours import order_colours
from src.features.schema import FEATURE_NAMES
from src.visualization.ks_distance import measure_ks_distance
from src.visualization.style import INK, OURS, OUTLINE, REFERENCE, choose_swatch, styled

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
    names: Sequence[str] = FEATURE_NAMES,
    first_name: str = "gallery",
    second_name: str = "real paintings",
    first_weights: NDArray[np.float64] | None = None,
    second_weights: NDArray[np.float64] | None = None,
    title: str = "Distribution of the features",
) -> Figure:
    """Overlay each feature's distribution in two data sets, with the distance of the two.

    Parameters
    ----------
    first, second
        Frames with the columns ``names``.
    names
        The features to draw.
    first_name, second_name
        What the data sets are called.
    first_weights, second_weights
        A weight for each row, to compare at the same class counts
        (:func:`src.visualization.ks_distance.balance_weights`).
    title
        Words above the figure.

    Returns
    -------
    matplotlib.figure.Figure
        One panel a feature; its title gives the Kolmogorov–Smirnov distance.
    """
    columns = 3
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(9, 1.55 * rows + 0.9), layout="constrained")
    panels = np.asarray(figure.subplots(rows, columns, squeeze=False)).ravel()
    for axes, name in zip(panels, names, strict=False):
        left, right = first[name].to_numpy(dtype=float), second[name].to_numpy(dtype=float)
        edges = np.linspace(min(left.min(), right.min()), max(left.max(), right.max()), 41)
        axes.hist(left, edges, weights=_as_shares(first_weights, len(left)), color=OURS, alpha=0.35, label=first_name)
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
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    figure.suptitle(f"{title} (distance: Kolmogorov–Smirnov, 0–1)", x=0.01, ha="left")
    return figure


@styled
def plot_channel_boxes(
    frame: pd.DataFrame, colour_space: str, *, statistic: str = "mean", order: Sequence[str] | None = None
) -> Figure:
    """Draw a box for each colour and each channel of a colour space.

    Parameters
    ----------
    frame
        Rows with the features and ``color``.
    colour_space
        ``RGB``, ``HSV`` or ``Lab``.
    statistic
        ``mean`` or ``std``: which of the two numbers of a channel.
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
        name = f"{channel}_{statistic}"
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
    words = "Mean" if statistic == "mean" else "Standard deviation"
    figure.suptitle(f"{words} of each {colour_space} channel (box: quartiles, whiskers: 5–95 %)", x=0.01, ha="left")
    return figure


@styled
def plot_densities(
    frame: pd.DataFrame, *, statistic: str = "mean", title: str = "Where each colour lies on each channel"
) -> Figure:
    """Draw a density of each colour on each of the nine channels.

    Parameters
    ----------
    frame
        Rows with the features and ``color``.
    statistic
        ``mean`` or ``std``: which of the two numbers of a channel.
    title
        Words above the figure.

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
        values = frame[f"{channel}_{statistic}"]
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
    figure.suptitle(title, x=0.01, ha="left")
    return figure


def _draw_ridge(axes: Axes, grid: NDArray[np.float64], density: NDArray[np.float64], base: float, swatch: str) -> None:
    height = 1.35  # ridges overlap a little, as in a ridgeline plot
    axes.fill_between(grid, base, base + height * density, color=swatch, alpha=0.9, linewidth=0, zorder=3 - base)
    axes.plot(grid, base + height * density, color=OUTLINE, linewidth=0.8, zorder=3 - base)


def _as_shares(weights: NDArray[np.float64] | None, count: int) -> NDArray[np.float64]:
    return np.full(count, 1 / count) if weights is None else weights / weights.sum()
