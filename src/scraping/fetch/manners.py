"""Manners: what a site's owner may expect of us.

On a real site: robots.txt is obeyed (:mod:`src.scraping.fetch.robots`); the user agent names a contact; there
is a pause with jitter between scrolls, longer when the site slows down or fails; the first HTTP 429 or captcha
page ends the run. On this machine there are no pauses.
"""

import random
import time
from dataclasses import dataclass, field
from typing import Final

from src.errors import UsageError
from src.scraping.artwork import Addresses

TERMS_NOTE: Final = (
    "Terms and rights: the works shown may be in copyright even where they are old, and the site has terms of use "
    "of its own. Collect for study only, keep what you collect to yourself, and name the museum beside a picture "
    "that you show. One browser, pauses, and a stop at the first refusal are the defaults; leave them so."
)

LONGEST_GROWN_PAUSE: Final = 120.0
"""Seconds up to which a pause grows after errors; one that is longer from the start stays as it is."""


@dataclass(frozen=True)
class PagePatience:
    """How long to wait for a page, in seconds.

    Attributes
    ----------
    load_seconds
        Until its first tiles; also a page that never ends loading is given up then.
    settle_seconds
        After loading, for a script that draws the tiles.
    quiet_seconds
        Without anything new while the list should go on.
    """

    load_seconds: float = 20.0
    settle_seconds: float = 3.0
    quiet_seconds: float = 6.0


@dataclass(frozen=True)
class Manners:
    """How to behave towards one site.

    Attributes
    ----------
    is_polite
        Whether robots.txt, opt-out headers and pauses count.
    pause_seconds
        Shortest and longest pause between two scrolls.
    request_pause_seconds
        Pause between two requests of one download thread.
    browsers, download_threads
        How many at once, by default.
    patience
        How long to wait for a page.
    contact
        Whom the site may write to.
    """

    is_polite: bool
    pause_seconds: tuple[float, float]
    request_pause_seconds: float
    browsers: int
    download_threads: int
    patience: PagePatience
    contact: str | None


def choose_manners(
    addresses: Addresses,
    *,
    contact: str | None,
    is_polite: bool | None = None,
    pause: float | None = None,
) -> Manners:
    """Choose manners by where the site runs.

    Parameters
    ----------
    addresses
        The site.
    contact
        A mail address or a web page; needed wherever manners count.
    is_polite
        None: on every site but this machine's own.
    pause
        Shortest pause between scrolls, in seconds; the longest is half as long again.

    Raises
    ------
    UsageError
        If a contact is missing.
    """
    polite = not addresses.is_loopback if is_polite is None else is_polite or not addresses.is_loopback
    if not polite:
        return Manners(False, (pause or 0.0, 1.5 * (pause or 0.0)), 0.0, 2, 8, PagePatience(), contact)
    if not contact:
        raise UsageError(
            f"{addresses.origin} is a real site: say whom its owner may write to with --contact MAIL-OR-URL "
            "(it becomes part of the user agent)"
        )
    shortest = 2.0 if pause is None else pause
    patience = PagePatience(load_seconds=60.0, settle_seconds=15.0, quiet_seconds=30.0)
    return Manners(True, (shortest, 1.5 * shortest), min(0.2, shortest), 1, 4, patience, contact)


@dataclass
class Pace:
    """A pause that grows when the site slows down or fails, and shrinks back slowly.

    Additive increase would be too timid towards a site in trouble: the pause doubles at a failure,
    grows by half where an answer takes over twice the usual time, and loses a tenth at each good one.
    """

    shortest: float
    longest: float
    factor: float = field(default=1.0, init=False)
    usual_seconds: float | None = field(default=None, init=False)

    @property
    def maximum_factor(self) -> float:
        """How many times the pause may grow."""
        return max(1.0, min(16.0, LONGEST_GROWN_PAUSE / self.longest)) if self.longest > 0 else 1.0

    def note_answer(self, seconds: float) -> None:
        """Take note of an answer's duration."""
        if self.usual_seconds is not None and seconds > 2 * self.usual_seconds and seconds > 0.5:
            self.factor = min(self.maximum_factor, 1.5 * self.factor)
        else:
            self.factor = max(1.0, 0.9 * self.factor)
        previous = seconds if self.usual_seconds is None else self.usual_seconds
        self.usual_seconds = 0.8 * previous + 0.2 * seconds

    def note_failure(self) -> None:
        """Take note of an answer that was an error."""
        self.factor = min(self.maximum_factor, 2 * self.factor)

    @property
    def pause_milliseconds(self) -> list[float]:
        """Shortest and longest pause now."""
        return [1000 * self.factor * self.shortest, 1000 * self.factor * self.longest]

    def wait(self) -> None:
        """Sleep for one pause."""
        time.sleep(self.factor * random.uniform(self.shortest, self.longest))


def suggest_return(now: float | None = None) -> str:
    """Say when to come back after a refusal: blocks are per address and last hours to a day."""
    moment = (time.time() if now is None else now) + 24 * 3600
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))
