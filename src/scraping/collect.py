"""A whole run: list with several browsers, fetch what they list meanwhile, write the tables."""

import contextlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from rich.console import Console

from src.colours import order_colours
from src.errors import BlockedError, BrowserError, MissingToolError, UsageError
from src.gallery.process import GalleryProcess
from src.paths import Workspace
from src.scraping.artwork import GOOGLE, Addresses, Artwork, Origin
from src.scraping.browser import BrowserSettings
from src.scraping.browser_pool import BrowserPool
from src.scraping.colour_listing import ListingTask
from src.scraping.downloads import Downloads, Ledger, Thumbnails
from src.scraping.listings import Listings
from src.scraping.lock import lock_workspace
from src.scraping.placement import clear_waiting, find_files, incoming_dir, place_files
from src.scraping.politeness import TERMS_NOTE, Manners, Robots, choose_manners, suggest_return
from src.scraping.processes import kill_marked, make_run_mark, remove_profile_dirs
from src.scraping.progress import Display
from src.scraping.run_file import ColourSummary, RunFile, RunSummary
from src.scraping.settings import CollectSettings
from src.scraping.worker import Breakdown, Ended, Listed, WorkerSettings
from src.table_files import write_table
from src.tables import INTERIM, RAW

__all__ = ["collect", "open_source"]

LONGEST_FIRST = (
    "BROWN",
    "BLACK",
    "GRAY",
    "BLUE",
    "TEAL",
    "GREEN",
    "WHITE",
    "YELLOW",
    "RED",
    "ORANGE",
    "PURPLE",
    "PINK",
)
"""Colours by the size of their lists on the site in 2026: the long ones begin first."""


@dataclass(frozen=True)
class Source:
    """A site that answers now."""

    addresses: Addresses
    origin: Origin


