"""The painted collection: how many works of each colour, and what stands beside each of them.

Artwork ``number`` is filed under ``SITE_COLOURS[number % 12]`` as its ``number // 12``-th work, so
that neither lists nor pages need an index: everything is computed from the number when it is asked
for, and a collection of any size starts at once.
"""

import functools
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from src.colours import SITE_COLOURS
from src.errors import UsageError
from src.features.schema import BGRImage
from src.gallery.artwork import Artwork, AssetDetails
from src.gallery.tokens import TokenBook
from src.gallery.vocabulary import (
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
)

__all__ = ["MINIMUM_PER_COLOUR", "SITE_TOTALS", "STUDY_TOTALS", "PaintedCollection", "apportion", "make_slug"]

MINIMUM_PER_COLOUR: Final = 20
"""Five folds and a held-out quarter need that many of each class."""

STUDY_TOTALS: Final = MappingProxyType(
    {
        "WHITE": 1168,
        "PINK": 95,
        "PURPLE": 124,
        "BLUE": 1500,
        "TEAL": 1605,
        "GREEN": 1550,
        "YELLOW": 1068,
        "ORANGE": 857,
        "RED": 1112,
        "BROWN": 3610,
        "BLACK": 3612,
    }
)
"""Artworks of each colour in the study of January 2023, read off its bar chart (16,301 of its 16,311)."""

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

    Parameters
    ----------
    total
        Number of artworks.
    proportions
        ``study`` (eleven colours, 2023) or ``site`` (twelve colours, 2026).
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
    weights = SITE_TOTALS if proportions == "site" or "GRAY" in colours else STUDY_TOTALS
    names = [name for name in SITE_COLOURS if name in weights and (not colours or name in colours)]
    minimum = min(MINIMUM_PER_COLOUR, total // len(names)) if colours else MINIMUM_PER_COLOUR
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


class PaintedCollection:
    """Paintings that are made when they are looked at.

    Parameters
    ----------
    counts
        Artworks of each colour (see :func:`apportion`).
    seed
        Seed of the paintings, names and texts.
    tokens
        Names ids and images.
    """

    def __init__(self, counts: Mapping[str, int], seed: int, tokens: TokenBook) -> None:
        self._counts = MappingProxyType({name: counts[name] for name in SITE_COLOURS if counts.get(name)})
        self._seed = seed
        self._tokens = tokens
        self._make_artwork = functools.lru_cache(maxsize=4096)(self._compute_artwork)

    @property
    def counts(self) -> Mapping[str, int]:
        """Artworks of each colour."""
        return self._counts

    def list_artworks(self, colour: str, start: int, stop: int, language: str) -> list[Artwork]:
        """Return the artworks at some positions of a colour's list."""
        first = SITE_COLOURS.index(colour)
        stop = min(stop, self._counts.get(colour, 0))
        return [self._make_artwork(first + len(SITE_COLOURS) * position, language) for position in range(start, stop)]

    def find_asset(self, asset_id: str, language: str) -> Artwork | None:
        """Return the artwork with this id, or None."""
        number = self._tokens.read_asset(asset_id)
        return self._make_artwork(number, language) if self._holds(number) and number is not None else None

    def find_image(self, token: str) -> int | None:
        """Return the number of the artwork that an image token shows, or None."""
        number = self._tokens.read_image(token)
        return number if self._holds(number) else None

    def name_artwork(self, number: int) -> str:
        """Return the asset id of an artwork."""
        return self._tokens.name_asset(number)

    def describe_artwork(self, artwork: Artwork, language: str) -> AssetDetails:
        """Return what the artwork's page says: labels may be translated, free, or missing."""
        draw = self._draw(artwork.number, "details")
        tongue = _language_index(language)
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

    def measure(self, number: int) -> tuple[int, int]:
        """Return width and height of the artwork at full size, in pixels: 1,024 to 2,048 on the long side."""
        aspect = self._make_artwork(number, DEFAULT_LANGUAGE).aspect
        longest = 1024 + 4 * self._draw(number, "size")[0]
        return (longest, round(longest / aspect)) if aspect >= 1 else (round(longest * aspect), longest)

    def draw(self, number: int, width: int, height: int, *, is_crop: bool) -> BGRImage:
        """Paint an artwork at a size, whole or cut to the box from the middle."""
        draw = self._draw(number, "stand-in")
        image = np.empty((height, width, 3), np.uint8)
        image[:] = tuple(draw[:3])
        image[: height // 2] //= 2 if is_crop else 3
        return image

    def _holds(self, number: int | None) -> bool:
        if number is None:
            return False
        position, colour = divmod(number, len(SITE_COLOURS))
        return position < self._counts.get(SITE_COLOURS[colour], 0)

    def _draw(self, number: int, purpose: str) -> bytes:
        return hashlib.blake2b(f"{self._seed}:{number}:{purpose}".encode(), digest_size=24).digest()

    def _compute_artwork(self, number: int, language: str) -> Artwork:
        draw = self._draw(number, "artwork")
        tongue = _language_index(language)
        genre = tuple(SUBJECTS)[draw[0] % len(SUBJECTS)]
        titles = SUBJECTS[genre]
        title = titles[draw[1] % len(titles)][tongue]
        if genre in {"landscape", "sea", "city"}:
            title = f"{title} {PLACES[draw[2] % len(PLACES)]}"
        elif draw[3] < 100:
            title = f"{title}, No. {1 + draw[4] % 40}"
        artist: str | None = None
        if draw[5] * 256 + draw[6] >= NULL_ARTIST_SHARE * 65536:
            first, last = ARTIST_NAMES["first"], ARTIST_NAMES["last"]
            artist = f"{first[draw[7] % len(first)]} {last[draw[8] % len(last)]}"
        return Artwork(
            number=number,
            asset_id=self._tokens.name_asset(number),
            image_token=self._tokens.name_image(number),
            colour=SITE_COLOURS[number % len(SITE_COLOURS)],
            title=title,
            artist=artist,
            partner=MUSEUMS[draw[9] % len(MUSEUMS)][0],
            slug=make_slug(f"{title} {artist}" if artist and draw[10] < 128 else title),
            aspect=round(0.6 + draw[11] / 200, 4),
            tint=None if draw[12] < 20 else "#" + "".join(f"{200 + part % 48:02X}" for part in draw[13:16]),
        )


def _language_index(language: str) -> int:
    return LANGUAGES.index(language) if language in LANGUAGES else LANGUAGES.index(DEFAULT_LANGUAGE)
