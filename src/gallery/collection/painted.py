"""The painted collection: artworks that are made when they are looked at.

Artwork ``number`` is filed under ``SITE_COLOURS[number % 12]`` as its ``number // 12``-th work, so
that neither lists nor pages need an index: everything is computed from the number when it is asked
for, and a collection of any size starts at once.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from src.colours import SITE_COLOURS
from src.features.schema import BGRImage
from src.gallery.collection.artwork import Artwork, AssetDetails
from src.gallery.collection.catalogue import describe_entry, draw_bytes, write_entry
from src.gallery.collection.tokens import TokenBook
from src.gallery.painter.describe import describe, outline
from src.gallery.painter.painting import Painting, paint, paint_crop

SHORTEST_LONG_SIDE: Final = 1024
KEPT_ARTWORKS: Final = 4096
"""Entries and descriptions that a worker remembers, about 1 kB each."""


class PaintedCollection:
    """Paintings of a seed.

    Parameters
    ----------
    counts
        Artworks of each colour (see :func:`src.gallery.collection.catalogue.apportion`).
    seed
        Seed of the paintings, names and texts.
    tokens
        Names ids and images.
    """

    def __init__(self, counts: Mapping[str, int], seed: int, tokens: TokenBook) -> None:
        self._counts = MappingProxyType({name: counts[name] for name in SITE_COLOURS if counts.get(name)})
        self._seed = seed
        self._tokens = tokens
        self._make_artwork = lru_cache(maxsize=KEPT_ARTWORKS)(self._compute_artwork)
        self._describe_painting = lru_cache(maxsize=KEPT_ARTWORKS)(self._compute_painting)

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
        return self._make_artwork(number, language) if number is not None and self._holds(number) else None

    def find_image(self, token: str) -> int | None:
        """Return the number of the artwork that an image token shows, or None."""
        number = self._tokens.read_image(token)
        return number if number is not None and self._holds(number) else None

    def name_artwork(self, number: int) -> str:
        """Return the asset id of an artwork."""
        return self._tokens.name_asset(number)

    def describe_artwork(self, artwork: Artwork, language: str) -> AssetDetails:
        """Return what the artwork's page says."""
        return describe_entry(self._seed, artwork, language)

    def measure(self, number: int) -> tuple[int, int]:
        """Return width and height of the artwork at full size, in pixels: 1,024 to 2,044 on the long side."""
        aspect = outline(self._seed, number).aspect
        longest = SHORTEST_LONG_SIDE + 4 * draw_bytes(self._seed, number, "size")[0]
        return (longest, round(longest / aspect)) if aspect >= 1 else (round(longest * aspect), longest)

    def draw(self, number: int, width: int, height: int, *, is_crop: bool) -> BGRImage:
        """Paint an artwork at a size, whole or cut to the box from the middle."""
        painting = self._describe_painting(number)
        return paint_crop(painting, width, height) if is_crop else paint(painting, width, height)

    def _holds(self, number: int) -> bool:
        position, colour = divmod(number, len(SITE_COLOURS))
        return position < self._counts.get(SITE_COLOURS[colour], 0)

    def _compute_painting(self, number: int) -> Painting:
        return describe(self._seed, number)

    def _compute_artwork(self, number: int, language: str) -> Artwork:
        shape = outline(self._seed, number)
        entry = write_entry(self._seed, number, shape.genre, language)
        return Artwork(
            number=number,
            asset_id=self._tokens.name_asset(number),
            image_token=self._tokens.name_image(number),
            colour=SITE_COLOURS[number % len(SITE_COLOURS)],
            title=entry.title,
            artist=entry.artist,
            partner=entry.partner,
            slug=entry.slug,
            aspect=shape.aspect,
            tint=entry.tint,
        )