@contextlib.contextmanager
def open_source(settings: CollectSettings) -> Iterator[Source]:
    """Start the gallery if it is the source; give the site's address."""
    if settings.base_url is not None:
        addresses = Addresses(settings.base_url)
        yield Source(addresses, Origin(addresses.canonical_origin, is_replaceable=addresses.is_loopback))
    elif settings.source == "google":
        yield Source(Addresses(GOOGLE), Origin(GOOGLE))
    else:
        gallery = settings.gallery
        with GalleryProcess(
            artworks=gallery.artworks,
            seed=gallery.seed,
            proportions=gallery.proportions,
            images=gallery.images,
            labels=gallery.labels,
            extra_arguments=gallery.extra_arguments,
        ) as process:
            yield Source(Addresses(process.base_url), gallery.describe())


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
        kill_marked(mark)  # what a killed run could not end itself
        remove_profile_dirs(mark)
        if settings.start_over:
            _forget(workspace)
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
        self._summary = RunSummary()
        self._run_file = RunFile(self._workspace)
        self._robots = Robots(manners.user_agent)
        self._listings = Listings(self._workspace, source.origin, relist=settings.relist)
        thumbnails = Thumbnails(settings.image_size, settings.image_format)
        if self._listings.was_replaced:
            Ledger.path_in(self._workspace).unlink(missing_ok=True)
            self._summary.notes.append(f"the workspace held another gallery; it now holds {source.origin.site}")
        self._ledger = Ledger(self._workspace, thumbnails.kind)
        self._thumbnails = thumbnails

    def go(self) -> RunSummary:
        try:
            self._prepare()
            with Downloads(
                self._ledger,
                incoming_dir(self._workspace),
                addresses=self._source.addresses,
                manners=self._manners,
                thumbnails=self._thumbnails,
                robots=self._robots,
                threads=self._settings.download_threads,
            ) as downloads:
                display = Display(self._console, self._colors_to_list)
                try:
                    with display:
                        self._work(downloads, display)
                except KeyboardInterrupt:
                    self._summary.is_interrupted = True
            self._summary.fetched = downloads.tally["ok"]
            self._publish()
        finally:
            self._listings.close()
            self._ledger.close()
        return self._summary

    # ---- before

    def _prepare(self) -> None:
        settings = self._settings
        if settings.retry_failed and not self._listings.colors:
            raise UsageError(f"{self._workspace.root} holds nothing yet: run without --retry-failed first")
        self._colors_to_list = (
            ()
            if settings.retry_failed
            else tuple(color for color in settings.colours if not self._listings.is_finished(color, settings.limit))
        )
        if self._manners.is_polite:
            if not self._run_file.has_shown_terms:
                self._console.print(TERMS_NOTE, style="bold")
            self._obey_robots()
        self._files = find_files(self._workspace)
        there = set(self._files.values())
        self._ledger.forget(
            artwork.asset_id
            for artwork in self._listings.rows()
            if (outcome := self._ledger.outcome(artwork.asset_id)) and outcome.sha256 and outcome.sha256 not in there
        )
        for color in order_colours({*settings.colours, *self._listings.colors}):
            ended = self._listings.outcome(color)
            summary = ColourSummary(color, total=ended.total if ended else None)
            if ended:
                summary.state, summary.reason = ended.state, ended.reason
            self._summary.colours[color] = summary
        self._write_run_file("running")

    def _obey_robots(self) -> None:
        pages = [self._source.addresses.color_page(color, self._settings.language) for color in self._colors_to_list]
        for page in pages:
            refusal = self._robots.explain_refusal(page)
            if refusal is not None:
                raise BlockedError(f"the site does not want to be scraped here: {refusal}")
        if pages:
            delay = self._robots.read_crawl_delay(pages[0])
            shortest, longest = self._manners.pause_seconds
            if delay > shortest:
                self._manners = Manners(
                    **{**vars(self._manners), "pause_seconds": (delay, delay + longest - shortest)},
                )

    # ---- during

    def _work(self, downloads: Downloads, display: Display) -> None:
        earlier = self._listings.rows()
        if self._settings.retry_failed:
            earlier = [
                row for row in earlier if (known := self._ledger.outcome(row.asset_id)) and known.status == "failed"
            ]
        downloads.ask(row for row in earlier if not self._has_file(row))
        self._list(downloads, display)
        self._summary.listing_seconds = time.monotonic() - self._began
        self._finish_downloads(downloads, display)
        failed = [row for row in self._listings.rows() if self._may_succeed_now(row)]
        if failed and downloads.blocked_reason is None:
            downloads.ask_again(failed)
            self._finish_downloads(downloads, display)
        self._summary.download_seconds = time.monotonic() - self._began
        if downloads.blocked_reason is not None:
            self._note_block(downloads.blocked_reason)

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
            self._source.addresses,
            self._manners,
            self._workspace.evidence_dir,
            self._settings.language,
        )
        colors = sorted(self._colors_to_list, key=lambda color: (LONGEST_FIRST.index(color), color))
        has_tiles = False
        with BrowserPool(settings, colors, self._make_task, self._settings.browsers or self._manners.browsers) as pool:
            for event in pool.events():
                if isinstance(event, Listed):
                    has_tiles = True
                    self._take(event, downloads, display)
                elif isinstance(event, Ended):
                    self._end(event, display)
                else:
                    self._break(event, display, is_everywhere=not has_tiles)
                    if self._summary.blocked or self._summary.layout_changed:
                        break
                downloads.collect()
                display.show_thumbnails(downloads.tally["ok"], downloads.open_count + sum(downloads.tally.values()))

    def _make_task(self, color: str) -> ListingTask:
        self._summary.colours[color].state = "listing"
        return ListingTask(color, self._listings.known_ids(color), self._settings.limit)

    def _take(self, event: Listed, downloads: Downloads, display: Display) -> None:
        fresh = self._listings.add(event.color, event.artworks)
        downloads.ask(fresh)
        summary = self._summary.colours[event.color]
        summary.new += len(fresh)
        summary.total = event.total if event.total is not None else summary.total
        display.show_listing(event.color, self._listings.count(event.color), self._wanted(summary.total))

    def _wanted(self, total: int | None) -> int | None:
        limit = self._settings.limit
        return total if limit is None else min(limit, total or limit)

    def _end(self, event: Ended, display: Display) -> None:
        outcome = event.outcome
        self._listings.end(outcome)
        summary = self._summary.colours[outcome.color]
        summary.state, summary.reason = outcome.state, outcome.reason
        summary.seconds, summary.scrolls = outcome.seconds, outcome.scrolls
        summary.total = outcome.total if outcome.total is not None else summary.total
        display.show_end(outcome.color, self._listings.count(outcome.color), outcome.state, outcome.reason)
        self._write_run_file("running")

    def _break(self, event: Breakdown, display: Display, *, is_everywhere: bool) -> None:
        summary = self._summary.colours[event.color]
        summary.reason = event.message
        if event.error == MissingToolError.__name__:
            raise MissingToolError(event.message)
        if event.error == BrowserError.__name__:
            raise BrowserError(event.message)
        if event.error == BlockedError.__name__:
            summary.state = "blocked"
            self._note_block(event.message)
        else:
            summary.state = "failed"
            # Where other colours show their tiles, only this page is broken: the others go on.
            if is_everywhere:
                self._summary.layout_changed = event.message
            else:
                self._summary.notes.append(f"{event.color}: {event.message}")
        display.show_end(event.color, self._listings.count(event.color), summary.state, event.message)

    def _note_block(self, message: str) -> None:
        self._summary.blocked = (
            f"{message}: everything collected so far is kept. Blocks are per address and last hours to a day: run the "
            f"same command again after {suggest_return()}, it goes on from here"
        )

    def _finish_downloads(self, downloads: Downloads, display: Display) -> None:
        if self._summary.blocked and self._manners.is_polite:
            downloads.stop()
            return
        while downloads.open_count and downloads.blocked_reason is None:
            downloads.collect(wait_seconds=0.5)
            display.show_thumbnails(downloads.tally["ok"], downloads.open_count + sum(downloads.tally.values()))

    def _has_file(self, artwork: Artwork) -> bool:
        outcome = self._ledger.outcome(artwork.asset_id)
        return outcome is not None and outcome.status == "ok"

    def _has_failed(self, artwork: Artwork) -> bool:
        outcome = self._ledger.outcome(artwork.asset_id)
        return outcome is not None and outcome.status == "failed"

    def _may_succeed_now(self, artwork: Artwork) -> bool:
        """Whether one more round may help: what the host says is gone or reserved stays so."""
        outcome = self._ledger.outcome(artwork.asset_id)
        if outcome is None or outcome.status != "failed":
            return False
        return any(word in (outcome.detail or "") for word in ("no whole answer", "answers HTTP 5", "what came is"))

    # ---- after

    def _publish(self) -> None:
        """Give every artwork its file and write both tables."""
        rows = self._listings.rows()
        outcomes = [self._ledger.outcome(row.asset_id) for row in rows]
        wanted = {
            index: outcome.sha256
            for index, outcome in enumerate(outcomes)
            if outcome is not None and outcome.status == "ok" and outcome.sha256
        }
        lost = set(place_files(self._workspace, wanted, self._files))
        records = []
        for index, (row, outcome) in enumerate(zip(rows, outcomes, strict=True)):
            has_file = index in wanted and index not in lost
            status = "ok" if has_file else "failed" if outcome is not None and outcome.status == "failed" else "pending"
            records.append(
                {
                    **row.to_record(),
                    "index": index,
                    "filename": f"{index}.jpg" if has_file else None,
                    "sha256": outcome.sha256 if has_file and outcome else None,
                    "status": status,
                    "reason": (outcome.detail if outcome else None) if status == "failed" else None,
                }
            )
            self._count(row.color, status, records[-1]["reason"])
        if records:
            frame = pd.DataFrame.from_records(records, columns=list(INTERIM.column_names))
            write_table(frame[list(RAW.column_names)], self._workspace.raw_table, RAW)
            write_table(frame, self._workspace.interim_table, INTERIM)
        clear_waiting(self._workspace)
        self._summary.seconds = time.monotonic() - self._began
        self._write_run_file("interrupted" if self._summary.is_interrupted else "ended")

    def _count(self, color: str, status: str, reason: str | None) -> None:
        summary = self._summary.colours[color]
        summary.found += 1
        if status == "ok":
            summary.downloaded += 1
        elif status == "failed":
            summary.failed[reason or "unknown"] = summary.failed.get(reason or "unknown", 0) + 1
        else:
            summary.pending += 1

    def _write_run_file(self, state: str) -> None:
        self._summary.seconds = time.monotonic() - self._began
        self._run_file.write(
            self._summary, state=state, source=self._source.origin.site, terms_shown=self._manners.is_polite
        )


def _forget(workspace: Workspace) -> None:
    """Remove what the scraper wrote: journals, tables and numbered thumbnails."""
    for folder in (workspace.journal_dir, incoming_dir(workspace), workspace.evidence_dir):
        shutil.rmtree(folder, ignore_errors=True)
    for path in (workspace.raw_table, workspace.interim_table, workspace.details_table, Ledger.path_in(workspace)):
        path.unlink(missing_ok=True)
    for path in workspace.image_dir.glob("*.jpg") if workspace.image_dir.is_dir() else ():
        if path.stem.isdecimal():
            path.unlink()
