"""What the gallery knows of one artwork, and what a collection of artworks can be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from src.features.schema import BGRImage


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


class Collection(Protocol):
    """Artworks filed by colour; numbers and positions count from 0."""

    counts: Mapping[str, int]
    """Artworks of each colour, in the site's order; colours without any are left out."""

    def list_artworks(self, colour: str, start: int, stop: int, language: str, /) -> list[Artwork]:
        """Return the artworks at positions ``start`` to ``stop`` (exclusive) of a colour's list."""

    def find_asset(self, asset_id: str, language: str, /) -> Artwork | None:
        """Return the artwork with this id, or None."""

    def find_image(self, token: str) -> Artwork | None:
        """Return the artwork that an image token shows, or None."""

    def describe_artwork(self, artwork: Artwork, language: str, /) -> tuple[str | None, Sequence[tuple[str, str]]]:
        """Return what the artwork's page says beside its title: a place, and labels with their values."""

    def draw(self, artwork: Artwork, width: int, height: int, *, is_crop: bool) -> BGRImage | bytes:
        """Draw an artwork, or return the content of a file that cannot be decoded.

        With ``is_crop`` width and height are the exact box, cut out of the middle; without, a box of the
        artwork's own shape.
        """
