"""Figures of the data before any model: counts, distributions and correlations of the features, pictures on a plane."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import StrMethodFormatter
from numpy.typing import NDArray

from src.colours import order_colours
from src.features.schema import FEATURE_NAMES
from src.visualization.style import INK, OURS, OUTLINE, REFERENCE, Look, choose_swatch, styled

COLOUR_SPACES: Final = {
    "RGB": {"r_bgr": "red (R)", "g_bgr": "green (G)", "b_bgr": "blue (B)"},
    "HSV": {"h_hsv": "hue (half-degrees)", "s_hsv": "saturation (S)", "v_hsv": "value (V)"},
    "Lab": {"l_lab": "lightness (L)", "a_lab": "a: green – red", "b_lab": "b: blue – yellow"},
}
"""The channels of each colour space, in the order in which its name has them, and what each is called in a figure."""


@styled
def plot_class_counts(counts: Mapping[str, int], *, reference: Mapping[str, float] | None = None) -> Figure:
    """Draw a bar for each colour, filled with its swatch and labelled with its count and share.

    Counts to compare with (``reference``) are marks at the same share of all, because totals differ.
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
        label = "same share as in the study"
        axes.plot(scaled, places, "|", markersize=20, markeredgewidth=2.4, color=REFERENCE, label=label)
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


@styled
def plot_feature_distributions(
    gallery: pd.DataFrame,
    real: pd.DataFrame,
    distances: Mapping[str, float],
    *,
    weights: NDArray[np.float64],
    title: str,
) -> Figure:
    """Overlay each of the 18 features' distribution in the gallery and in real rows, with their distance.

    ``distances`` are of Kolmogorov and Smirnov; ``weights``, one for each real row, bring both to one set of counts.
    """
    figure = Figure(figsize=(9, 10.2), layout="constrained")
    panels = figure.subplots(6, 3).ravel()
    for axes, name in zip(panels, FEATURE_NAMES, strict=True):
        edges = np.histogram_bin_edges(np.concatenate([gallery[name], real[name]]), 40)
        axes.hist(gallery[name], edges, density=True, color=OURS, alpha=0.35, label="gallery")
        outline: Look = {"histtype": "step", "linewidth": 1.6, "color": REFERENCE}
        axes.hist(real[name], edges, density=True, weights=weights, label="real rows", **outline)
        axes.set_title(f"{name}   distance {distances[name]:.3f}", fontsize=9, fontweight="normal", pad=4)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="x", labelsize=8)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.suptitle(f"{title} (distance: Kolmogorov–Smirnov, 0–1)", x=0.01, ha="left")
    return figure


@styled
def plot_channel_boxes(frame: pd.DataFrame, colour_space: str, *, order: Sequence[str]) -> Figure:
    """Draw a box for each colour, in ``order``, and each channel of a colour space (``RGB``, ``HSV`` or ``Lab``)."""
    figure = Figure(figsize=(9.5, 6.6), layout="constrained")
    look: Look = {"boxprops": {"edgecolor": OUTLINE}, "medianprops": {"color": INK, "linewidth": 1.6}}
    look |= {part: {"color": OUTLINE} for part in ("whiskerprops", "capprops")}
    channels = COLOUR_SPACES[colour_space].items()
    for axes, (channel, title) in zip(figure.subplots(3, 1, sharex=True), channels, strict=True):
        values = [frame.loc[frame["color"] == colour, f"{channel}_mean"].to_numpy() for colour in order]
        boxes = axes.boxplot(values, widths=0.65, whis=(5, 95), showfliers=False, patch_artist=True, **look)
        for box, colour in zip(boxes["boxes"], order, strict=True):
            box.set_facecolor(choose_swatch(colour))
        axes.set_xticks(range(1, len(order) + 1), order)
        axes.set_ylabel(title)
        axes.grid(visible=False, axis="x")
    figure.suptitle(f"Mean of each {colour_space} channel (box: quartiles, whiskers: 5–95 %)", x=0.01, ha="left")
    return figure


@styled
def plot_densities(frame: pd.DataFrame) -> Figure:
    """Draw the density of each colour on each of the nine channels, all of the same height."""
    colours = order_colours(frame["color"])
    figure = Figure(figsize=(9.5, 10.5), layout="constrained")
    panels = figure.subplots(3, 3, sharey=True).ravel()
    channels = [channel for space in COLOUR_SPACES.values() for channel in space.items()]
    for axes, (channel, title) in zip(panels, channels, strict=True):
        values = [frame.loc[frame["color"] == colour, f"{channel}_mean"].to_numpy() for colour in colours]
        shapes = axes.violinplot(values, orientation="horizontal", widths=0.95, showextrema=False, points=160)
        for body, colour in zip(shapes["bodies"], colours, strict=True):
            body.set(facecolor=choose_swatch(colour), edgecolor=OUTLINE, linewidth=0.8, alpha=1)
        axes.set_yticks(range(1, len(colours) + 1), colours)
        axes.set_ylim(len(colours) + 0.6, 0.4)
        axes.tick_params(labelsize=8)
        axes.grid(visible=False, axis="y")
        axes.set_title(title, fontsize=9.5, pad=4)
    figure.suptitle("Where each colour lies on each channel", x=0.01, ha="left")
    return figure


