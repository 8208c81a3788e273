"""A whole run: list with several browsers, fetch what they list meanwhile, write the tables."""

import time
from dataclasses import replace
from typing import Final

from rich.console import Console

from src.colours import order_colours
from src.errors import BlockedError, BrowserError, LayoutChangedError, MissingToolError, ProjectError, UsageError
from src.scraping.artwork import Artwork
from src.scraping.browser.browser import BrowserSettings
from src.scraping.browser.marks import end_marked, make_run_mark
from src.scraping.browser.pool import BrowserPool
from src.scraping.browser.worker import Breakdown, Ended, Listed, Message, WorkerSettings
from src.scraping.fetch.client import HttpClient
from src.scraping.fetch.details import collect_details
from src.scraping.fetch.manners import TERMS_NOTE, Manners, choose_manners, suggest_return
from src.scraping.fetch.robots import Robots
from src.scraping.fetch.thumbnails import Downloads
from src.scraping.page.listing import ListingOutcome, ListingTask
from src.scraping.progress import Display
from src.scraping.run_file import ColourSummary, RunFile, RunSummary
from src.scraping.scraping_pictures import Site
from src.scraping.settings import LONGEST_PAUSE, CollectSettings
from src.scraping.source import Source, open_source
from src.scraping.store.lock import lock_workspace
from src.scraping.store.placement import find_pictures, incoming_dir
from src.scraping.store.publish import forget_scraped, publish
from src.scraping.store.store import Store

# fmt: off
LONGEST_FIRST: Final = (
    "BROWN", "BLACK", "GRAY", "BLUE", "TEAL", "GREEN", "WHITE", "YELLOW", "RED", "ORANGE", "PURPLE", "PINK",
)
# fmt: on
"""Colours by the size of their lists on the site in 2026: the long ones begin first."""


