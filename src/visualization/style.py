"""How figures look: one style, legible at the width of a README and without colour vision.

Series have the colours of Okabe and Ito (Color Universal Design, 2008), which stay distinct for all common kinds of
colour blindness. A mark that stands for one of the site's colours is filled with that colour's own swatch, outlined,
and has its name beside it.
"""

from pathlib import Path
from typing import Any, Final

import matplotlib.style
from matplotlib.colors import to_rgb

from src.colours import SWATCHES

Look = dict[str, Any]
"""Options of matplotlib or seaborn that several marks share."""

STYLE: Final = Path(__file__).with_name("figures.mplstyle")

INK: Final = "#222222"
MUTED: Final = "#666666"
OUTLINE: Final = "#555555"

OKABE_ITO: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours of series, in the order in which they are given out."""

OURS: Final = OKABE_ITO[0]  # what this project measured
REFERENCE: Final = OKABE_ITO[1]  # what it is compared with, such as the study's figures
NEAR: Final = OKABE_ITO[4]  # a near miss: a colour taken for its neighbour
FAR: Final = OKABE_ITO[1]  # a far miss

styled = matplotlib.style.context(STYLE)
"""Decorator of a function that draws: the style holds within it, and matplotlib's settings stay as they were."""


def choose_ink(background: str) -> str:
    """Return the text colour, dark or white, of the larger contrast (WCAG 2.2) on a background like ``#F48FB1``."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(background)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if (luminance + 0.05) / 0.066 > 1.05 / (luminance + 0.05) else "#FFFFFF"


def choose_swatch(colour: str) -> str:
    """Return the fill of a mark that stands for a colour, ``#RRGGBB``; a middle grey for one that the site lacks."""
    return SWATCHES.get(colour, "#999999")
