"""One browser, one colour: every artwork that its page shows, in the page's order."""

import time
from collections.abc import Callable
from typing import Any, Final

from src.colours import SITE_COLOURS
from src.errors import BlockedError, LayoutChangedError
from src.scraping.browser.browser import Browser
from src.scraping.fetch.client import explain_block
from src.scraping.fetch.manners import Pace
from src.scraping.page.data import parse_blocks
from src.scraping.page.listing import ColourListing, Listed, ListingOutcome, ListingTask
from src.scraping.page.state import PageError, Site, describe_change, open_listing
from src.scraping.scripts import DRAIN, PAGE_DATA, SHOW_MORE, START, STOP

TILES_A_TRIP: Final = 240
TRIP_MILLISECONDS: Final = 400
"""How long one round trip waits for tiles, whatever the pause between scrolls: scripts have a time limit."""
END_QUIET_MILLISECONDS: Final = 1200
"""After the last answer of a list: how long tiles may still take to be drawn."""
STALLED_MILLISECONDS: Final = 1500
"""Without anything new while the list goes on: from then on a button may bring more."""
HANG_FACTOR: Final = 5
"""A request in flight may take this many times the usual patience."""
MAXIMUM_REPEATS: Final = 90
"""Tiles drawn again, none of them new, after which a list counts as repeating itself."""
SETBACKS: Final = 4
"""Openings of a page in a row that bring nothing new, after which it is given up."""


def list_colour(
    browser: Browser, site: Site, task: ListingTask, report: Callable[[Listed | str], None]
) -> ListingOutcome:
    """List a colour by scrolling its page to the end, or to the limit.

    A page that stops in the middle is opened again, for as long as each opening brings something new.

    ``report`` takes new artworks in listing order, and sentences about what was done to the page: consent,
    banners, buttons.

    Returns
    -------
    ListingOutcome
        Never ``complete`` with fewer artworks than the page's own data promise.

    Raises
    ------
    BlockedError, LayoutChangedError
        They concern the whole run.
    BrowserError
        If the browser dies; what was reported stays valid.
    """
    listing = ColourListing(task, site.addresses, report)
    page = _ListedPage(browser, site, listing, report)
    setbacks = furthest = 0
    problem: str | Exception | None = None
    while setbacks < SETBACKS:
        page.pace.wait()
        listing.start_page()
        try:
            problem = page.list()
        except (PageError, LayoutChangedError) as error:
            problem = error  # an empty shell may be an accident of one answer; again and again it is the new layout
        if problem is None:
            return ListingOutcome(task.color, *_judge_end(listing), listing.total)
        reached = len(listing.reported | listing.drawn)
        setbacks = setbacks + 1 if reached <= furthest else 1
        furthest = max(furthest, reached)
        page.pace.note_failure()
        time.sleep(0.1 * setbacks)
    if isinstance(problem, LayoutChangedError):
        raise problem
    listing.report(is_last=True)
    return ListingOutcome(task.color, "partial" if listing.reported else "failed", str(problem), listing.total)


def _judge_end(listing: ColourListing) -> tuple[str, str | None]:
    """Distinguish a list that has ended from one that only stopped, and from one with tiles of other lists."""
    found, total = len(listing.reported), listing.total
    if listing.is_full():
        return "limit", None
    if total is not None and found < total:
        return "partial", f"{listing.end_reason or 'the list ended'} after {found:,} of {total:,} artworks"
    if total is not None and found > total:
        what = f"found {found:,} artworks where the page promises {total:,}"
        unlisted = listing.reported - listing.task.known - listing.listed.keys()
        if listing.has_data and unlisted:
            return "partial", f"{what}: {len(unlisted):,} of them stand in no data of the page"
        return "complete", what
    return "complete", listing.end_reason


