"""The colour vocabulary, defined once: names, order, swatches, neighbours, and which colour has which name.

Sources: the names, their order and the swatches are those of the colour pages of Google Arts &
Culture as recorded in 2026; the original study of January 2023 met eleven of the twelve (no GRAY).
"""

from collections.abc import Collection, Iterable
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from src.errors import UsageError

SWATCHES: Final = MappingProxyType(
    {
        "WHITE": "#FFFFFF",
        "GRAY": "#BDBDBD",
        "PINK": "#F48FB1",
        "PURPLE": "#9C27B0",
        "BLUE": "#2A56C6",
        "TEAL": "#2979FF",
        "GREEN": "#0D904F",
        "YELLOW": "#FDD835",
        "ORANGE": "#FF9800",
        "RED": "#D50000",
        "BROWN": "#795548",
        "BLACK": "#37474F",
    }
)
"""The swatch that the site shows for each of its twelve colours (2026), as ``#RRGGBB``."""

SITE_COLOURS: Final = tuple(SWATCHES)
"""The twelve colours in the order of the site."""

STUDY_COLOURS: Final = tuple(name for name in SITE_COLOURS if name != "GRAY")
"""The eleven colours of the study, the default everywhere."""

LEGIBLE_SWATCHES: Final = MappingProxyType({**SWATCHES, "GRAY": "#9E9E9E", "TEAL": "#00897B", "BLACK": "#20272B"})
"""Swatches that look like their names.

The site's TEAL is a bright blue, its BLACK a slate and its GRAY nearly white: people who read a
figure or an answer need a swatch that agrees with the word beside it.
"""

NEIGHBOURS: Final = frozenset(
    frozenset((colour, other))
    for colour, others in {
        "WHITE": ("GRAY", "YELLOW", "TEAL", "PINK"),
        "BLACK": ("GRAY", "BROWN"),
        "PURPLE": ("PINK", "BLUE", "RED"),
        "TEAL": ("BLUE", "GREEN"),
        "YELLOW": ("GREEN", "ORANGE", "BROWN"),
        "RED": ("PINK", "ORANGE", "BROWN"),
        "BROWN": ("ORANGE",),
    }.items()
    for other in others
)
"""Pairs of colours that a person may confuse: next to each other in hue, or in lightness."""


NEUTRAL_CHROMA: Final = 7.5
"""CIELAB chroma below which a colour has no hue that a person would name."""

HUE_STARTS: Final = MappingProxyType(
    {
        "RED": 346.0,
        "ORANGE": 12.0,
        "YELLOW": 42.0,
        "GREEN": 68.0,
        "TEAL": 160.0,
        "BLUE": 196.0,
        "PURPLE": 248.0,
        "PINK": 325.0,
    }
)
"""HSV hue, in degrees, at which each chromatic colour begins; it ends where the next one begins.

Between the hues of the site's own tints (TEAL 167-218, BLUE 194-236, RED 339-15; where TEAL and BLUE overlap, the
middle) and about where the sectors of the ISCC-NBS names meet at full chroma.
"""


def name_colours(pixels: NDArray[np.uint8], vocabulary: Collection[str] = SITE_COLOURS) -> NDArray[np.str_]:
    """Name single colours as people do, by thresholds of hue, lightness and chroma.

    Berlin and Kay ("Basic Color Terms", 1969) found what such thresholds have to follow: pink is a light red or
    purple, brown a dark orange or a dull red, and hue has no say where a colour is near white, grey or black.

    For BGR uint8 pixels, shape (n, 3), the names have the shape (n,). Without GRAY in the vocabulary, a grey is WHITE
    or BLACK, whichever its lightness is nearer to.
    """
    image = np.asarray(pixels, dtype=np.float32).reshape(1, -1, 3) / np.float32(255)
    hue, saturation, value = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)[0].T
    lightness, green_red, blue_yellow = cv2.cvtColor(image, cv2.COLOR_BGR2LAB)[0].T
    chroma = np.hypot(green_red, blue_yellow)
    turned = (hue - HUE_STARTS["RED"]) % 360.0
    starts = [(start - HUE_STARTS["RED"]) % 360.0 for start in HUE_STARTS.values()]
    names: NDArray[np.str_] = np.array(tuple(HUE_STARTS), dtype="<U6")[
        np.searchsorted(starts, turned, side="right") - 1
    ]

    is_red = (hue < HUE_STARTS["ORANGE"]) | (hue >= 350.0)
    is_orange = (hue >= HUE_STARTS["ORANGE"]) & (hue < HUE_STARTS["YELLOW"])
    is_pale = is_orange & (chroma < 32.0)
    names[((hue >= 300.0) | (hue < 14.0)) & (lightness >= 62.0) & (saturation < 0.62)] = "PINK"
    names[(hue >= 318.0) & (hue < HUE_STARTS["RED"]) & (lightness >= 45.0)] = "PINK"
    names[(hue >= HUE_STARTS["PINK"]) & (hue < 330.0) & (lightness < 45.0)] = "PURPLE"
    names[(hue >= 330.0) & (hue < HUE_STARTS["RED"]) & (lightness < 45.0)] = "RED"
    names[is_red & (saturation < 0.62) & (lightness < 62.0) & (chroma < 38.0)] = "BROWN"
    names[is_orange & (lightness < 50.0)] = "BROWN"
    names[(hue >= HUE_STARTS["YELLOW"]) & (hue < 52.0) & (lightness < 38.0)] = "BROWN"
    names[is_pale & (lightness < 62.0)] = "BROWN"
    names[is_pale & (lightness >= 62.0) & (hue >= 24.0)] = "YELLOW"

    is_neutral = chroma < np.where(lightness < 30.0, 12.0, NEUTRAL_CHROMA)
    names[is_neutral] = np.where(lightness[is_neutral] < 55.0, "BLACK", "WHITE")
    if "GRAY" in vocabulary:
        names[is_neutral & (lightness >= 30.0) & (lightness < 85.0)] = "GRAY"
    names[(value < 0.2) | ((lightness < 22.0) & (chroma < 16.0)) | ((value < 0.28) & (chroma < 22.0))] = "BLACK"
    names[(lightness > 94.0) & (chroma < 14.0)] = "WHITE"
    return names


def are_neighbours(first: str, second: str) -> bool:
    """Whether a confusion of two colours is a near miss (:data:`NEIGHBOURS`) and not a far one."""
    return frozenset((first, second)) in NEIGHBOURS


def order_colours(names: Iterable[str]) -> tuple[str, ...]:
    """Put distinct colour names in the site's order; names that the site does not know follow, sorted."""
    distinct = set(names)
    known = tuple(name for name in SITE_COLOURS if name in distinct)
    return known + tuple(sorted(distinct.difference(SITE_COLOURS)))


def parse_colours(names: Iterable[str]) -> tuple[str, ...]:
    """Put names of the site's colours, typed in any case and order, in its case and order, or raise UsageError."""
    upper = [name.upper() for name in names]
    unknown = sorted(set(upper).difference(SITE_COLOURS))
    if unknown:
        raise UsageError(f"unknown colour {', '.join(unknown)}: expected some of {' '.join(SITE_COLOURS)}")
    return order_colours(upper)
