"""Which named colours a picture is made of, and in which shares.

Every pixel of the reduced picture counts for the colour that :func:`src.colours.name_colours` gives it. Pixels are
looked up at 5 bits per channel, so a colour is taken as the middle of its 8 × 8 × 8 cell; that moves a channel by
at most 4 of 255.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from src.colours import SITE_COLOURS, name_colours
from src.features.schema import BGRImage

BITS: Final = 5
LEVELS: Final = 1 << BITS


@lru_cache(maxsize=1)
def build_table() -> NDArray[np.uint8]:
    """Position in :data:`SITE_COLOURS` of the name of each cell, shape (32 ** 3,)."""
    middles = ((np.arange(LEVELS) + 0.5) * (256 / LEVELS)).astype(np.uint8)
    cells = np.stack(np.meshgrid(middles, middles, middles, indexing="ij"), axis=-1).reshape(-1, 3)
    places: NDArray[np.intp] = (name_colours(cells)[:, None] == np.array(SITE_COLOURS)).argmax(axis=1)
    return places.astype(np.uint8)


def measure_shares(image: BGRImage) -> dict[str, float]:
    """Measure the shares of the named colours in a reduced picture: those that have a pixel, the largest first."""
    quantised = (image >> (8 - BITS)).astype(np.uint16)
    cells = (quantised[..., 0] << (2 * BITS)) | (quantised[..., 1] << BITS) | quantised[..., 2]
    counts = np.bincount(build_table()[cells.reshape(-1)], minlength=len(SITE_COLOURS))
    total = int(counts.sum())
    order = np.argsort(-counts, kind="stable").tolist()
    return {SITE_COLOURS[position]: counts[position].item() / total for position in order if counts[position]}
