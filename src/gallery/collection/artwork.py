"""What the gallery knows of one artwork, and what a collection of artworks can be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from src.features.schema import BGRImage


@dataclass(frozen=True)
class Artwork:
    """One artwork as a list shows it.

    Attributes
    ----------
    number
        Number within the collection.
    asset_id, image_token
        Identity, and the name of its picture at the image host.
    colour
        The colour under which it is filed.
    title, artist, partner
        Texts; the artist is None where nobody knows.
    slug
        Translated title as it stands in the page address; decoration.
    aspect
        Width divided by height.
    tint
        Pale placeholder as ``#RRGGBB``, or None.
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
    tint: str | None

    @property
    def page(self) -> str:
        """Path of the artwork's page."""
        return f"/asset/{self.slug}/{self.asset_id}"


@dataclass(frozen=True)
class AssetDetails:
    """What the page of an artwork says beside its title: a place, and labels with their values."""

    place: str | None
    labels: tuple[tuple[str, str], ...]


class Collection(Protocol):
    """Artworks filed by colour; numbers and positions count from 0."""

    counts: Mapping[str, int]
    """Artworks of each colour, in the site's order; colours without any are left out."""

    def list_artworks(self, colour: str, start: int, stop: int, language: str) -> list[Artwork]:
        """Return the artworks at positions ``start`` to ``stop`` (exclusive) of a colour's list."""

    def find_asset(self, asset_id: str, language: str) -> Artwork | None:
        """Return the artwork with this id, or None."""

    def find_image(self, token: str) -> int | None:
        """Return the number of the artwork that an image token shows, or None."""

    def name_artwork(self, number: int) -> str:
        """Return the asset id of an artwork."""

    def describe_artwork(self, artwork: Artwork, language: str) -> AssetDetails:
        """Return what the artwork's page says."""

    def draw(self, number: int, width: int, height: int, *, is_crop: bool) -> BGRImage | bytes:
        """Draw an artwork, or return the content of a file that cannot be decoded.

        With ``is_crop`` width and height are the exact box, cut out of the middle; without, a box of the
        artwork's own shape.
        """

    def measure(self, number: int) -> tuple[int, int]:
        """Return width and height of the artwork at full size, in pixels."""
