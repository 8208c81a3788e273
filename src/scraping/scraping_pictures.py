"""One browser, one colour: every artwork that its page shows, in the page's order."""

import time
from pathlib import Path
from typing import Any, Final

from src.errors import BlockedError, LayoutChangedError
from src.scraping.artwork import Addresses
from src.scraping.browser import Browser
from src.scraping.colour_listing import ColourListing, Emit, ListingOutcome, ListingTask
from src.scraping.page_data import parse_answer, parse_page_data
from src.scraping.page_state import PageError, is_block, open_listing, save_evidence
from src.scraping.politeness import Manners, Pace
from src.scraping.scripts import DRAIN, PAGE_DATA, START, STOP

__all__ = ["list_colour"]

TILES_A_TRIP: Final = 240
TRIP_MILLISECONDS: Final = 400
END_QUIET_MILLISECONDS: Final = 1200
"""After the last answer of a list: how long tiles may still take to be drawn."""
HANG_FACTOR: Final = 5
"""A request in flight may take this many times the usual patience."""
MAXIMUM_REPEATS: Final = 90
"""Tiles drawn again, none of them new, after which a list counts as repeating itself."""


def list_colour(
    browser: Browser,
    task: ListingTask,
    *,
    addresses: Addresses,
    manners: Manners,
    emit: Emit,
    evidence: Path,
    language: str | None = None,
    openings: int = 4,
) -> ListingOutcome:
    """List a colour by scrolling its page to the end, or to the limit.

    Parameters
    ----------
    browser
        An open browser.
    task
        What to list.
    addresses, manners, language
        The site, how to behave there, and ``hl``.
    emit
        Takes new artworks in listing order, and the list's size where the page tells it.
    evidence
        Folder for pages that do not show what they should.
    openings
        How often the page may be opened when it stops in the middle.

    Returns
    -------
    ListingOutcome
        Never ``complete`` with fewer artworks than the page's own data promise.

    Raises
    ------
    BlockedError, LayoutChangedError
        They concern the whole run.
    BrowserError
        If the browser dies; what was emitted stays valid.
    """
    began = time.monotonic()
    listing = ColourListing(task, addresses, emit, set(task.known))
    pace = Pace(*manners.pause_seconds)
    scrolls, opening, problem = 0, 0, "the page was never opened"
    for opening in range(1, openings + 1):
        listing.start_page()
        try:
            more, problem_here = _list_once(browser, listing, manners, pace, evidence, language)
            scrolls += more
        except PageError as error:
            problem_here = str(error)
        except LayoutChangedError:
            # An empty shell may be an accident of one answer; twice in a row it is the new layout.
            if opening > 1:
                raise
            problem_here = "the page showed no tiles"
        if problem_here is None:
            break
        problem = problem_here
        pace.note_failure()
        time.sleep(min(5.0, pace.pause_milliseconds[0] / 1000 or 0.1 * opening))
    else:
        listing.report(is_last=True)
        state = "partial" if listing.reported else "failed"
        return _conclude(listing, state, problem, began, scrolls, opening)
    state, reason = _judge_end(listing)
    return _conclude(listing, state, reason, began, scrolls, opening)


def _conclude(
    listing: ColourListing, state: str, reason: str | None, began: float, scrolls: int, openings: int
) -> ListingOutcome:
    seconds = time.monotonic() - began
    return ListingOutcome(listing.task.color, state, reason, listing.total, seconds, scrolls, openings)


def _judge_end(listing: ColourListing) -> tuple[str, str | None]:
    """Tell a list that has ended from one that only stopped."""
    found = len(listing.reported)
    if listing.is_full():
        return "limit", None
    undrawn = len(listing.listed - listing.reported)
    if undrawn:
        return "partial", f"{undrawn} artworks stand in the page's data and were not drawn as tiles"
    if listing.total is not None and found < listing.total:
        why = listing.end_reason or "the list ended"
        return "partial", f"{why} after {found:,} of {listing.total:,} artworks"
    return "complete", listing.end_reason


