"""How figures look: one style, legible at the width of a README and without colour vision.

Series are distinguished by the colours of Okabe and Ito (Color Universal Design, 2008), which stay
distinct for all common kinds of colour blindness. Where a mark stands for one of the site's colours
it is filled with that colour's own swatch, outlined, and its name stands beside it.
"""

from collections.abc import Callable
from functools import wraps
from types import MappingProxyType
from typing import Any, Final, ParamSpec

import matplotlib as mpl
from cycler import cycler
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from src.colours import SWATCHES

INK: Final = "#222222"
MUTED: Final = "#666666"
GRID: Final = "#E3E3E3"
OUTLINE: Final = "#555555"

OKABE_ITO: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours of series, in the order in which they are given out."""

OURS: Final = OKABE_ITO[0]
"""What this project measured."""

REFERENCE: Final = OKABE_ITO[1]
"""What it is compared with, such as the study's figures."""

ACCENT: Final = OKABE_ITO[2]
NEAR: Final = OKABE_ITO[4]
"""A near miss: a colour taken for its neighbour."""

FAR: Final = OKABE_ITO[1]
"""A far miss."""

_SETTINGS: Final = MappingProxyType(
    {
        "figure.dpi": 100,
        "savefig.dpi": 130,
        "figure.facecolor": "white",
        "font.family": "DejaVu Sans",  # comes with matplotlib, so that figures look the same everywhere
        "font.size": 10,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": MUTED,
        "axes.titlesize": 11,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 8,
        "axes.labelsize": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.prop_cycle": cycler(color=OKABE_ITO),
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "xtick.labelsize": 9,
        "ytick.labelsize": 9,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "legend.frameon": False,
        "legend.fontsize": 9,
        "lines.linewidth": 1.8,
        "lines.markersize": 6,
        "figure.titlesize": 12,
        "figure.titleweight": "bold",
        "image.interpolation": "antialiased",
    }
)

_Parameters = ParamSpec("_Parameters")


def apply_style() -> None:
    """Make the project's style the default of matplotlib, for plots of one's own beside ours."""
    mpl.rcParams.update(_settings())


def styled(draw: Callable[_Parameters, Figure]) -> Callable[_Parameters, Figure]:
    """Draw a figure in the project's style, and leave matplotlib's settings as they were."""

    @wraps(draw)
    def draw_styled(*arguments: _Parameters.args, **named: _Parameters.kwargs) -> Figure:
        with mpl.rc_context(_settings()):
            return draw(*arguments, **named)

    return draw_styled


def choose_ink(background: str) -> str:
    """Return the text colour that is easier to read on a background, dark or white.

    Parameters
    ----------
    background
        A colour as matplotlib knows it, such as ``#F48FB1``.

    Notes
    -----
    Relative luminance and contrast as in WCAG 2.2.
    """
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(background)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if (luminance + 0.05) / 0.066 > 1.05 / (luminance + 0.05) else "#FFFFFF"


def choose_swatch(colour: str) -> str:
    """Return the fill of a mark that stands for a colour, ``#RRGGBB``; a middle grey for one that the site lacks."""
    return SWATCHES.get(colour, "#999999")


def _settings() -> Any:  # matplotlib types its settings as a closed set of literal keys
    return dict(_SETTINGS)
