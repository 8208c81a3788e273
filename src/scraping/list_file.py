"""A list of artworks that somebody has already, in the place of the site (``--list FILE.csv``)."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from src.colours import SITE_COLOURS
from src.errors import TableError
from src.files import hash_file
from src.scraping.artwork import GOOGLE, Addresses, Artwork, Origin, Source, hide_credentials, is_web_address

COLUMNS: Final = ("image", "page", "color")
_TEXTS: Final = ("title", "artist", "partner", "tint")


def read_list_file(path: Path, *, with_pages: bool = False) -> Source:
    """Read a CSV file with the columns ``image``, ``page`` and ``color``, such as the study's raw table.

    Columns ``title``, ``artist``, ``partner``, ``aspect`` and ``tint`` are taken too, others are ignored. Commas,
    semicolons or tabs part the cells. With ``with_pages`` the pages are fetched too, so that their site's manners
    count. A row without a usable picture has ``image`` None. The origin is named by the list's content, not its place.
    A file that cannot be read, without a column or without a row that can be taken is a TableError.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header = stream.readline()
            delimiter = max(",;\t", key=header.count)  # what a spreadsheet writes depends on its language
            names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
            missing = [name for name in COLUMNS if name not in names]
            rows = list(csv.DictReader(stream, names, delimiter=delimiter))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"{path} cannot be read as a list ({error}): expected CSV in UTF-8") from error
    if missing:
        raise TableError(f"{path} has no column {', '.join(missing)}: expected {', '.join(COLUMNS)}")
    addresses = _find_site(rows, with_pages=with_pages)
    artworks: dict[str, Artwork] = {}
    left_out = []
    for number, row in enumerate(rows, start=2):
        try:
            artwork = _read_row(row, addresses)
            if artwork.asset_id in artworks:
                raise ValueError(f"the artwork {artwork.asset_id} stands in an earlier row too")
            artworks[artwork.asset_id] = artwork
        except ValueError as reason:
            left_out.append(f"{path.name}, row {number}: {reason}")
    if not artworks:
        why = f": {left_out[0]}" if left_out else ""
        raise TableError(f"{path} lists no artwork that can be taken{why}")
    origin = Origin(f"list {path.name}, {hash_file(path)[:12]}", is_replaceable=addresses.is_loopback)
    return Source(addresses, origin, tuple(artworks.values()), tuple(left_out))


def _find_site(rows: list[dict[str, str]], *, with_pages: bool) -> Addresses:
    """Return the site of the pages; that of the pictures where everything that is fetched is on this machine."""
    images = [site for row in rows if (site := _read_site(row.get("image")))]
    pages = [site for row in rows if (site := _read_site(row.get("page")))]
    if images and all(site.is_loopback for site in (images + pages if with_pages else images)):
        return images[0]
    return next((site for site in pages if not site.is_loopback), Addresses(GOOGLE))


def _read_site(address: str | None) -> Addresses | None:
    """Return the site of an address; None where it names none."""
    address = hide_credentials((address or "").strip())
    address = f"https:{address}" if address.startswith("//") else address
    return Addresses("/".join(address.split("/")[:3])) if is_web_address(address) else None


def _read_row(row: Mapping[str, str | None], addresses: Addresses) -> Artwork:
    """Read one row; raise ``ValueError`` with the reason where it cannot be taken."""
    color = (row.get("color") or "").strip().upper()
    if color not in SITE_COLOURS:
        raise ValueError(f"color {row.get('color')!r} is none of {' '.join(SITE_COLOURS)}")
    address = (row.get("page") or "").strip()
    page = (_read_site(address) or addresses).canonical_page(address)
    if page is None:
        raise ValueError(f"page {address[:100]!r} does not end in /asset/<slug>/<14-character id>")
    texts = {name: " ".join((row.get(name) or "").split()) or None for name in _TEXTS}
    try:
        aspect = float(row.get("aspect") or "")
    except ValueError:
        aspect = 0.0
    return Artwork(
        page[-14:],
        color,
        addresses.canonical_image(row.get("image")),
        page,
        aspect=aspect if 0 < aspect < float("inf") else None,
        **texts,
    )