@styled
def plot_correlations(frame: pd.DataFrame) -> Figure:
    """Draw the Pearson correlation of each pair of the 18 features."""
    correlations = frame[list(FEATURE_NAMES)].corr()
    figure = _draw_heat_map(correlations, (8.6, 7.2), "Pearson correlation", 1, cmap="RdBu_r", vmin=-1, vmax=1)
    figure.axes[0].set_title("Correlation of the features")
    return figure


@styled
def plot_colour_similarity(shares: NDArray[np.float64], colours: Sequence[str]) -> Figure:
    """Draw the ``shares`` (0-1) of the nearest pictures of each colour (row) that belong to each colour (column)."""
    ordered = list(order_colours(colours))
    percent = pd.DataFrame(100 * shares, list(colours), list(colours)).loc[ordered, ordered]
    label = "share of the nearest pictures (%)"
    figure = _draw_heat_map(percent, (8.2, 6.6), label, 0, cmap="Blues", vmin=0, vmax=100)
    figure.axes[0].set(xlabel="… belongs to this colour", ylabel="near pictures of this colour …")
    figure.axes[0].set_title("Whose pictures are the nearest")
    return figure


@styled
def plot_colour_map(
    points: NDArray[np.float64], labels: Sequence[str], *, title: str, axis_names: tuple[str, str] | None = None
) -> Figure:
    """Draw each picture as a dot in its colour's swatch, with the names at the colours' medians.

    ``points`` are places on a plane, shape (n, 2), such as principal components or a t-SNE, which has no names of axes.
    """
    names = np.asarray(labels, dtype=str)
    figure = Figure(figsize=(7.6, 6.4), layout="constrained")
    axes = figure.add_subplot()
    # In one call and in a mixed order, so that no colour lies above all the others.
    order = np.random.default_rng(0).permutation(len(names))
    size = float(np.clip(12_000 / max(len(names), 1), 6, 34))
    fills = [choose_swatch(str(name)) for name in names[order]]
    axes.scatter(points[order, 0], points[order, 1], s=size, c=fills, edgecolors=OUTLINE, linewidths=0.35)
    colours = order_colours(str(name) for name in names)
    medians = np.array([np.median(points[names == colour], axis=0) for colour in colours])
    look: Look = {"ha": "center", "va": "center", "fontsize": 10, "fontweight": "bold", "color": INK}
    halo = [withStroke(linewidth=3.2, foreground="white")]
    for colour, place in zip(colours, _part_labels(medians, np.ptp(points, axis=0)), strict=True):
        axes.annotate(colour, place, path_effects=halo, **look)
    axes.set_facecolor("#F6F6F4")
    if axis_names is None:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    else:
        axes.set(xlabel=axis_names[0], ylabel=axis_names[1])
    axes.set_title(title)
    return figure


def _part_labels(places: NDArray[np.float64], extent: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move overlapping labels up and down until none covers another."""
    width, height = 0.13 * extent[0], 0.038 * extent[1]  # of a name in the figure's type size
    moved = places.copy()
    for _ in range(100):
        for first, second in combinations(range(len(moved)), 2):
            across, up = moved[second] - moved[first]
            if abs(across) < width and abs(up) < height:
                push = np.copysign((height - abs(up)) / 2 + 1e-9, up)
                moved[first, 1] -= push
                moved[second, 1] += push
    return moved


def _draw_heat_map(values: pd.DataFrame, size: tuple[float, float], label: str, digits: int, **scale: Any) -> Figure:
    """Draw a square of numbers, rounded, with the names of its rows and columns."""
    import seaborn as sns  # noqa: PLC0415

    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    look: Look = {"square": True, "linewidths": 0.5, "annot_kws": {"size": 7.5}, **scale}
    look["cbar_kws"] = {"label": label, "shrink": 0.8}
    annotations = values.round(digits) + 0.0  # no minus sign before a rounded zero
    sns.heatmap(values, annot=annotations, fmt=f".{digits}f", ax=axes, **look)
    axes.set_xticks(axes.get_xticks(), values.columns, rotation=45, ha="right", rotation_mode="anchor")
    axes.tick_params(axis="y", rotation=0)
    return figure
