"""A whole run: list with several browsers, fetch what they list meanwhile, write the tables."""

import contextlib
import time
from dataclasses import replace
from typing import Final

from rich.console import Console

from src.colours import order_colours
from src.errors import BlockedError, LayoutChangedError, MissingToolError, ProjectError, UsageError
from src.scraping.artwork import Artwork, Source
from src.scraping.browser.browser import BrowserSettings
from src.scraping.browser.marks import end_marked, make_run_mark
from src.scraping.browser.pool import Failure, list_colours
from src.scraping.fetch.client import HttpClient
from src.scraping.fetch.details import collect_details
from src.scraping.fetch.manners import TERMS_NOTE, Manners, choose_manners, suggest_return
from src.scraping.fetch.robots import Robots
from src.scraping.fetch.thumbnails import Downloads
from src.scraping.page.listing import Listed, ListingOutcome, ListingTask
from src.scraping.page.state import Site
from src.scraping.progress import Display
from src.scraping.run_file import ColourSummary, RunFile, RunSummary
from src.scraping.settings import LONGEST_PAUSE, CollectSettings, open_source
from src.scraping.store.lock import lock_workspace
from src.scraping.store.placement import find_pictures, incoming_dir
from src.scraping.store.publish import forget_scraped, publish
from src.scraping.store.store import Store

LONGEST_FIRST: Final = (
    *("BROWN", "BLACK", "GRAY", "BLUE", "TEAL", "GREEN"),
    *("WHITE", "YELLOW", "RED", "ORANGE", "PURPLE", "PINK"),
)
"""Colours by the size of their lists on the site in 2026: the long ones begin first."""


def collect(settings: CollectSettings, console: Console | None = None) -> RunSummary:
    """Run the scraper once.

    It goes on where an earlier run in the same workspace stopped: complete colours are not listed
    again, thumbnails that are there are not fetched again, and what failed is tried again.

    Parameters
    ----------
    settings
    console
        Where to show progress; None shows nothing.

    Returns
    -------
    RunSummary
        What was found and fetched, and the reason of everything that was not. A block by the site, a
        changed layout and an interruption are in it too; what was collected before is kept.

    Raises
    ------
    UsageError, WorkspaceLockedError, MissingToolError
        Before anything was changed.
    """
    console = console or Console(quiet=True)
    workspace = settings.workspace
    with lock_workspace(workspace):
        mark = make_run_mark(workspace.root)
        end_marked(mark)  # what a killed run could not end itself
        if settings.start_over:
            forget_scraped(workspace)
        with open_source(settings) as source:
            manners = choose_manners(
                source.addresses, contact=settings.contact, is_polite=settings.is_polite, pause=settings.pause
            )
            return _Run(settings, source, manners, console).go()