class _ListedPage:
    """A colour's page, opened as often as it takes."""

    def __init__(
        self, browser: Browser, site: Site, listing: ColourListing, report: Callable[[Listed | str], None]
    ) -> None:
        self.pace = Pace(*site.manners.pause_seconds)
        self._browser = browser
        self._site = site
        self._listing = listing
        self._report = report
        self._color = listing.task.color
        self._address = site.addresses.color_page(self._color, site.language)

    def list(self) -> str | None:
        """Open it and scroll to the end; return what went wrong, or None."""
        listing, patience = self._listing, self._site.manners.patience
        state = open_listing(self._browser, self._site, self._color, self._report)
        listing.take_page_data(parse_blocks(self._browser.run(PAGE_DATA)))
        if not listing.has_data and self._color.lower() not in state["address"].lower():
            raise self._layout_changed(
                f"the page of {self._color} leads to {state['address']}, which does not name the colour: "
                f"expected {self._address}"
            )
        if not state["artworks"]:
            self._accept_empty_page()
            return None
        self._start()
        problem: str | None = None
        while True:
            drained = self._drain()
            if drained is None:
                return "the page went away while it was listed"
            problem = self._read_failures(drained) or (None if drained["tiles"] else problem)
            if listing.is_full():
                break
            if not drained["isRunning"]:
                self._start()  # some of the tiles were not of this colour's list
            # A page that has met an error gets less time to mend itself than one that is only slow.
            reason = _has_stopped(listing, drained, 1000 * patience.quiet_seconds + 3 * self.pace.pause_milliseconds[1])
            if reason is not None:
                listing.report(is_last=True)
                if reason:
                    return problem or reason
                break
            self._show_more(drained)
        self._browser.run(STOP)
        self._refuse_strange_page()
        if strangers := listing.left_out - listing.reported:
            self._report(f"{self._color}: {len(strangers)} artworks beside the list were left out")
        return None

    def _start(self) -> None:
        listing, pause, wanted = self._listing, self.pace.pause_milliseconds, self._listing.task.limit
        limit = 10**9 if wanted is None else max(wanted, len(listing.drawn) + wanted - len(listing.reported))
        settings = {"limit": limit, "pause": pause, "nudgeAfter": 400 + 2 * pause[1]}
        self._browser.run(START, settings | {"color": self._color, "colors": list(SITE_COLOURS)})

    def _drain(self) -> dict[str, Any] | None:
        """Take what has come together in the page: tiles, answers, failures."""
        listing = self._listing
        tiles = listing.count_missing() or TILES_A_TRIP
        drained: dict[str, Any] | None = self._browser.run_until_done(
            DRAIN, tiles, TRIP_MILLISECONDS, self.pace.pause_milliseconds
        )
        if drained is not None:
            for answer in drained["answers"]:
                listing.take_answer(answer["request"], parse_blocks(answer["text"]))
                self.pace.note_answer(answer["milliseconds"] / 1000)
            listing.take_tiles(drained["tiles"])
            listing.report(is_last=False)
        return drained

    def _show_more(self, drained: dict[str, Any]) -> None:
        """Click the button below the list where scrolling brings nothing."""
        quiet = drained["quiet"]
        is_stalled = quiet > STALLED_MILLISECONDS + 2 * self.pace.pause_milliseconds[1]
        is_waiting = drained["inFlight"] and quiet < HANG_FACTOR * STALLED_MILLISECONDS
        if self._listing.has_ended or not is_stalled or is_waiting:
            return
        label = self._browser.run(SHOW_MORE)
        if label is not None:
            self._report(f"{self._color}: the button {label!r} below the list was clicked")
            self.pace.wait()

    def _read_failures(self, drained: dict[str, Any]) -> str | None:
        problem = None
        for failure in drained["failures"]:
            status, is_own, listing = failure["status"], failure["isOwn"], self._listing
            is_list = listing.is_continuation(failure["request"]) and (is_own or listing.tokens)
            if not is_list and not (is_own and status == 429):
                continue  # a page asks for much that is not its list
            if refusal := explain_block(status, failure["text"]):
                raise BlockedError(f"the site answered a scroll of {self._address} with {refusal}")
            self.pace.note_failure()
            problem = f"a continuation of the list met {f'HTTP {status}' if status else 'no answer'}"
        return problem

    def _accept_empty_page(self) -> None:
        """Decide about a page without tiles: a colour may be empty, but then the page's data say so."""
        listing = self._listing
        if not listing.has_data or listing.listed or listing.total:
            raise self._layout_changed(
                f'the page no longer shows {self._color} artworks as tiles: expected links a[href*="/asset/"], '
                f"found none although the page's data list {len(listing.listed)} artworks"
            )
        listing.has_ended = True

    def _refuse_strange_page(self) -> None:
        listing = self._listing
        if not listing.has_images and len(listing.reported) > len(listing.task.known):
            raise self._layout_changed(
                "the page no longer shows pictures: expected data-bgsrc on the tiles or a picture in the page's data, "
                f"found {len(listing.reported)} tiles without either"
            )
        if not listing.reported and not listing.has_data:
            raise self._layout_changed(
                f"the page shows artworks of other colours only: expected {self._color} tiles, found none"
            )

    def _layout_changed(self, what: str) -> LayoutChangedError:
        return describe_change(what, self._browser, self._site, self._color)


def _has_stopped(listing: ColourListing, drained: dict[str, Any], patience: float) -> str | None:
    """Decide whether the list is over: "" for a regular end, a reason for a stop, None for going on."""
    quiet = drained["quiet"]
    if listing.has_ended:
        is_over = listing.end_reason or not listing.count_missing() or quiet > END_QUIET_MILLISECONDS
        return "" if is_over else None
    if drained["repeats"] > MAXIMUM_REPEATS:
        listing.end_reason = "the page draws the same artworks again and again"
        return ""
    is_waiting = drained["inFlight"] and quiet < HANG_FACTOR * patience
    if drained["tiles"] or drained["answers"] or is_waiting or quiet < patience:
        return None
    if not listing.has_data:
        return ""  # the end of the list shows only by its silence
    found = f"{len(listing.reported):,}" + (f" of {listing.total:,}" if listing.total is not None else "")
    return f"the page stopped giving more after {found} artworks"
