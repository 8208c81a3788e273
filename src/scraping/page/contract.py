"""Does the live page still keep the contract? Five tiles of one colour, clause by clause (``--check``)."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from src.errors import DownloadError, LayoutChangedError
from src.scraping.artwork import Addresses
from src.scraping.browser.browser import Browser, BrowserSettings
from src.scraping.browser.marks import make_run_mark
from src.scraping.fetch.details import get_details
from src.scraping.fetch.fetcher import Fetcher
from src.scraping.fetch.manners import choose_manners
from src.scraping.get_img import get_img
from src.scraping.page.colour_page import ColourPage, PageError, Site
from src.scraping.settings import CollectSettings, open_source

TILES: Final = 5


class Clause(NamedTuple):
    """One clause of the contract: what was expected, what was found, whether it is kept."""

    subject: str
    expected: str
    found: str
    is_kept: bool


def check_contract(settings: CollectSettings) -> list[Clause]:
    """Open the page of the first colour and hold five of its tiles to the contract.

    One page is opened, nothing is scrolled, one thumbnail and one asset page are fetched. A refusal by the site,
    robots.txt included, is a BlockedError.
    """
    with open_source(settings) as source:
        return _check(settings, source.addresses)


def _check(settings: CollectSettings, addresses: Addresses) -> list[Clause]:
    manners = choose_manners(addresses, contact=settings.contact, is_polite=settings.is_polite)
    fetcher, color = Fetcher(manners), settings.colours[0]
    fetcher.ask_leave([addresses.color_page(color, None)])
    mark, contact = f"{make_run_mark(settings.workspace.root)}-check.", manners.contact if manners.is_polite else None
    with Browser(BrowserSettings(mark, settings.grid, contact, addresses.is_loopback)) as browser:
        page = ColourPage(browser, Site(addresses, manners, settings.workspace.evidence_dir), color)
        try:
            state = page.open()
        except (LayoutChangedError, PageError) as error:
            return [Clause("page of a colour", "tiles with links /asset/<slug>/<id>", str(error), is_kept=False)]
        data = page.read_data()
        page.start(TILES, [0, 0], nudge_after=10**6)
        drained = page.drain(TILES, 2000) or {"tiles": []}
        page.stop()
    tiles = drained["tiles"][:TILES]
    items = {item.asset_id: item for block in data for item in block.items}
    own = [items[tile[0]] for tile in tiles if tile[0] in items]
    lists = [block for block in data if block.color in (None, color)]
    total = lists[0].total if lists else None

    def count(subject: str, expected: str, entries: list[Any], holds: Callable[[Any], bool]) -> Clause:
        kept = sum(holds(entry) for entry in entries)
        return Clause(subject, expected, f"{kept} of {len(entries)}", 0 < kept == len(entries))

    def fetch(subject: str, expected: str, get: Callable[[], object]) -> Clause:
        try:
            get()
        except DownloadError as error:
            return Clause(subject, expected, str(error), is_kept=False)
        return Clause(subject, expected, expected, is_kept=True)

    found = f"{len(lists)} lists of {color}, size {total if lists else '?'}"
    clauses = [
        Clause("page of a colour", "tiles with links /asset/<slug>/<id>", f"{state['artworks']} tiles", bool(tiles)),
        count("pictures", "data-bgsrc with //<host>/ci/<token>", tiles, lambda tile: "/ci/" in (tile[2] or "")),
        count("INIT_data", "an item for each tile", tiles, lambda tile: tile[0] in items),
        count("titles", "a title in each item", own, lambda item: bool(item.title)),
        count("details", "aspect and partner in each item", own, lambda item: None not in (item.aspect, item.partner)),
        Clause("end of the list", "a token for more, or null, and the list's size", found, total is not None),
    ]
    named = ((addresses.canonical_page(tile[1]), addresses.canonical_image(tile[2])) for tile in tiles)
    artwork_page, picture = next((one for one in named if all(one)), (None, None))
    if artwork_page and picture:
        clauses += [
            fetch("thumbnail", "218 × 218 pixels", lambda: get_img(fetcher, addresses.live(picture))),
            fetch("asset page", "id=metadata-<id>", lambda: get_details(fetcher, addresses.live(artwork_page))),
        ]
    return clauses


def show_clauses(console: Console, clauses: list[Clause]) -> None:
    """Print the clauses as a table."""
    table = Table(title="The page and the contract", title_justify="left")
    for name in ("clause", "expected", "found", ""):
        table.add_column(name, overflow="fold")
    for clause in clauses:
        verdict = Text("kept", "green") if clause.is_kept else Text("changed", "red")
        table.add_row(clause.subject, Text(clause.expected), Text(clause.found), verdict)
    console.print(table)
