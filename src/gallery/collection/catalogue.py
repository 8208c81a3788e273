"""The catalogue: what is known of an artwork, and how many works of each colour there are."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from src import study
from src.colours import SITE_COLOURS
from src.errors import UsageError

MINIMUM_PER_COLOUR: Final = 20
"""Five folds and a held-out quarter need that many of each class."""

MINIMUM_SHARE: Final = 0.02
"""Share of the study's artworks that each colour has at least. The study itself had 95 of PINK and 124 of PURPLE among
16,311; an SVM trained on so few finds little more than half of the real paintings of these colours."""

SITE_TOTALS: Final = dict(
    zip(SITE_COLOURS, (2196, 6623, 169, 222, 2741, 2738, 2547, 1987, 1627, 1942, 23012, 18705), strict=True)
)
"""Totals that the site itself stated in 2026 (64,509)."""


@dataclass(frozen=True)
class Artwork:
    """One artwork as lists and pages show it.

    The image token names its picture at the image host. The artist is None where nobody knows, the slug a translated
    title for the page address, the aspect width divided by height, the size width and height at full size, in pixels,
    and the tint a pale placeholder as ``#RRGGBB``.
    """

    number: int
    asset_id: str
    image_token: str
    colour: str
    title: str
    artist: str | None
    partner: str
    slug: str
    aspect: float
    size: tuple[int, int]
    tint: str | None

    @property
    def page(self) -> str:
        """Path of the artwork's page."""
        return f"/asset/{self.slug}/{self.asset_id}"


def apportion(total: int, proportions: str = "study", colours: tuple[str, ...] = ()) -> dict[str, int]:
    """Divide artworks among the colours by largest remainder, at least 20 each.

    In the study's proportions each colour has at least :data:`MINIMUM_SHARE` too; the others give it in proportion.

    Colours that are named have the minimum only where ``total`` allows it; without names there are all colours of the
    proportions: ``study`` (eleven, about as in 2023) or ``site`` (twelve, 2026).

    Returns counts in the site's order, which sum to ``total``; raises UsageError if it is too small.
    """
    weights = SITE_TOTALS if proportions == "site" or "GRAY" in colours else study.CLASS_COUNTS
    names = [name for name in SITE_COLOURS if name in weights and (not colours or name in colours)]
    minimum = MINIMUM_PER_COLOUR if weights is SITE_TOTALS else max(MINIMUM_PER_COLOUR, int(MINIMUM_SHARE * total))
    minimum = min(minimum, total // len(names)) if colours else minimum
    if total < max(1, minimum) * len(names):
        raise UsageError(
            f"{total} artworks: expected at least {minimum * len(names)}, {minimum} for each of {len(names)} colours"
        )
    # Colours whose share is below the minimum get the minimum; the others share what is left.
    free, left = names, total
    while True:
        weight = sum(weights[name] for name in free)
        kept = [name for name in free if left * weights[name] >= minimum * weight]
        if kept == free:
            break
        free, left = kept, total - minimum * (len(names) - len(kept))
    counts = dict.fromkeys(names, minimum) | {name: left * weights[name] // weight for name in free}
    by_remainder = sorted(free, key=lambda name: -(left * weights[name] % weight))
    for name in by_remainder[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def make_slug(title: str) -> str:
    """Turn a title into the decoration of a page address: lower case, hyphens, letters of any script."""
    plain = unicodedata.normalize("NFC", title.lower())
    return re.sub(r"[^\w]+", "-", plain).strip("-_") or "untitled"
