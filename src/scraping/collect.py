"""A whole run: list with several browsers, fetch what they list meanwhile, write the tables."""

import contextlib
import time
from collections import Counter
from typing import Any, Final
from urllib.parse import quote

from rich.console import Console

from src.colours import order_colours
from src.errors import BlockedError, DownloadError, LayoutChangedError, MissingToolError, ProjectError, UsageError
from src.scraping.artwork import Artwork, Source
from src.scraping.browser.browser import BrowserSettings
from src.scraping.browser.marks import end_marked, make_run_mark
from src.scraping.browser.pool import Failure, list_colours
from src.scraping.fetch.details import Details, get_details
from src.scraping.fetch.fetcher import Fetcher, FetchPool
from src.scraping.fetch.manners import TERMS_NOTE, choose_manners
from src.scraping.get_img import DownloadOutcome, get_img
from src.scraping.page.colour_page import Site
from src.scraping.page.listing import Listed, ListingOutcome, ListingTask
from src.scraping.settings import CollectSettings, open_source
from src.scraping.store.placement import add_picture, find_pictures
from src.scraping.store.publish import forget_scraped, publish, publish_details
from src.scraping.store.store import Store, lock_workspace
from src.scraping.summary import ColourSummary, Display, RunSummary, read_run_file, write_run_file

LONGEST_FIRST: Final = (
    *("BROWN", "BLACK", "GRAY", "BLUE", "TEAL", "GREEN"),
    *("WHITE", "YELLOW", "RED", "ORANGE", "PURPLE", "PINK"),
)
"""Colours by the size of their lists on the site in 2026: the long ones begin first."""


def collect(settings: CollectSettings, console: Console | None = None) -> RunSummary:
    """Run the scraper once; ``console`` shows the progress.

    It goes on where an earlier run in the same workspace stopped: complete colours are not listed
    again, thumbnails that are there are not fetched again, and what failed is tried again.

    Returns
    -------
    RunSummary
        What was found and fetched, and the reason of everything that was not. A block by the site, a changed layout
        and an interruption are in it too.
    """
    with lock_workspace(settings.workspace):
        end_marked(make_run_mark(settings.workspace.root))  # what a killed run could not end itself
        if settings.start_over:
            forget_scraped(settings.workspace)
        with open_source(settings) as source:
            return _Run(settings, source, console or Console(quiet=True)).go()