class _Run:
    def __init__(self, settings: CollectSettings, source: Source, manners: Manners, console: Console) -> None:
        self._settings = settings
        self._workspace = settings.workspace
        self._source = source
        self._manners = manners
        self._console = console
        self._display = Display(console)
        self._began = time.monotonic()
        self._summary = RunSummary(is_listing_only=settings.list_only)
        self._run_file = RunFile(settings.workspace)
        self._client = HttpClient(manners.contact, settings.download_threads or manners.download_threads)
        self._robots = Robots(self._client)
        self._listing_began: dict[str, float] = {}
        kind = f"{settings.image_format}-{settings.image_size}"
        self._store = Store(self._workspace, source.origin, kind, relist=settings.relist)
        if self._store.was_replaced:
            self._summary.notes.append(f"the workspace held another gallery; it now holds {source.origin.site}")

    def go(self) -> RunSummary:
        failure: ProjectError | None = None
        with self._store:
            colors = self._prepare()
            with Downloads(
                self._store,
                incoming_dir(self._workspace),
                client=self._client,
                addresses=self._source.addresses,
                manners=self._manners,
                size=self._settings.image_size,
                media_format=self._settings.image_format,
                robots=self._robots,
                threads=self._settings.download_threads,
            ) as downloads:
                try:
                    with self._display.progress:
                        self._work(colors, downloads)
                except KeyboardInterrupt:
                    self._summary.is_interrupted = True
                except BlockedError as error:
                    self._note_block(str(error))
                except ProjectError as error:
                    failure = error
            self._summary.fetched = downloads.tally["ok"]
            publish(self._workspace, self._store, self._summary)
            self._write_run_file("interrupted" if self._summary.is_interrupted else "ended")
        self._client.close()
        if failure is not None:
            raise failure
        return self._summary

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
        if self._manners.is_polite:
            if not self._run_file.has_shown_terms:
                self._console.print(TERMS_NOTE, style="bold")
            self._obey_robots(colors)
        store.forget_missing(find_pictures(self._workspace).values())
        wanted = () if self._source.artworks is not None else settings.colours
        for color in order_colours({*wanted, *store.colors}):
            summary = self._summary.colours[color] = ColourSummary(color)
            if ended := store.ending(color):
                summary.state, summary.reason, summary.total = ended.state, ended.reason, ended.total
        self._write_run_file("running")
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

    def _obey_robots(self, colors: list[str]) -> None:
        pages = [self._source.addresses.color_page(color, self._settings.language) for color in colors]
        refusals = (refusal for page in pages if (refusal := self._robots.explain_refusal(page)))
        if refusal := next(refusals, None):
            raise BlockedError(f"the site does not want to be scraped here: {refusal}")
        delay = self._robots.read_crawl_delay(pages[0]) if pages else 0.0
        if delay > LONGEST_PAUSE:
            raise BlockedError(
                f"the site does not want to be scraped here: its robots.txt asks for {delay:,.0f} s between pages, "
                f"more than the {LONGEST_PAUSE:,.0f} s that we wait"
            )
        shortest, longest = self._manners.pause_seconds
        if delay > shortest:
            self._manners = replace(self._manners, pause_seconds=(delay, delay + longest - shortest))

    # ---- during

    def _work(self, colors: list[str], downloads: Downloads) -> None:
        settings, store = self._settings, self._store
        if not settings.list_only:
            missing = [row for row in store.rows() if not store.has_file(row.asset_id)]
            downloads.ask(row for row in missing if not settings.retry_failed or store.has_failed(row.asset_id))
        self._list(colors, downloads)
        self._summary.listing_seconds = time.monotonic() - self._began
        self._finish(downloads)
        if not settings.list_only:
            downloads.ask_again(row for row in store.rows() if store.has_failed(row.asset_id, is_passing=True))
            self._finish(downloads)
        self._summary.download_seconds = time.monotonic() - self._began
        if settings.details:
            self._read_details()

    def _list(self, colors: list[str], downloads: Downloads) -> None:
        browser = BrowserSettings(
            mark=make_run_mark(self._workspace.root),
            grid=self._settings.grid,
            contact=self._settings.contact if self._manners.is_polite else None,
            is_loopback=self._source.addresses.is_loopback,
        )
        site = Site(self._source.addresses, self._manners, self._workspace.evidence_dir, self._settings.language)
        browsers = self._settings.browsers or self._manners.browsers
        has_tiles = False
        with contextlib.closing(list_colours(browser, site, colors, self._make_task, browsers)) as events:
            for event in events:
                if isinstance(event, Listed):
                    has_tiles = True
                    self._take(event, downloads)
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
                self._take_thumbnails(downloads)

    def _make_task(self, color: str) -> ListingTask:
        self._summary.colours[color].state = "listing"
        self._listing_began.setdefault(color, time.monotonic())
        return ListingTask(color, self._store.known_ids(color), self._settings.limit)

    def _take(self, event: Listed, downloads: Downloads) -> None:
        new = self._store.add(event.color, event.artworks)
        if not self._settings.list_only:
            downloads.ask(new)
        summary, limit = self._summary.colours[event.color], self._settings.limit
        summary.new += len(new)
        summary.total = event.total if event.total is not None else summary.total
        wanted = summary.total if limit is None else min(limit, summary.total or limit)
        self._display.show(event.color, self._store.count(event.color), wanted, "listing")

    def _end(self, outcome: ListingOutcome) -> None:
        self._store.end(outcome)
        summary = self._summary.colours[outcome.color]
        summary.state, summary.reason = outcome.state, outcome.reason
        summary.seconds = time.monotonic() - self._listing_began[outcome.color]
        summary.total = outcome.total if outcome.total is not None else summary.total
        self._display.show_end(outcome.color, self._store.count(outcome.color), outcome.state, outcome.reason)
        self._write_run_file("running")

    def _fail(self, failure: Failure) -> None:
        color, error = failure.color, failure.error
        if isinstance(error, MissingToolError):
            raise error
        state = "partial" if self._store.count(color) else "failed"
        if isinstance(error, BlockedError):
            state = "blocked"
        self._end(ListingOutcome(color, state, str(error), self._summary.colours[color].total))
        if isinstance(error, BlockedError):
            raise error

    def _take_thumbnails(self, downloads: Downloads, wait_seconds: float = 0.0) -> None:
        downloads.collect(wait_seconds)
        done = sum(downloads.tally.values())
        self._display.show("thumbnails", downloads.tally["ok"], downloads.open_count + done)

    def _finish(self, downloads: Downloads) -> None:
        while downloads.open_count:
            self._take_thumbnails(downloads, wait_seconds=0.5)

    def _note_block(self, message: str) -> None:
        when = "then"
        if "asks to come back" not in message:
            when = f"after {suggest_return()}"
            message += ": blocks are per address and last hours to a day"
        self._summary.blocked = (
            f"{message}. Everything collected so far is kept: run the same command again {when}, it goes on from here"
        )

    # ---- after

    def _read_details(self) -> None:
        rows = [row for row in self._store.rows() if row.color in self._settings.colours]
        self._summary.details = collect_details(
            rows,
            self._workspace,
            self._store,
            client=self._client,
            addresses=self._source.addresses,
            manners=self._manners,
            robots=self._robots,
            language=self._settings.language,
            show=lambda done, total: self._display.show("details", done, total),
        )
        if self._summary.details.blocked:
            self._note_block(self._summary.details.blocked)

    def _write_run_file(self, state: str) -> None:
        self._summary.seconds = time.monotonic() - self._began
        self._run_file.write(
            self._summary, state=state, source=self._source.origin.site, terms_shown=self._manners.is_polite
        )
