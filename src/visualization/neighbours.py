"""Similar pictures and colours: the nearest neighbours of each picture among the 18 standardised features.

A view of the data that no trained model takes part in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.colours import order_colours


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


def find_neighbourhoods(features: NDArray[np.float64], labels: Sequence[str], count: int = 15) -> Neighbourhood:
    """Look at the ``count`` nearest pictures of each picture, by features of shape (n, 18); itself is left out."""
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


def measure_similarity(around: Neighbourhood) -> NDArray[np.float64]:
    """Return the share (0-1) of colour j among the neighbours of colour i, in row i, column j; shape (k, k)."""
    return np.stack([around.shares[around.labels == colour].mean(axis=0) for colour in around.colours])


def pick_pictures(around: Neighbourhood, colour: str, kind: str, count: int) -> list[int]:
    """Pick pictures of a colour by what surrounds them; return their row numbers, best example first.

    Parameters
    ----------
    around, colour, count
        What surrounds all pictures, whose pictures to pick, and how many.
    kind
        ``typical``: among their own, and nearest to the colour's median; ``borderline``: about half
        of the neighbours are of another colour; ``outlier``: fewest neighbours of their own colour.
    """
    rows = np.flatnonzero(around.labels == colour)
    own, centrality = around.shares[rows, around.colours.index(colour)], around.centrality[rows]
    ranks = {
        "typical": (centrality, -np.round(own, 1)),
        "borderline": (centrality, np.abs(own - 0.5)),
        "outlier": (-centrality, own),
    }
    return [int(row) for row in rows[np.lexsort(ranks[kind])[:count]]]