class _Run:
    def __init__(self, settings: CollectSettings, source: Source, console: Console) -> None:
        self._settings = settings
        self._workspace = settings.workspace
        self._source = source
        self._console = console
        self._display = Display(console)
        self._began = time.monotonic()
        self._listing_began: dict[str, float] = {}
        self._summary = RunSummary(source.origin.site, is_listing_only=settings.list_only)
        manners = choose_manners(
            source.addresses, contact=settings.contact, is_polite=settings.is_polite, pause=settings.pause
        )
        self._fetcher = Fetcher(manners)
        self._store = Store(self._workspace, source.origin, f"jpeg-{settings.image_size}", relist=settings.relist)
        if self._store.was_replaced:
            self._summary.notes.append(f"the workspace held another gallery; it now holds {source.origin.site}")

    def go(self) -> RunSummary:
        threads = self._fetcher.manners.download_threads
        with self._store:
            colors = self._prepare()
            try:
                with (
                    FetchPool(self._fetcher, self._get_thumbnail, self._note_thumbnails, threads) as thumbnails,
                    self._display.progress,
                ):
                    self._work(colors, thumbnails)
            except KeyboardInterrupt:
                self._summary.state = "interrupted"
            except BlockedError as error:
                self._note_block(str(error))
            except ProjectError:
                self._publish()
                raise
            self._publish()
        return self._summary

    def _publish(self) -> None:
        publish(self._workspace, self._store, self._summary)
        if not self._summary.is_interrupted:
            self._summary.state = "ended"
        self._write_run_file()

    # ---- before

    def _prepare(self) -> list[str]:
        """Take the list, read robots.txt, count what is there; return the colours to list."""
        settings, store = self._settings, self._store
        if settings.retry_failed and not store.colors:
            raise UsageError(f"{self._workspace.root} holds nothing yet: run without --retry-failed first")
        colors: list[str] = []
        if self._source.artworks is not None:
            self._take_list(self._source.artworks)
        elif not settings.retry_failed:
            colors = [color for color in settings.colours if not store.is_finished(color, settings.limit)]
        has_shown_terms = read_run_file(self._workspace.run_file).get("terms_shown", False)
        if self._fetcher.manners.is_polite and not has_shown_terms:
            self._console.print(TERMS_NOTE, style="bold")
        self._summary.terms_shown = has_shown_terms or self._fetcher.manners.is_polite
        self._fetcher.ask_leave([self._source.addresses.color_page(one, settings.language) for one in colors])
        store.forget_missing(find_pictures(self._workspace).values())
        wanted = () if self._source.artworks is not None else settings.colours
        for color in order_colours({*wanted, *store.colors}):
            summary = self._summary.colours[color] = ColourSummary(color)
            if ended := store.endings.get(color):
                summary.state, summary.reason, summary.total = ended.state, ended.reason, ended.total
        self._write_run_file()
        return sorted(colors, key=LONGEST_FIRST.index)

    def _take_list(self, artworks: tuple[Artwork, ...]) -> None:
        """List what the file lists, as a site would."""
        self._summary.left_out += self._source.left_out
        for color in self._settings.colours:
            rows = [artwork for artwork in artworks if artwork.color == color]
            wanted = rows[: self._settings.limit]
            if wanted:
                self._store.add(color, wanted)
                state = "complete" if len(wanted) == len(rows) else "limit"
                self._store.end(ListingOutcome(color, state, None, len(rows)))

    # ---- during

    def _work(self, colors: list[str], thumbnails: FetchPool[str]) -> None:
        settings = self._settings
        if not settings.list_only:
            thumbnails.ask(row for row, failure in self._list_missing() if failure or not settings.retry_failed)
        self._list(colors, thumbnails)
        self._summary.listing_seconds = time.monotonic() - self._began
        self._finish("thumbnails", thumbnails)
        if not settings.list_only:
            passing = [row for row, failure in self._list_missing() if failure and failure.is_passing]
            thumbnails.ask(passing, is_again=True)
            self._finish("thumbnails", thumbnails)
        if settings.details:
            self._read_details()

    def _list(self, colors: list[str], thumbnails: FetchPool[str]) -> None:
        settings, manners, addresses = self._settings, self._fetcher.manners, self._source.addresses
        browser = BrowserSettings(
            mark=make_run_mark(self._workspace.root),
            grid=settings.grid,
            contact=settings.contact if manners.is_polite else None,
            is_loopback=addresses.is_loopback,
        )
        site = Site(addresses, manners, self._workspace.evidence_dir, settings.language)
        browsers = settings.browsers or manners.browsers
        has_tiles = False
        with contextlib.closing(list_colours(browser, site, colors, self._make_task, browsers)) as events:
            for event in events:
                if isinstance(event, Listed):
                    has_tiles = has_tiles or any(artwork.image for artwork in event.artworks)
                    self._take(event, thumbnails)
                elif isinstance(event, ListingOutcome):
                    has_tiles = has_tiles or event.state == "complete"
                    self._end(event)
                elif isinstance(event, Failure):
                    self._fail(event)
                    # where other colours show their tiles, only this one is in trouble, and the others go on
                    if isinstance(event.error, LayoutChangedError) and not has_tiles:
                        self._summary.layout_changed = str(event.error)
                        return
                elif event is not None and event not in self._summary.notes:
                    self._summary.notes.append(event)
                self._collect("thumbnails", thumbnails)

    def _make_task(self, color: str) -> ListingTask:
        self._summary.colours[color].state = "listing"
        self._listing_began.setdefault(color, time.monotonic())
        return ListingTask(color, frozenset(self._store.artworks[color]), self._settings.limit)

    def _take(self, event: Listed, thumbnails: FetchPool[str]) -> None:
        new = self._store.add(event.color, event.artworks)
        if not self._settings.list_only:
            thumbnails.ask(new)
        summary, limit = self._summary.colours[event.color], self._settings.limit
        summary.new += len(new)
        summary.total = event.total if event.total is not None else summary.total
        wanted = summary.total if limit is None else min(limit, summary.total or limit)
        self._display.show(event.color, len(self._store.artworks[event.color]), wanted, "listing")

    def _end(self, outcome: ListingOutcome) -> None:
        self._store.end(outcome)
        summary = self._summary.colours[outcome.color]
        summary.state, summary.reason = outcome.state, outcome.reason
        summary.seconds = time.monotonic() - self._listing_began[outcome.color]
        summary.total = outcome.total if outcome.total is not None else summary.total
        found = len(self._store.artworks[outcome.color])
        self._display.show_end(outcome.color, found, outcome.state, outcome.reason)
        self._write_run_file()

    def _fail(self, failure: Failure) -> None:
        color, error = failure.color, failure.error
        if isinstance(error, MissingToolError):
            raise error
        state = "partial" if self._store.artworks[color] else "failed"
        if isinstance(error, BlockedError):
            state = "blocked"
        self._end(ListingOutcome(color, state, str(error), self._summary.colours[color].total))
        if isinstance(error, BlockedError):
            raise error

    # ---- thumbnails and asset pages

    def _list_missing(self) -> list[tuple[Artwork, DownloadOutcome | None]]:
        """Return the rows without a thumbnail and their failures, if they were asked for."""
        rows = [(row, self._store.outcomes.get(row.asset_id)) for row in self._store.rows()]
        return [(row, outcome) for row, outcome in rows if outcome is None or outcome.status == "failed"]

    def _get_thumbnail(self, artwork: Artwork) -> str:
        if artwork.image is None:
            raise DownloadError("the page gives no address of a picture")
        content = get_img(self._fetcher, self._source.addresses.live(artwork.image), self._settings.image_size)
        return add_picture(self._workspace, content)

    def _note_thumbnails(self, results: list[tuple[Artwork, str | Exception]]) -> None:
        outcomes = [DownloadOutcome.of(artwork, result) for artwork, result in results]
        self._store.note(outcomes)
        self._summary.fetched += sum(outcome.status == "ok" for outcome in outcomes)

    def _read_details(self) -> None:
        rows = [row for row in self._store.rows() if row.color in self._settings.colours]
        known = self._store.read_asset_pages()
        manners, language = self._fetcher.manners, self._settings.language
        query = f"?hl={quote(language)}" if language else ""
        unread: Counter[str] = Counter()

        def get(artwork: Artwork) -> Details:
            return get_details(self._fetcher, self._source.addresses.live(artwork.page) + query)

        def note(results: list[tuple[Artwork, Details | Exception]]) -> None:
            unread.update(str(result) for _, result in results if isinstance(result, Exception))
            pages = [(artwork.asset_id, page) for artwork, page in results if not isinstance(page, Exception)]
            self._store.add_asset_pages(pages)

        try:
            # one page after another where manners count
            with FetchPool(self._fetcher, get, note, 1 if manners.is_polite else manners.download_threads) as pages:
                pages.ask(row for row in rows if row.asset_id not in known)
                self._finish("details", pages)
        finally:
            self._summary.asset_pages = publish_details(self._workspace, self._store, rows)
            self._summary.unread_pages = dict(unread)

    def _collect(self, name: str, pool: FetchPool[Any], wait_seconds: float = 0.0) -> None:
        pool.collect(wait_seconds)
        self._display.show(name, pool.done_count, pool.open_count + pool.done_count)

    def _finish(self, name: str, pool: FetchPool[Any]) -> None:
        while pool.open_count:
            self._collect(name, pool, wait_seconds=0.5)

    # ---- after

    def _note_block(self, message: str) -> None:
        when = "then"
        if "asks to come back" not in message:
            when = time.strftime("after %Y-%m-%d %H:%M", time.localtime(time.time() + 24 * 3600))
            message += ": blocks are per address and last hours to a day"
        self._summary.blocked = (
            f"{message}. Everything collected so far is kept: run the same command again {when}, it goes on from here"
        )

    def _write_run_file(self) -> None:
        self._summary.seconds = time.monotonic() - self._began
        write_run_file(self._workspace.run_file, self._summary)
