"""Which named colours a picture is made of, and in which shares.

Every pixel of the reduced picture counts for the named colour whose legible swatch, tint or shade
is nearest in CIELAB (Euclidean distance, CIE 1976). A tint is the swatch mixed half and half with
white, a shade with black; a colour has one only where its name stays the same (the tint of red is
pink, the shade of orange is brown). Pixels are looked up at 5 bits per channel, so a colour is taken
as the middle of its 8 × 8 × 8 cell; that moves a channel by at most 4 of 255.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from src.colours import LEGIBLE_SWATCHES, SITE_COLOURS
from src.features.schema import BGRImage

BITS: Final = 5
LEVELS: Final = 1 << BITS

TINTED: Final = ("PURPLE", "BLUE", "TEAL", "GREEN", "YELLOW")
SHADED: Final = ("PURPLE", "BLUE", "TEAL", "GREEN", "RED")


def _convert_to_lab(colours: NDArray[Any]) -> NDArray[np.float32]:
    """BGR float32 in 0-1, shape (n, 3), to L in 0-100 and a, b about -127 to 127."""
    lab: NDArray[np.float32] = cv2.cvtColor(colours[np.newaxis].astype(np.float32), cv2.COLOR_BGR2LAB)[0].astype(
        np.float32
    )
    return lab


@lru_cache(maxsize=1)
def build_table() -> NDArray[np.uint8]:
    """Position in :data:`SITE_COLOURS` of the colour nearest to each cell, shape (32 ** 3,)."""
    middles = (np.arange(LEVELS, dtype=np.float32) + 0.5) / LEVELS
    cells = np.stack(np.meshgrid(middles, middles, middles, indexing="ij"), axis=-1).reshape(-1, 3)
    named = list_references()
    references = _convert_to_lab(np.array([colour for _, colour in named]))
    cells_lab = _convert_to_lab(cells)
    nearest = np.zeros(len(cells), np.uint8)
    smallest = np.full(len(cells), np.inf, np.float32)
    for (name, _), reference in zip(named, references, strict=True):  # one at a time: all at once take 30 MB
        distances = np.square(cells_lab - reference).sum(axis=1)
        closer = distances < smallest
        nearest[closer] = SITE_COLOURS.index(name)
        smallest[closer] = distances[closer]
    return nearest


def list_references() -> list[tuple[str, NDArray[np.float64]]]:
    """List the swatches, tints and shades: the name, and B, G, R in 0-1."""
    references = []
    for name in SITE_COLOURS:
        swatch = np.array([int(LEGIBLE_SWATCHES[name][start : start + 2], 16) / 255 for start in (5, 3, 1)])
        references.append((name, swatch))
        if name in TINTED:
            references.append((name, (swatch + 1) / 2))
        if name in SHADED:
            references.append((name, swatch / 2))
    return references


def measure_shares(image: BGRImage) -> Mapping[str, float]:
    """Measure the shares of the named colours.

    Parameters
    ----------
    image
        BGR uint8, shape (H, W, 3); already reduced, as the features see it.

    Returns
    -------
    Mapping of str to float
        Every colour that has a pixel, the largest share first; the shares sum to 1.
    """
    quantised = (image >> (8 - BITS)).astype(np.uint16)
    cells = (quantised[..., 0] << (2 * BITS)) | (quantised[..., 1] << BITS) | quantised[..., 2]
    counts = np.bincount(build_table()[cells.reshape(-1)], minlength=len(SITE_COLOURS))
    total = int(counts.sum())
    order = np.argsort(-counts, kind="stable").tolist()
    return {SITE_COLOURS[position]: counts[position].item() / total for position in order if counts[position]}
