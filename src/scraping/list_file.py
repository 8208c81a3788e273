"""A list of artworks that somebody has already, in the place of the site (``--list FILE.csv``)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from src.colours import SITE_COLOURS
from src.errors import TableError
from src.files import hash_file
from src.scraping.artwork import GOOGLE, Addresses, Artwork, Origin, is_loopback, read_asset_id

COLUMNS: Final = ("image", "page", "color")
_TEXTS: Final = ("title", "artist", "partner", "tint")


@dataclass(frozen=True)
class ListFile:
    """What a list holds.

    Attributes
    ----------
    artworks
        The rows that can be taken, in order; one without a usable picture has ``image`` None.
    left_out
        Why other rows cannot be taken, a sentence each.
    addresses
        The site that the rows belong to.
    origin
        The list's name: its content counts, not its place.
    """

    artworks: tuple[Artwork, ...]
    left_out: tuple[str, ...]
    addresses: Addresses
    origin: Origin


def read_list_file(path: Path) -> ListFile:
    """Read a CSV file with the columns ``image``, ``page`` and ``color``, such as the study's raw table.

    Columns ``title``, ``artist``, ``partner``, ``aspect`` and ``tint`` are taken too, others are ignored.

    Raises
    ------
    TableError
        If the file cannot be read, a column is missing, or no row can be taken.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"{path} cannot be read as a list ({error}): expected CSV in UTF-8") from error
    if missing:
        raise TableError(f"{path} has no column {', '.join(missing)}: expected {', '.join(COLUMNS)}")
    addresses = _find_site(rows)
    artworks: dict[str, Artwork] = {}
    left_out = []
    for number, row in enumerate(rows, start=2):
        artwork = _read_row(row, addresses)
        if isinstance(artwork, str):
            left_out.append(f"{path.name}, row {number}: {artwork}")
        elif artwork.asset_id in artworks:
            left_out.append(f"{path.name}, row {number}: the artwork {artwork.asset_id} stands in an earlier row too")
        else:
            artworks[artwork.asset_id] = artwork
    if not artworks:
        why = f": {left_out[0]}" if left_out else ""
        raise TableError(f"{path} lists no artwork that can be taken{why}")
    origin = Origin(f"list {path.name}, {hash_file(path)[:12]}", is_replaceable=addresses.is_loopback)
    return ListFile(tuple(artworks.values()), tuple(left_out), addresses, origin)


def _find_site(rows: list[dict[str, str]]) -> Addresses:
    """Return the site of the pages; that of the pictures where all of them are on this machine."""
    sites: dict[str, list[str]] = {"image": [], "page": []}
    for row in rows:
        for name, found in sites.items():
            address = (row.get(name) or "").strip()
            parts = urlsplit(f"https:{address}" if address.startswith("//") else address)
            if parts.scheme in ("http", "https") and parts.hostname:
                found.append(f"{parts.scheme}://{parts.netloc}")
    images = sites["image"]
    if images and all(is_loopback(urlsplit(site).hostname) for site in images):
        return Addresses(images[0])
    return Addresses(next((site for site in sites["page"] if not is_loopback(urlsplit(site).hostname)), GOOGLE))


def _read_row(row: Mapping[str, str | None], addresses: Addresses) -> Artwork | str:
    """Read one row; return the reason where it cannot be taken."""
    color = (row.get("color") or "").strip().upper()
    if color not in SITE_COLOURS:
        return f"color {row.get('color')!r} is none of {' '.join(SITE_COLOURS)}"
    address = (row.get("page") or "").strip()
    page = addresses.canonical_page(address)
    asset_id = read_asset_id(page or "")
    if page is None or asset_id is None:
        return f"page {address[:100]!r} does not end in /asset/<slug>/<14-character id>"
    texts = {name: " ".join((row.get(name) or "").split()) or None for name in _TEXTS}
    try:
        aspect = float(row.get("aspect") or "")
    except ValueError:
        aspect = 0.0
    return Artwork(
        asset_id,
        color,
        addresses.canonical_image(row.get("image")),
        page,
        aspect=aspect if 0 < aspect < float("inf") else None,
        **texts,
    )
