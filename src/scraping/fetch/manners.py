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

LONGEST_PAUSE: Final = 3600.0
"""Seconds; a site that asks for more between its pages is not scraped."""

LONGEST_GROWN_PAUSE: Final = 120.0
"""Seconds up to which a pause grows after errors; one that is longer from the start stays as it is."""


@dataclass(frozen=True)
class PagePatience:
    """How many seconds to wait for a page.

    ``load_seconds``: until its first tiles, whether or not it ends loading; ``settle_seconds``: after loading, for
    a script that draws the tiles; ``quiet_seconds``: without anything new while the list should go on.
    """

    load_seconds: float = 20.0
    settle_seconds: float = 3.0
    quiet_seconds: float = 6.0


@dataclass(frozen=True)
class Manners:
    """How to behave towards one site.

    ``is_polite``: robots.txt, opt-out headers and pauses count; ``pause_seconds``: shortest and longest between two
    scrolls or pages, ``request_pause_seconds`` between two pictures of one of the ``download_threads``; ``contact``:
    whom the site's owner may write to.
    """

    is_polite: bool
    pause_seconds: tuple[float, float]
    request_pause_seconds: float
    browsers: int
    download_threads: int
    patience: PagePatience
    contact: str | None


def choose_manners(
    addresses: Addresses, *, contact: str | None, is_polite: bool | None = None, pause: float | None = None
) -> Manners:
    """Choose manners by where the site runs; ``is_polite`` asks for those of a real site on this machine too.

    ``pause`` is the shortest between scrolls, in seconds; the longest is half as long again. A real site without a
    contact is a UsageError.
    """
    if addresses.is_loopback and not is_polite:
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
    """A pause of ``shortest`` to ``longest`` seconds that grows when the site slows down or fails.

    It doubles at a failure, grows by half where an answer takes over twice the usual time, and loses a tenth at
    each good one. It grows to :data:`LONGEST_GROWN_PAUSE` or 16 times at most.
    """

    shortest: float
    longest: float
    factor: float = field(default=1.0, init=False)
    _usual_seconds: float | None = field(default=None, init=False)

    def note_answer(self, seconds: float) -> None:
        """Slow down after an answer that was slow, in seconds."""
        usual = seconds if self._usual_seconds is None else self._usual_seconds
        self._scale(1.5 if seconds > max(2 * usual, 0.5) else 0.9)
        self._usual_seconds = 0.8 * usual + 0.2 * seconds

    def note_failure(self) -> None:
        """Take note of an answer that was an error."""
        self._scale(2.0)

    def _scale(self, by: float) -> None:
        most = min(16.0, LONGEST_GROWN_PAUSE / self.longest) if self.longest > 0 else 1.0
        self.factor = max(1.0, min(most, by * self.factor))

    @property
    def pause_milliseconds(self) -> list[float]:
        """Shortest and longest pause now."""
        return [1000 * self.factor * self.shortest, 1000 * self.factor * self.longest]

    def wait(self) -> None:
        """Sleep for one pause."""
        time.sleep(self.factor * random.uniform(self.shortest, self.longest))
