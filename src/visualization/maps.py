"""Which pictures and colours are alike: all pictures on a plane, heat maps, and the neighbours of each picture.

A picture is judged by its nearest neighbours in the space of the 18 standardised features: a view of the data that no
trained model takes part in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from src.colours import order_colours
from src.features.schema import FEATURE_NAMES
from src.visualization.style import INK, OUTLINE, choose_swatch, styled

NEIGHBOUR_COUNT: Final = 15


@dataclass(frozen=True)
class Neighbourhood:
    """What surrounds each picture.

    Attributes
    ----------
    colours
        The k colours, in the site's order.
    labels
        The colour of each picture, shape (n,).
    shares
        Share of the nearest pictures that belong to each colour, shape (n, k), rows sum to 1.
    centrality
        Distance to the colour's median, in standard deviations, shape (n,).
    """

    colours: tuple[str, ...]
    labels: NDArray[np.str_]
    shares: NDArray[np.float64]
    centrality: NDArray[np.float64]

    @property
    def own_shares(self) -> NDArray[np.float64]:
        """Share of the nearest pictures that have the picture's own colour, shape (n,)."""
        places = np.array([self.colours.index(str(label)) for label in self.labels])
        return np.asarray(self.shares[np.arange(len(places)), places])


def find_neighbourhoods(
    features: NDArray[np.float64], labels: Sequence[str], count: int = NEIGHBOUR_COUNT
) -> Neighbourhood:
    """Look at the nearest pictures of each picture, itself left out.

    Parameters
    ----------
    features
        Shape (n, 18).
    labels
        The colour of each picture.
    count
        How many neighbours to look at.

    Returns
    -------
    Neighbourhood
    """
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415 - a second to import
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    scaled = StandardScaler().fit_transform(features)
    names = np.asarray(labels, dtype=np.str_)
    colours = order_colours(str(name) for name in names)
    near = NearestNeighbors(n_neighbors=min(count, len(names) - 1)).fit(scaled).kneighbors(return_distance=False)
    shares = np.stack([(names[near] == colour).mean(axis=1) for colour in colours], axis=1)
    centrality = np.empty(len(names))
    for colour in colours:
        own = names == colour
        centrality[own] = np.sqrt(((scaled[own] - np.median(scaled[own], axis=0)) ** 2).mean(axis=1))
    return Neighbourhood(colours, names, shares, centrality)


def measure_similarity(neighbourhood: Neighbourhood) -> NDArray[np.float64]:
    """Return whose pictures surround the pictures of each colour.

    Returns
    -------
    numpy.ndarray
        Shape (k, k): row i, column j is the share of colour j among the neighbours of colour i.
    """
    return np.stack(
        [neighbourhood.shares[neighbourhood.labels == colour].mean(axis=0) for colour in neighbourhood.colours]
    )


def pick_pictures(neighbourhood: Neighbourhood, colour: str, kind: str, count: int) -> list[int]:
    """Pick pictures of a colour by what surrounds them.

    Parameters
    ----------
    neighbourhood
        Of all pictures.
    colour
        Whose pictures to pick.
    kind
        ``typical``: among their own, and nearest to the colour's median; ``borderline``: about half
        of the neighbours are of another colour; ``odd``: fewest neighbours of their own colour.
    count
        How many.

    Returns
    -------
    list of int
        Row numbers, best example first.
    """
    rows = np.flatnonzero(neighbourhood.labels == colour)
    own, centrality = neighbourhood.own_shares[rows], neighbourhood.centrality[rows]
    ranks = {
        "typical": np.lexsort((centrality, -np.round(own, 1))),
        "borderline": np.lexsort((centrality, np.abs(own - 0.5))),
        "odd": np.lexsort((-centrality, own)),
    }
    return [int(row) for row in rows[ranks[kind][:count]]]


