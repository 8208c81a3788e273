"""A list of artworks that somebody has already, in the place of the site (``--list FILE.csv``)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from src.colours import SITE_COLOURS
from src.errors import TableError
from src.files import hash_file
from src.scraping.artwork import GOOGLE, Addresses, Artwork, Origin, Source, hide_credentials, is_web_address
from src.user_tables import read_user_table

COLUMNS: Final = ("image", "page", "color")
_TEXTS: Final = ("title", "artist", "partner", "tint")


def read_list_file(path: Path, *, with_pages: bool = False) -> Source:
    """Read a table with the columns ``image``, ``page`` and ``color``, such as the study's raw table.

    Columns ``title``, ``artist``, ``partner``, ``aspect`` and ``tint`` are taken too, others are ignored. With
    ``with_pages`` the pages are fetched too, so that their site's manners count. A row without a usable picture has
    ``image`` None. The origin is named by the list's content, not its place. A file that cannot be read, without a
    column or without a row that can be taken is a TableError.
    """
    table = read_user_table(path)
    table.require(COLUMNS)
    rows = [dict(zip(table.names, cells, strict=True)) for cells in table.rows]
    addresses = _find_site(rows, with_pages=with_pages)
    artworks: dict[str, Artwork] = {}
    left_out = []
    for number, row in zip(table.row_numbers, rows, strict=True):
        try:
            artwork = _read_row(row, addresses)
            if artwork.asset_id in artworks:
                raise ValueError(f"the artwork {artwork.asset_id} stands in an earlier row too")
            artworks[artwork.asset_id] = artwork
        except ValueError as reason:
            left_out.append(f"{path.name}, row {number}: {reason}")
    if not artworks:
        raise TableError(f"{path} lists no artwork that can be taken: {left_out[0]}")
    origin = Origin(f"list {path.name}, {hash_file(path)[:12]}", is_replaceable=addresses.is_loopback)
    return Source(addresses, origin, tuple(artworks.values()), tuple(left_out))


def _find_site(rows: list[dict[str, str]], *, with_pages: bool) -> Addresses:
    """Return the site of the pages; that of the pictures where everything that is fetched is on this machine."""
    images = [site for row in rows if (site := _read_site(row["image"]))]
    pages = [site for row in rows if (site := _read_site(row["page"]))]
    if images and all(site.is_loopback for site in (images + pages if with_pages else images)):
        return images[0]
    return next((site for site in pages if not site.is_loopback), Addresses(GOOGLE))


def _read_site(address: str) -> Addresses | None:
    """Return the site of an address; None where it names none."""
    address = hide_credentials(address)
    address = f"https:{address}" if address.startswith("//") else address
    return Addresses("/".join(address.split("/")[:3])) if is_web_address(address) else None


def _read_row(row: Mapping[str, str], addresses: Addresses) -> Artwork:
    """Read one row; raise ``ValueError`` with the reason where it cannot be taken."""
    color, address = row["color"].upper(), row["page"]
    if color not in SITE_COLOURS:
        raise ValueError(f"color {row['color']!r} is none of {' '.join(SITE_COLOURS)}")
    page = (_read_site(address) or addresses).canonical_page(address)
    if page is None:
        raise ValueError(f"page {address[:100]!r} does not end in /asset/<slug>/<14-character id>")
    texts = {name: " ".join(row.get(name, "").split()) or None for name in _TEXTS}
    try:
        aspect = float(row.get("aspect", ""))
    except ValueError:
        aspect = 0.0
    return Artwork(
        page[-14:],
        color,
        addresses.canonical_image(row["image"]),
        page,
        aspect=aspect if 0 < aspect < float("inf") else None,
        **texts,
    )
