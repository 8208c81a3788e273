"""The painted collection: artworks that are made, with all that is said of them, when they are looked at.

Artwork ``number`` is filed under ``SITE_COLOURS[number % 12]`` as its ``number // 12``-th work, so
that neither lists nor pages need an index: everything is computed from the number when it is asked
for, and a collection of any size starts at once. All people and museums are invented.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from src.colours import SITE_COLOURS
from src.features.schema import BGRImage
from src.gallery.collection.catalogue import Artwork, make_slug
from src.gallery.collection.tokens import Names
from src.gallery.painter.describe import describe, outline
from src.gallery.painter.painting import paint, paint_crop

LANGUAGES: Final = ("en", "de", "fr", "es", "ja")
DEFAULT_LANGUAGE: Final = "en"
SHORTEST_LONG_SIDE: Final = 1024
KEPT_ARTWORKS: Final = 4096
"""Entries and descriptions that a worker remembers, about 1 kB each."""

NULL_ARTIST_SHARE: Final = 438 / 2791
"""Share of items without an artist in lists recorded in 2026."""


@cache
def _read_words() -> dict[str, Any]:
    """Read the words.

    ``titles`` of each genre, an asterisk for a place; ``places`` (the last ones are not Latin), ``first_names``,
    ``last_names``, ``museums`` (each with its place, one without), ``rights``; ``labels`` of an asset page and
    ``media``, these and titles in the order of :data:`LANGUAGES`; ``free_labels``, which museums invent and nobody
    translates, with values that may contain colons; and ``title_tails``, which stand behind one title in 85: quotation
    marks, angle brackets, and more than 300 characters.
    """
    words: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
    return words


class PaintedCollection:
    """Paintings of a seed, as many of each colour as :func:`src.gallery.collection.catalogue.apportion` says."""

    def __init__(self, counts: Mapping[str, int], seed: int) -> None:
        self.counts = counts
        self._seed = seed
        self._asset_ids = Names(seed, "asset", ">I")
        self._image_tokens = Names(seed, "image:0", ">I26x")
        self._make_artwork = lru_cache(maxsize=KEPT_ARTWORKS)(self._compute_artwork)
        self._describe_painting = lru_cache(maxsize=KEPT_ARTWORKS)(describe)

    def list_artworks(self, colour: str, start: int, stop: int, language: str) -> list[Artwork]:
        """Return the artworks at positions ``start`` to ``stop`` (exclusive, from 0) of a colour's list."""
        first = SITE_COLOURS.index(colour)
        return [self._make_artwork(first + len(SITE_COLOURS) * position, language) for position in range(start, stop)]

    def find_asset(self, asset_id: str, language: str) -> Artwork | None:
        """Return the artwork with this id, or None."""
        return self._find(self._asset_ids.read(asset_id), language)

    def find_image(self, token: str) -> Artwork | None:
        """Return the artwork that an image token shows, or None."""
        return self._find(self._image_tokens.read(token), DEFAULT_LANGUAGE)

    def draw(self, artwork: Artwork, width: int, height: int, *, is_crop: bool) -> BGRImage:
        """Paint an artwork at a size of its own shape, or a box of any shape that is cut out of the middle."""
        painting = self._describe_painting(self._seed, artwork.number)
        return paint_crop(painting, width, height) if is_crop else paint(painting, width, height)

    def describe_artwork(self, artwork: Artwork, language: str) -> tuple[str | None, Sequence[tuple[str, str]]]:
        """Make up what the artwork's page says: a place, and labels, which may be translated, free, or missing."""
        words, draw = _read_words(), self._draw_bytes(artwork.number, "details")
        tongue = LANGUAGES.index(language)
        year = 1480 + draw[0] * 2 - draw[1] // 8
        dates = (str(year), f"{year}/{year + 1 + draw[2] % 9}", f"ca. {year}", f"{year // 100 + 1}th century: early")
        height_cm = 25 + draw[3] % 150
        width_cm = max(10, round(height_cm * artwork.aspect))
        candidates = (
            ("title", artwork.title, 255),
            ("creator", artwork.artist, 250),
            ("date", dates[draw[4] % 4 if draw[4] < 120 else 0], 225),
            ("size", f"w{width_cm} x h{height_cm} cm", 200),
            ("medium", _pick(words["media"], draw[5])[tongue], 215),
            ("type", "Painting", 190),
            ("rights", _pick(words["rights"], draw[6]), 150),
            ("provenance", f"{artwork.partner}: acquired {year + 120}", 90),
            ("link", f"https://museum.example/object?id={artwork.number}&view=full", 110),
        )
        labels = [
            (words["labels"][key][tongue], value)
            for index, (key, value, share) in enumerate(candidates)
            if value is not None and draw[8 + index] <= share
        ]
        if draw[20] < 140:
            label, value = _pick(words["free_labels"], draw[21])
            labels.insert(draw[22] % (len(labels) + 1), (label, value.format(number=artwork.number)))
        return dict(words["museums"])[artwork.partner] if draw[23] < 230 else None, labels

    def _find(self, numbers: tuple[int, ...] | None, language: str) -> Artwork | None:
        if numbers is None:
            return None
        position, colour = divmod(numbers[0], len(SITE_COLOURS))
        is_held = position < self.counts.get(SITE_COLOURS[colour], 0)
        return self._make_artwork(numbers[0], language) if is_held else None

    def _compute_artwork(self, number: int, language: str) -> Artwork:
        genre, aspect = outline(self._seed, number)
        words, draw = _read_words(), self._draw_bytes(number, "entry")
        title: str = _pick(words["titles"][genre], draw[1])[LANGUAGES.index(language)]
        if "*" in title:
            title = title.replace("*", _pick(words["places"], draw[2]))
        elif draw[3] < 100:
            title = f"{title}, No. {1 + draw[4] % 40}"
        if draw[11] < len(words["title_tails"]):
            title += words["title_tails"][draw[11]]
        artist: str | None = None
        if draw[5] * 256 + draw[6] >= NULL_ARTIST_SHARE * 65536:
            artist = f"{_pick(words['first_names'], draw[7])} {_pick(words['last_names'], draw[8])}"
        longest = SHORTEST_LONG_SIDE + 4 * self._draw_bytes(number, "size")[0]
        return Artwork(
            number=number,
            asset_id=self._asset_ids.write(number),
            image_token=self._image_tokens.write(number),
            colour=SITE_COLOURS[number % len(SITE_COLOURS)],
            title=title,
            artist=artist,
            partner=_pick(words["museums"], draw[9])[0],
            slug=make_slug(f"{title} {artist}" if artist and draw[10] < 128 else title),
            aspect=aspect,
            size=(longest, round(longest / aspect)) if aspect >= 1 else (round(longest * aspect), longest),
            tint=None if draw[12] < 20 else "#" + "".join(f"{200 + part % 48:02X}" for part in draw[13:16]),
        )

    def _draw_bytes(self, number: int, purpose: str) -> bytes:
        """Return 24 random bytes that depend on seed, number and purpose alone."""
        return hashlib.blake2b(f"{self._seed}:{number}:{purpose}".encode(), digest_size=24).digest()


def _pick(choices: Sequence[Any], draw: int) -> Any:
    return choices[draw % len(choices)]
