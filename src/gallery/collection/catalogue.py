"""The catalogue: how many works of each colour there are, and what is said of each of them."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from src import study
from src.colours import SITE_COLOURS
from src.errors import UsageError
from src.gallery.collection.artwork import Artwork, AssetDetails
from src.gallery.collection.vocabulary import (
    ARTIST_NAMES,
    DEFAULT_LANGUAGE,
    FREE_LABELS,
    LABELS,
    LANGUAGES,
    MEDIA,
    MUSEUMS,
    PLACES,
    RIGHTS,
    SUBJECTS,
    TITLE_TAILS,
)

MINIMUM_PER_COLOUR: Final = 20
"""Five folds and a held-out quarter need that many of each class."""

MINIMUM_SHARE: Final = 0.02
"""Share of the study's artworks that each colour has at least. The study itself had 95 of PINK and 124 of PURPLE among
16,311; an SVM trained on so few finds little more than half of the real paintings of these colours."""

SITE_TOTALS: Final = MappingProxyType(
    {
        "WHITE": 2196,
        "GRAY": 6623,
        "PINK": 169,
        "PURPLE": 222,
        "BLUE": 2741,
        "TEAL": 2738,
        "GREEN": 2547,
        "YELLOW": 1987,
        "ORANGE": 1627,
        "RED": 1942,
        "BROWN": 23012,
        "BLACK": 18705,
    }
)
"""Totals that the site itself stated in 2026 (64,509)."""

NULL_ARTIST_SHARE: Final = 438 / 2791
"""Share of items without an artist in lists recorded in 2026."""


def apportion(total: int, proportions: str = "study", colours: tuple[str, ...] = ()) -> dict[str, int]:
    """Divide artworks among the colours by largest remainder, at least 20 each.

    In the study's proportions each colour has at least :data:`MINIMUM_SHARE` too; the others give it in proportion.

    Parameters
    ----------
    total
        Number of artworks.
    proportions
        ``study`` (eleven colours, about as in 2023) or ``site`` (twelve colours, 2026).
    colours
        Only these; empty: all that the proportions have. Colours named here may be few in number:
        the minimum of 20 then holds only where ``total`` allows it.

    Returns
    -------
    dict of str to int
        Counts in the site's order, which sum to ``total``.

    Raises
    ------
    UsageError
        If ``total`` is too small for 20 artworks of each colour.
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
    floored: set[str] = set()
    while True:
        free = [name for name in names if name not in floored]
        left = total - minimum * len(floored)
        weight = sum(weights[name] for name in free)
        lacking = {name for name in free if left * weights[name] < minimum * weight}
        if not lacking:
            break
        floored |= lacking
    counts = dict.fromkeys(names, minimum)
    counts.update({name: left * weights[name] // weight for name in free})
    by_remainder = sorted(free, key=lambda name: -(left * weights[name] % weight))
    for name in by_remainder[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def make_slug(title: str) -> str:
    """Turn a title into the decoration of a page address: lower case, hyphens, letters of any script."""
    plain = unicodedata.normalize("NFC", title.lower())
    return re.sub(r"[^\w]+", "-", plain).strip("-_") or "untitled"


@dataclass(frozen=True)
class CatalogueEntry:
    """The texts of an artwork in a list (see :class:`src.gallery.collection.artwork.Artwork`)."""

    title: str
    artist: str | None
    partner: str
    slug: str
    tint: str | None


def write_entry(seed: int, number: int, genre: str, language: str) -> CatalogueEntry:
    """Make up title, artist, partner, slug and tint of a painting.

    Parameters
    ----------
    seed, number
        Decide everything but the subject.
    genre
        What the painting shows; one of ``SUBJECTS``.
    language
        Language of title and slug.
    """
    draw = draw_bytes(seed, number, "entry")
    titles = SUBJECTS[genre]
    title = titles[draw[1] % len(titles)][find_language(language)]
    if "*" in title:
        title = title.replace("*", PLACES[draw[2] % len(PLACES)])
    elif draw[3] < 100:
        title = f"{title}, No. {1 + draw[4] % 40}"
    if draw[11] < len(TITLE_TAILS):
        title += TITLE_TAILS[draw[11]]
    artist: str | None = None
    if draw[5] * 256 + draw[6] >= NULL_ARTIST_SHARE * 65536:
        first, last = ARTIST_NAMES["first"], ARTIST_NAMES["last"]
        artist = f"{first[draw[7] % len(first)]} {last[draw[8] % len(last)]}"
    return CatalogueEntry(
        title=title,
        artist=artist,
        partner=MUSEUMS[draw[9] % len(MUSEUMS)][0],
        slug=make_slug(f"{title} {artist}" if artist and draw[10] < 128 else title),
        tint=None if draw[12] < 20 else "#" + "".join(f"{200 + part % 48:02X}" for part in draw[13:16]),
    )


def describe_entry(seed: int, artwork: Artwork, language: str) -> AssetDetails:
    """Make up what an artwork's page says: labels may be translated, free, or missing."""
    draw = draw_bytes(seed, artwork.number, "details")
    tongue = find_language(language)
    museum_place = dict(MUSEUMS).get(artwork.partner)
    year = 1480 + draw[0] * 2 - draw[1] // 8
    dates = (
        str(year),
        f"{year}/{year + 1 + draw[2] % 9}",
        f"ca. {year}",
        f"{year // 100 + 1}th century: early",
    )
    height_cm = 25 + draw[3] % 150
    width_cm = max(10, round(height_cm * artwork.aspect))
    candidates = (
        ("title", artwork.title, 255),
        ("creator", artwork.artist, 250),
        ("date", dates[draw[4] % 4 if draw[4] < 120 else 0], 225),
        ("size", f"w{width_cm} x h{height_cm} cm", 200),
        ("medium", MEDIA[draw[5] % len(MEDIA)][tongue], 215),
        ("type", "Painting", 190),
        ("rights", RIGHTS[draw[6] % len(RIGHTS)], 150),
        ("provenance", f"{artwork.partner}: acquired {year + 120}", 90),
        ("link", f"https://museum.example/object?id={artwork.number}&view=full", 110),
    )
    labels = [
        (LABELS[key][tongue], value)
        for index, (key, value, share) in enumerate(candidates)
        if value is not None and draw[8 + index] <= share
    ]
    if draw[20] < 140:
        label, value = FREE_LABELS[draw[21] % len(FREE_LABELS)]
        labels.insert(draw[22] % (len(labels) + 1), (label, value.format(number=artwork.number)))
    return AssetDetails(place=museum_place if draw[23] < 230 else None, labels=tuple(labels))


def draw_bytes(seed: int, number: int, purpose: str) -> bytes:
    """Return 24 random bytes that depend on the arguments alone."""
    return hashlib.blake2b(f"{seed}:{number}:{purpose}".encode(), digest_size=24).digest()


def find_language(language: str) -> int:
    """Return the position of a language in the vocabulary; unknown ones read English."""
    return LANGUAGES.index(language if language in LANGUAGES else DEFAULT_LANGUAGE)
