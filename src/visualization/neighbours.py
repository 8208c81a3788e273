"""Similar pictures and colours: the nearest neighbours of each picture among the 18 standardised features.

A view of the data that no trained model takes part in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from src.colours import order_colours

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
        of the neighbours are of another colour; ``outlier``: fewest neighbours of their own colour.
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
        "outlier": np.lexsort((-centrality, own)),
    }
    return [int(row) for row in rows[ranks[kind][:count]]]
