"""Does the live page still keep the contract? Five tiles of one colour, clause by clause (``--check``)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from src.colours import SITE_COLOURS
from src.errors import BlockedError, ImageError, LayoutChangedError
from src.features.decode_image import decode_image
from src.scraping.artwork import ASSET_ID, Addresses, read_asset_id, sized_image
from src.scraping.browser.browser import Browser, BrowserSettings
from src.scraping.fetch.client import FetchError, HttpClient
from src.scraping.fetch.details import parse_asset_page
from src.scraping.fetch.manners import Manners
from src.scraping.fetch.robots import Robots
from src.scraping.page.data import Item, parse_page_data
from src.scraping.page.state import PageError, open_listing
from src.scraping.scripts import DRAIN, PAGE_DATA, START, STOP

TILES: Final = 5


@dataclass(frozen=True)
class Clause:
    """One clause of the contract: what was expected, what was found, whether it is kept."""

    subject: str
    expected: str
    found: str
    is_kept: bool


def check_contract(
    addresses: Addresses, manners: Manners, *, color: str, evidence: Path, mark: str, grid: str | None = None
) -> list[Clause]:
    """Open one colour's page and hold five of its tiles to the contract.

    One page is opened, nothing is scrolled, one thumbnail and one asset page are fetched.

    Raises
    ------
    BlockedError
        If the site refuses us, robots.txt included.
    """
    client = HttpClient(manners.contact)
    robots = Robots(client)
    address = addresses.color_page(color, None)
    if manners.is_polite and (refusal := robots.explain_refusal(address)):
        raise BlockedError(f"the site does not want to be scraped here: {refusal}")
    settings = BrowserSettings(
        mark=mark,
        grid=grid,
        contact=manners.contact if manners.is_polite else None,
        is_loopback=addresses.is_loopback,
    )
    with Browser(settings) as browser:
        try:
            state = open_listing(browser, address, manners.patience, evidence, color)
        except (LayoutChangedError, PageError) as error:
            return [Clause("page of a colour", "tiles with links under /asset/", str(error), is_kept=False)]
        data = parse_page_data(browser.run(PAGE_DATA))
        items = {item.asset_id: item for block in data for item in block.items}
        blocks = [block for block in data if block.color in (None, color)]
        settings_of_pump = {"limit": TILES, "pause": [0, 0], "nudgeAfter": 10**6}
        browser.run(START, settings_of_pump | {"color": color, "colors": list(SITE_COLOURS)})
        drained = browser.run_until_done(DRAIN, TILES, 2000, None) or {"tiles": []}
        browser.run(STOP)
        tiles = drained["tiles"][:TILES]
    return [
        Clause(
            "page of a colour", "tiles with links under /asset/", f"{state['artworks']} tiles", bool(state["artworks"])
        ),
        *_check_tiles(tiles, addresses),
        *_check_data(tiles, items),
        Clause(
            "end of the list",
            "a token for more, or null, and the list's size",
            f"{len(blocks)} lists of {color}, size {blocks[0].total if blocks else '?'}",
            bool(blocks) and blocks[0].total is not None,
        ),
        *_check_addresses(tiles, addresses, manners, client, robots),
    ]


def _share(tiles: list[Any], holds: Callable[[Any], bool]) -> tuple[str, bool]:
    kept = sum(holds(tile) for tile in tiles)
    return f"{kept} of {len(tiles)}", bool(tiles) and kept == len(tiles)


def _check_tiles(tiles: list[list[str | None]], addresses: Addresses) -> list[Clause]:
    found_ids, has_ids = _share(tiles, lambda tile: bool(ASSET_ID.fullmatch(tile[0] or "")))
    found_pages, has_pages = _share(
        tiles, lambda tile: read_asset_id(addresses.canonical_page(tile[1]) or "") == tile[0]
    )
    found_images, has_images = _share(tiles, lambda tile: "/ci/" in (tile[2] or ""))
    return [
        Clause("asset ids", "14 characters of URL-safe base64", found_ids, has_ids),
        Clause("links", "/asset/<slug>/<id>", found_pages, has_pages),
        Clause("pictures", "data-bgsrc with //<host>/ci/<token>", found_images, has_images),
    ]


def _check_data(tiles: list[list[str | None]], items: dict[str, Item]) -> list[Clause]:
    own = [items[tile[0]] for tile in tiles if tile[0] in items]
    found, is_kept = _share(tiles, lambda tile: tile[0] in items)
    titles, has_titles = _share(own, lambda item: bool(item.title))
    details, has_details = _share(own, lambda item: item.aspect is not None and item.partner is not None)
    tags = {item.is_tagged for item in own}
    layout = "with a tag in front" if tags == {True} else "without a tag in front" if tags == {False} else "mixed"
    return [
        Clause("INIT_data", "an item for each tile", f"{found} tiles", is_kept),
        Clause("items", "with a tag in front (read either way)", layout if own else "no items", bool(own)),
        Clause("titles", "a title in each item", titles, has_titles),
        Clause("details", "aspect and partner in each item", details, has_details),
    ]


def _check_addresses(
    tiles: list[list[str | None]], addresses: Addresses, manners: Manners, client: HttpClient, robots: Robots
) -> list[Clause]:
    clauses = []
    tile = next((tile for tile in tiles if tile[0] and tile[1] and tile[2]), None)
    if tile is None or tile[0] is None or tile[1] is None or tile[2] is None:
        return []
    picture, place = addresses.canonical_image(tile[2]), addresses.canonical_page(tile[1])
    if picture is None or place is None:
        return []
    image, page = sized_image(addresses.live(picture), 218, "jpeg"), addresses.live(place)
    for subject, expected, address, read in (
        ("thumbnail", "218 × 218 pixels", image, _describe_image),
        ("asset page", f"id=metadata-{tile[0]}", page, lambda content: _describe_page(content, str(tile[0]))),
    ):
        if manners.is_polite:
            if refusal := robots.explain_refusal(address):
                clauses.append(Clause(subject, expected, f"not asked: {refusal}", is_kept=False))
                continue
            time.sleep(manners.pause_seconds[0])
        try:
            answer = client.get(address)
        except FetchError as error:
            clauses.append(Clause(subject, expected, str(error), is_kept=False))
            continue
        found = read(answer.content) if answer.status == 200 else f"HTTP {answer.status}"
        clauses.append(Clause(subject, expected, found, found == expected))
    return clauses


def _describe_image(content: bytes) -> str:
    try:
        height, width = decode_image(content).shape[:2]
    except ImageError as error:
        return str(error)
    return f"{width} × {height} pixels"


def _describe_page(content: bytes, asset_id: str) -> str:
    has_metadata = parse_asset_page(content.decode("utf-8", "replace"), asset_id).has_metadata
    return f"id=metadata-{asset_id}" if has_metadata else "no list of details"


def show_clauses(console: Console, clauses: list[Clause]) -> None:
    """Print the clauses as a table."""
    table = Table(title="The page and the contract", title_justify="left")
    for name in ("clause", "expected", "found", ""):
        table.add_column(name, overflow="fold")
    for clause in clauses:
        table.add_row(
            clause.subject,
            Text(clause.expected),
            Text(clause.found),
            Text("kept", "green") if clause.is_kept else Text("changed", "red"),
        )
    console.print(table)
