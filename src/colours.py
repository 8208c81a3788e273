"""The colour vocabulary, defined once: names, order, swatches, neighbours.

Sources: the names, their order and the swatches are those of the colour pages of Google Arts &
Culture as recorded in 2026; the original study of January 2023 met eleven of the twelve (no GRAY).
"""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from src.errors import UsageError

SITE_COLOURS: Final = (
    "WHITE",
    "GRAY",
    "PINK",
    "PURPLE",
    "BLUE",
    "TEAL",
    "GREEN",
    "YELLOW",
    "ORANGE",
    "RED",
    "BROWN",
    "BLACK",
)
"""The twelve colours in the order of the site (2026)."""

STUDY_COLOURS: Final = tuple(name for name in SITE_COLOURS if name != "GRAY")
"""The eleven colours of the study, the default everywhere."""

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
"""The swatch that the site shows for each colour, as ``#RRGGBB``."""

LEGIBLE_SWATCHES: Final = MappingProxyType({**SWATCHES, "GRAY": "#9E9E9E", "TEAL": "#00897B", "BLACK": "#20272B"})
"""Swatches that look like their names.

The site's TEAL is a bright blue, its BLACK a slate and its GRAY nearly white: people who read a
figure or an answer need a swatch that agrees with the word beside it.
"""

NEIGHBOURS: Final = frozenset(
    frozenset(pair)
    for pair in (
        ("WHITE", "GRAY"),
        ("GRAY", "BLACK"),
        ("WHITE", "YELLOW"),
        ("WHITE", "TEAL"),
        ("PINK", "PURPLE"),
        ("PINK", "RED"),
        ("PINK", "WHITE"),
        ("PURPLE", "BLUE"),
        ("PURPLE", "RED"),
        ("BLUE", "TEAL"),
        ("TEAL", "GREEN"),
        ("GREEN", "YELLOW"),
        ("YELLOW", "ORANGE"),
        ("YELLOW", "BROWN"),
        ("ORANGE", "RED"),
        ("ORANGE", "BROWN"),
        ("RED", "BROWN"),
        ("BROWN", "BLACK"),
    )
)
"""Pairs of colours that a person may confuse: next to each other in hue, or in lightness."""


def are_neighbours(first: str, second: str) -> bool:
    """Whether a confusion of two colours is a near miss (:data:`NEIGHBOURS`) and not a far one."""
    return frozenset((first, second)) in NEIGHBOURS


def order_colours(names: Iterable[str]) -> tuple[str, ...]:
    """Put distinct colour names in the site's order; names that the site does not know follow, sorted."""
    distinct = set(names)
    known = tuple(name for name in SITE_COLOURS if name in distinct)
    return known + tuple(sorted(distinct.difference(SITE_COLOURS)))


def parse_colours(names: Iterable[str]) -> tuple[str, ...]:
    """Read colour names as a person types them.

    Parameters
    ----------
    names
        Names in any case and order; repeated ones count once.

    Returns
    -------
    tuple of str
        The names in upper case, in the site's order.

    Raises
    ------
    UsageError
        If a name is not one of :data:`SITE_COLOURS`.
    """
    upper = [name.upper() for name in names]
    unknown = sorted(set(upper).difference(SITE_COLOURS))
    if unknown:
        raise UsageError(f"unknown colour {', '.join(unknown)}: expected some of {' '.join(SITE_COLOURS)}")
    return order_colours(upper)