def _list_once(
    browser: Browser, listing: ColourListing, manners: Manners, pace: Pace, evidence: Path, language: str | None
) -> tuple[int, str | None]:
    """Open the page and scroll to its end; return the scrolls, and what went wrong or None."""
    task, patience = listing.task, manners.patience
    address = listing.addresses.color_page(task.color, language)
    state = open_listing(browser, address, patience, evidence, task.color)
    listing.take_blocks(parse_page_data(browser.run(PAGE_DATA)), is_first=True)
    if not state["artworks"]:
        return 0, _judge_empty_page(browser, listing, evidence)
    pause = pace.pause_milliseconds
    browser.run(
        START,
        {"known": [], "limit": task.limit or 10**9, "pause": pause, "nudgeAfter": 400 + 2 * pause[1]},
    )
    problem: str | None = None
    while True:
        drained = browser.run_until_done(
            DRAIN, TILES_A_TRIP, TRIP_MILLISECONDS + 2 * pace.pause_milliseconds[1], pace.pause_milliseconds
        )
        if drained is None:
            return 0, "the page went away while it was listed"
        listing.take_tiles(drained["tiles"])
        for answer in drained["answers"]:
            listing.take_blocks(parse_answer(answer), is_first=False)
            pace.note_answer(drained["answerTime"] / 1000)
        listing.report(is_last=listing.has_ended and drained["quiet"] > END_QUIET_MILLISECONDS / 2)
        problem = _read_failures(drained, pace, address) or (problem if not drained["tiles"] else None)
        if listing.is_full():
            break
        verdict = _has_stopped(listing, drained, 1000 * patience.quiet_seconds + 3 * pace.pause_milliseconds[1])
        if verdict is not None:
            listing.report(is_last=True)
            if verdict or problem:
                return drained["scrolls"], problem or verdict
            break
    browser.run(STOP)
    if not listing.images and len(listing.reported) > len(task.known):
        raise LayoutChangedError(
            "the page no longer shows pictures: expected data-bgsrc on the tiles or a picture in the page's data, found "
            f"{len(listing.reported)} tiles without either, saved page at {save_evidence(browser, evidence, task.color)}"
        )
    return drained["scrolls"], None


def _judge_empty_page(browser: Browser, listing: ColourListing, evidence: Path) -> str | None:
    """Decide about a page without tiles: a colour may be empty, but then the page's data say so."""
    if listing.has_data and not listing.listed and not listing.total:
        listing.has_ended = True
        return None
    raise LayoutChangedError(
        f"the page no longer shows {listing.task.color} artworks as tiles: expected links "
        f'a[href*="/asset/"], found none although the page\'s data list {len(listing.listed)} artworks, '
        f"saved page at {save_evidence(browser, evidence, listing.task.color)}"
    )


def _read_failures(drained: dict[str, Any], pace: Pace, address: str) -> str | None:
    problem = None
    for failure in drained["failures"]:
        if is_block(failure["status"], failure["text"]):
            raise BlockedError(
                f"the site answered a scroll of {address} with HTTP {failure['status']} or a captcha page"
            )
        pace.note_failure()
        what = f"HTTP {failure['status']}" if failure["status"] else "no answer"
        problem = f"a continuation of the list was answered with {what}"
    return problem


def _has_stopped(listing: ColourListing, drained: dict[str, Any], patience: float) -> str | None:
    """Tell whether the list is over: "" for a regular end, a reason for a stop, None for going on."""
    quiet = drained["quiet"]
    if drained["tiles"] or drained["answers"]:
        # Only a list that repeats itself is over in the middle of its answers.
        return "" if listing.end_reason else None
    if listing.has_ended:
        is_drawn = listing.listed <= listing.drawn
        return "" if is_drawn or quiet > END_QUIET_MILLISECONDS else None
    if drained["repeats"] > MAXIMUM_REPEATS:
        listing.end_reason = "the page draws the same artworks again and again"
        return ""
    if drained["inFlight"] and quiet < HANG_FACTOR * patience:
        return None
    if quiet > patience:
        if not listing.has_data:
            return ""  # nothing tells where the list ends but its silence
        found = f"{len(listing.reported):,}" + (f" of {listing.total:,}" if listing.total is not None else "")
        return f"the page stopped giving more after {found} artworks"
    return None