def collect(settings: CollectSettings, console: Console | None = None) -> RunSummary:
    """Run the scraper once.

    It goes on where an earlier run in the same workspace stopped: complete colours are not listed
    again, thumbnails that are there are not fetched again, and what failed is tried again.

    Parameters
    ----------
    settings
        What to do.
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
        self._began = time.monotonic()
        self._summary = RunSummary(is_listing_only=settings.list_only)
        self._run_file = RunFile(self._workspace)
        self._client = HttpClient(manners.contact, settings.download_threads or manners.download_threads)
        self._robots = Robots(self._client)
        self._failure: ProjectError | None = None
        self._listing_began: dict[str, float] = {}
        kind = f"{settings.image_format}-{settings.image_size}"
        self._store = Store(self._workspace, source.origin, kind, relist=settings.relist)
        if self._store.was_replaced:
            self._summary.notes.append(f"the workspace held another gallery; it now holds {source.origin.site}")

    def go(self) -> RunSummary:
        with self._store:
            self._prepare()
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
                display = Display(self._console, self._colors_to_list)
                try:
                    with display:
                        self._work(downloads, display)
                        if self._settings.details and not self._summary.blocked:
                            self._read_details(display)
                except KeyboardInterrupt:
                    self._summary.is_interrupted = True
            self._summary.fetched = downloads.tally["ok"]
            publish(self._workspace, self._store, self._summary)
            self._write_run_file("interrupted" if self._summary.is_interrupted else "ended")
        self._client.close()
        if self._failure is not None:
            raise self._failure
        return self._summary

    # ---- before

    def _prepare(self) -> None:
        settings = self._settings
        if settings.retry_failed and not self._store.colors:
            raise UsageError(f"{self._workspace.root} holds nothing yet: run without --retry-failed first")
        if self._source.artworks is not None:
            self._take_list(self._source.artworks)
        self._colors_to_list = (
            ()
            if settings.retry_failed or self._source.artworks is not None
            else tuple(color for color in settings.colours if not self._store.is_finished(color, settings.limit))
        )
        if self._manners.is_polite:
            if not self._run_file.has_shown_terms:
                self._console.print(TERMS_NOTE, style="bold")
            self._obey_robots()
        self._store.forget_missing(find_pictures(self._workspace).values())
        wanted = () if self._source.artworks is not None else settings.colours
        for color in order_colours({*wanted, *self._store.colors}):
            ended = self._store.ending(color)
            summary = ColourSummary(color, total=ended.total if ended else None)
            if ended:
                summary.state, summary.reason = ended.state, ended.reason
            self._summary.colours[color] = summary
        self._write_run_file("running")

    def _take_list(self, artworks: tuple[Artwork, ...]) -> None:
        """List what the file lists, as a site would."""
        self._summary.left_out += self._source.left_out
        for color in self._settings.colours:
            rows = [artwork for artwork in artworks if artwork.color == color]
            wanted = rows[: self._settings.limit]
            if wanted:
                self._store.add(color, wanted)
                self._store.end(
                    ListingOutcome(color, "complete" if len(wanted) == len(rows) else "limit", None, len(rows))
                )

    def _obey_robots(self) -> None:
        pages = [self._source.addresses.color_page(color, self._settings.language) for color in self._colors_to_list]
        for page in pages:
            refusal = self._robots.explain_refusal(page)
            if refusal is not None:
                raise BlockedError(f"the site does not want to be scraped here: {refusal}")
        if pages:
            delay = self._robots.read_crawl_delay(pages[0])
            if delay > LONGEST_PAUSE:
                raise BlockedError(
                    f"the site does not want to be scraped here: its robots.txt asks for {delay:,.0f} s between pages, "
                    f"more than the {LONGEST_PAUSE:,.0f} s that we wait"
                )
            shortest, longest = self._manners.pause_seconds
            if delay > shortest:
                self._manners = replace(self._manners, pause_seconds=(delay, delay + longest - shortest))

    # ---- during

    def _work(self, downloads: Downloads, display: Display) -> None:
        earlier = self._store.rows()
        if self._settings.retry_failed:
            earlier = [row for row in earlier if self._store.has_failed(row.asset_id)]
        self._ask(downloads, [row for row in earlier if not self._store.has_file(row.asset_id)])
        self._list(downloads, display)
        self._summary.listing_seconds = time.monotonic() - self._began
        self._finish_downloads(downloads, display)
        failed = [row for row in self._store.rows() if self._store.has_failed(row.asset_id, is_passing=True)]
        if failed and not self._is_stopping and downloads.blocked_reason is None and not self._settings.list_only:
            downloads.ask_again(failed)
            self._finish_downloads(downloads, display)
        self._summary.download_seconds = time.monotonic() - self._began
        if downloads.blocked_reason is not None:
            self._note_block(downloads.blocked_reason)

    @property
    def _is_stopping(self) -> bool:
        return bool(self._summary.blocked or self._summary.layout_changed or self._failure)

    def _list(self, downloads: Downloads, display: Display) -> None:
        if not self._colors_to_list:
            return
        settings = WorkerSettings(
            BrowserSettings(
                mark=make_run_mark(self._workspace.root),
                grid=self._settings.grid,
                contact=self._settings.contact if self._manners.is_polite else None,
                is_loopback=self._source.addresses.is_loopback,
            ),
            Site(self._source.addresses, self._manners, self._workspace.evidence_dir, self._settings.language),
        )
        colors = sorted(self._colors_to_list, key=lambda color: (LONGEST_FIRST.index(color), color))
        has_tiles = False
        with BrowserPool(settings, colors, self._make_task, self._settings.browsers or self._manners.browsers) as pool:
            for event in pool.events():
                if isinstance(event, Listed):
                    has_tiles = True
                    self._take(event, downloads, display)
                elif isinstance(event, Ended):
                    has_tiles = has_tiles or event.outcome.state == "complete"
                    self._end(event, display)
                elif isinstance(event, Message):
                    if event.text not in self._summary.notes:
                        self._summary.notes.append(event.text)
                elif isinstance(event, Breakdown):
                    self._break(event, display, is_everywhere=not has_tiles)
                downloads.collect()
                display.show_thumbnails(downloads.tally["ok"], downloads.open_count + sum(downloads.tally.values()))
                if self._is_stopping or downloads.blocked_reason is not None:
                    break

    def _make_task(self, color: str) -> ListingTask:
        self._summary.colours[color].state = "listing"
        self._listing_began.setdefault(color, time.monotonic())
        return ListingTask(color, self._store.known_ids(color), self._settings.limit)

    def _take(self, event: Listed, downloads: Downloads, display: Display) -> None:
        fresh = self._store.add(event.color, event.artworks)
        self._ask(downloads, fresh)
        summary = self._summary.colours[event.color]
        summary.new += len(fresh)
        summary.total = event.total if event.total is not None else summary.total
        display.show_listing(event.color, self._store.count(event.color), self._wanted(summary.total))

    def _ask(self, downloads: Downloads, artworks: list[Artwork]) -> None:
        if not self._settings.list_only:
            downloads.ask(artworks)

    def _wanted(self, total: int | None) -> int | None:
        limit = self._settings.limit
        return total if limit is None else min(limit, total or limit)

    def _end(self, event: Ended, display: Display) -> None:
        outcome = event.outcome
        self._store.end(outcome)
        summary = self._summary.colours[outcome.color]
        summary.state, summary.reason = outcome.state, outcome.reason
        summary.seconds = time.monotonic() - self._listing_began[outcome.color]
        summary.total = outcome.total if outcome.total is not None else summary.total
        display.show_end(outcome.color, self._store.count(outcome.color), outcome.state, outcome.reason)
        self._write_run_file("running")

    def _break(self, event: Breakdown, display: Display, *, is_everywhere: bool) -> None:
        summary, message = self._summary.colours[event.color], str(event.error)
        summary.reason = message
        summary.state = "failed"
        if isinstance(event.error, BlockedError):
            summary.state = "blocked"
            self._note_block(message)
        elif isinstance(event.error, LayoutChangedError) and is_everywhere:
            self._summary.layout_changed = message
        elif isinstance(event.error, BrowserError) and is_everywhere:
            self._failure = MissingToolError(message)
        elif isinstance(event.error, MissingToolError):
            self._failure = event.error
        # else: where other colours show their tiles, only this one is in trouble, and the others go on
        if self._failure is None:
            display.show_end(event.color, self._store.count(event.color), summary.state, message)

    def _note_block(self, message: str) -> None:
        kept = f"{message}: everything collected so far is kept"
        if "asks to come back" in message:
            self._summary.blocked = f"{kept}. Run the same command again then, it goes on from here"
        else:
            self._summary.blocked = (
                f"{kept}. Blocks are per address and last hours to a day: run the same command again after "
                f"{suggest_return()}, it goes on from here"
            )

    def _finish_downloads(self, downloads: Downloads, display: Display) -> None:
        if self._summary.blocked or self._failure:
            downloads.stop()
            return
        while downloads.open_count and downloads.blocked_reason is None:
            downloads.collect(wait_seconds=0.5)
            display.show_thumbnails(downloads.tally["ok"], downloads.open_count + sum(downloads.tally.values()))

    # ---- after

    def _read_details(self, display: Display) -> None:
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
            show=display.show_details,
        )
        if self._summary.details.blocked:
            self._note_block(self._summary.details.blocked)

    def _write_run_file(self, state: str) -> None:
        self._summary.seconds = time.monotonic() - self._began
        self._run_file.write(
            self._summary, state=state, source=self._source.origin.site, terms_shown=self._manners.is_polite
        )
