"""One browser, one colour: every artwork that its page shows, in the page's order."""

import time
from collections.abc import Callable
from typing import Any, Final

from src.errors import BlockedError, LayoutChangedError
from src.scraping.browser.browser import Browser
from src.scraping.fetch.client import explain_block
from src.scraping.fetch.manners import Pace
from src.scraping.page.colour_page import ColourPage, PageError, Site
from src.scraping.page.data import parse_blocks
from src.scraping.page.listing import ColourListing, Listed, ListingOutcome, ListingTask

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
    ``report`` takes new artworks in listing order, and sentences about what was done to the page.

    The outcome is never ``complete`` with fewer artworks than the page's own data promise. BlockedError and
    LayoutChangedError concern the whole run; after a BrowserError what was reported stays valid.
    """
    page = ColourPage(browser, site, task.color, report)
    listing = ColourListing(task, site.addresses, report)
    pace = Pace(*site.manners.pause_seconds)
    setbacks = furthest = 0
    problem: PageError | LayoutChangedError
    while setbacks < SETBACKS:
        pace.wait()
        listing.start_page()
        try:
            _scroll(page, listing, pace, 1000 * site.manners.patience.quiet_seconds)
        except (PageError, LayoutChangedError) as error:
            problem = error  # an empty shell may be an accident of one answer; again and again it is the new layout
        else:
            if strangers := listing.left_out - listing.reported:
                report(f"{task.color}: {len(strangers)} artworks beside the list were left out")
            return ListingOutcome(task.color, *_judge_end(listing), listing.total)
        reached = len(listing.reported | listing.drawn)
        setbacks = setbacks + 1 if reached <= furthest else 1
        furthest = max(furthest, reached)
        pace.note_failure()
        time.sleep(0.1 * setbacks)
    listing.report(is_last=True)
    if isinstance(problem, LayoutChangedError):
        raise problem
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


def _open(page: ColourPage, listing: ColourListing) -> bool:
    """Open a page; return whether it shows tiles. A colour may be empty, but then the page's data say so."""
    color, state = listing.task.color, page.open()
    listing.take_page_data(page.read_data())
    if not listing.has_data and color.lower() not in state["address"].lower():
        raise page.layout_changed(
            f"the page of {color} leads to {state['address']}, which does not name the colour: expected {page.address}"
        )
    if not state["artworks"] and (not listing.has_data or listing.listed or listing.total):
        raise page.layout_changed(
            f'the page no longer shows {color} artworks as tiles: expected links a[href*="/asset/"], '
            f"found none although the page's data list {len(listing.listed)} artworks"
        )
    return bool(state["artworks"])


def _scroll(page: ColourPage, listing: ColourListing, pace: Pace, patience: float) -> None:
    """Open a page and scroll it to the end; PageError where it stops before. ``patience`` is in milliseconds."""
    if not _open(page, listing):
        return
    problem: str | None = None
    is_running = False
    while True:
        if not is_running:  # it also stops early where some of the tiles were not of this colour's list
            pause = pace.pause_milliseconds
            page.start(listing.count_wanted_tiles(), pause, 400 + 2 * pause[1])
        tiles = listing.count_missing() or TILES_A_TRIP
        drained = page.drain(tiles, TRIP_MILLISECONDS, pace.pause_milliseconds)
        if drained is None:
            raise PageError("the page went away while it was listed")
        for answer in drained["answers"]:
            listing.take_answer(answer["request"], parse_blocks(answer["text"]))
            pace.note_answer(answer["milliseconds"] / 1000)
        listing.take_tiles(drained["tiles"])
        listing.report(is_last=False)
        problem = _read_failures(page, listing, pace, drained) or (None if drained["tiles"] else problem)
        if listing.is_full() or _has_ended(listing, drained):
            break
        # A page that has met an error gets less time to mend itself than one that is only slow.
        if _has_stopped(listing, drained, patience + 3 * pace.pause_milliseconds[1]):
            if not listing.has_data:
                break  # the end of the list shows only by its silence
            found = f"{len(listing.reported):,}" + (f" of {listing.total:,}" if listing.total is not None else "")
            raise PageError(problem or f"the page stopped giving more after {found} artworks")
        if _is_stalled(listing, pace, drained) and page.show_more():
            pace.wait()
        is_running = drained["isRunning"]
    listing.report(is_last=True)
    page.stop()
    if not listing.has_images and len(listing.reported) > len(listing.task.known):
        raise page.layout_changed(
            "the page no longer shows pictures: expected data-bgsrc on the tiles or a picture in the page's data, "
            f"found {len(listing.reported)} tiles without either"
        )
    if not listing.reported and not listing.has_data:
        raise page.layout_changed(
            f"the page shows artworks of other colours only: expected {listing.task.color} tiles, found none"
        )


def _read_failures(page: ColourPage, listing: ColourListing, pace: Pace, drained: dict[str, Any]) -> str | None:
    problem = None
    for failure in drained["failures"]:
        status, is_own = failure["status"], failure["isOwn"]
        is_list = listing.is_continuation(failure["request"]) and (is_own or listing.tokens)
        if not is_list and not (is_own and status == 429):
            continue  # a page asks for much that is not its list
        if refusal := explain_block(status, failure["text"]):
            raise BlockedError(f"the site answered a scroll of {page.address} with {refusal}")
        pace.note_failure()
        problem = f"a continuation of the list met {f'HTTP {status}' if status else 'no answer'}"
    return problem


def _is_stalled(listing: ColourListing, pace: Pace, drained: dict[str, Any]) -> bool:
    """Whether scrolling brings nothing although the list goes on."""
    quiet = drained["quiet"]
    is_waiting = drained["inFlight"] and quiet < HANG_FACTOR * STALLED_MILLISECONDS
    is_quiet = quiet > STALLED_MILLISECONDS + 2 * pace.pause_milliseconds[1]
    return is_quiet and not listing.has_ended and not is_waiting


def _has_ended(listing: ColourListing, drained: dict[str, Any]) -> bool:
    """Whether the list is over and all of it is drawn, or will not be."""
    if listing.has_ended:
        return bool(listing.end_reason) or not listing.count_missing() or drained["quiet"] > END_QUIET_MILLISECONDS
    if drained["repeats"] > MAXIMUM_REPEATS:
        listing.end_reason = "the page draws the same artworks again and again"
    return listing.end_reason is not None


def _has_stopped(listing: ColourListing, drained: dict[str, Any], patience: float) -> bool:
    """Whether the page gives nothing more although its list has not ended."""
    is_waiting = drained["inFlight"] and drained["quiet"] < HANG_FACTOR * patience
    is_quiet = drained["quiet"] >= patience and not (drained["tiles"] or drained["answers"])
    return is_quiet and not is_waiting and not listing.has_ended