@styled
def plot_colour_map(
    points: NDArray[np.float64],
    labels: Sequence[str],
    *,
    title: str,
    axis_names: tuple[str, str] | None = None,
) -> Figure:
    """Draw each picture as a dot in its colour's swatch, with the names at the colours' medians.

    Parameters
    ----------
    points
        Places on the plane, shape (n, 2), such as principal components or a t-SNE.
    labels
        The colour of each picture.
    title
        Words above the figure.
    axis_names
        What the axes mean; without it they have no ticks, as suits a t-SNE.

    Returns
    -------
    matplotlib.figure.Figure
    """
    names = np.asarray(labels)
    figure = Figure(figsize=(7.6, 6.4), layout="constrained")
    axes = figure.add_subplot()
    # In one call and in a mixed order, so that no colour lies above all the others.
    order = np.random.default_rng(0).permutation(len(names))
    size = float(np.clip(12_000 / max(len(names), 1), 6, 34))
    axes.scatter(
        points[order, 0],
        points[order, 1],
        s=size,
        c=[choose_swatch(str(name)) for name in names[order]],
        edgecolors=OUTLINE,
        linewidths=0.35,
    )
    colours = order_colours(str(name) for name in names)
    medians = np.array([np.median(points[names == colour], axis=0) for colour in colours])
    for colour, (left, upper) in zip(colours, _part_labels(medians, np.ptp(points, axis=0)), strict=True):
        axes.annotate(
            colour,
            (left, upper),
            ha="center",
            va="center",
            fontsize=10,
            fontweight="bold",
            color=INK,
            path_effects=[withStroke(linewidth=3.2, foreground="white")],
        )
    axes.set_facecolor("#F6F6F4")
    if axis_names is None:
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
    else:
        axes.set_xlabel(axis_names[0])
        axes.set_ylabel(axis_names[1])
    axes.set_title(title)
    return figure


@styled
def plot_correlations(frame: pd.DataFrame, *, names: Sequence[str] = FEATURE_NAMES) -> Figure:
    """Draw the Pearson correlation of each pair of features.

    Parameters
    ----------
    frame
        Rows with the columns ``names``.
    names
        The features.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = Figure(figsize=(8.6, 7.2), layout="constrained")
    _draw_heat_map(
        figure,
        frame[list(names)].corr().to_numpy(),
        list(names),
        digits=1,
        cmap="RdBu_r",
        vmin=-1,
        vmax=1,
        cbar_kws={"label": "Pearson correlation", "shrink": 0.8},
        annot_kws={"fontsize": 7},
    )
    figure.axes[0].set_title("Correlation of the features")
    return figure


@styled
def plot_colour_similarity(
    shares: NDArray[np.float64],
    colours: Sequence[str],
    *,
    label: str = "share of the nearest pictures",
) -> Figure:
    """Draw how similar the colours are to each other.

    Parameters
    ----------
    shares
        Shape (n, n), 0-1: row i, column j says how much of what is near colour i belongs to
        colour j (:func:`src.visualization.maps.measure_similarity`).
    colours
        The n names, in the order of the rows.
    label
        What a cell says.

    Returns
    -------
    matplotlib.figure.Figure
    """
    ordered = order_colours(colours)
    places = [list(colours).index(colour) for colour in ordered]
    figure = Figure(figsize=(8.2, 6.6), layout="constrained")
    _draw_heat_map(
        figure,
        100 * shares[np.ix_(places, places)],
        list(ordered),
        digits=0,
        cmap="Blues",
        vmin=0,
        vmax=100,
        cbar_kws={"label": f"{label} (%)", "shrink": 0.8},
        annot_kws={"fontsize": 8.5},
    )
    figure.axes[0].set_xlabel("… belongs to this colour")
    figure.axes[0].set_ylabel("near pictures of this colour …")
    figure.axes[0].set_title("Whose pictures are the nearest")
    return figure


def _part_labels(places: NDArray[np.float64], extent: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move labels apart, up and down, until none covers another."""
    width, height = 0.13 * extent[0], 0.038 * extent[1]  # of a name in the figure's type size
    moved = places.copy()
    for _ in range(100):
        is_clear = True
        for first in range(len(moved)):
            for second in range(first + 1, len(moved)):
                gap = moved[second] - moved[first]
                if abs(gap[0]) < width and abs(gap[1]) < height:
                    push = (height - abs(gap[1])) / 2 + 1e-9
                    direction = 1.0 if gap[1] >= 0 else -1.0
                    moved[first, 1] -= direction * push
                    moved[second, 1] += direction * push
                    is_clear = False
        if is_clear:
            break
    return moved


def _draw_heat_map(figure: Figure, values: NDArray[np.float64], names: list[str], **options: Any) -> None:
    import seaborn as sns  # noqa: PLC0415 - a second to import, and only heat maps need it

    axes = figure.add_subplot()
    digits = int(options.pop("digits"))
    sns.heatmap(
        values,
        annot=np.round(values, digits) + 0.0,  # no minus sign before a rounded zero
        fmt=f".{digits}f",
        square=True,
        linewidths=0.5,
        linecolor="white",
        xticklabels=names,
        yticklabels=names,
        ax=axes,
        **options,
    )
    axes.set_xticks(axes.get_xticks(), names, rotation=45, ha="right", rotation_mode="anchor")
    axes.tick_params(axis="y", rotation=0)
