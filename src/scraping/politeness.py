"""Manners: what a site's owner may expect of us.

On a real site: robots.txt is obeyed, and where it cannot be read nothing is fetched (RFC 9309 section
2.3.1.4 asks for that on server errors; we ask for it on refusals too); the user agent names a contact;
there is a pause with jitter between scrolls, longer when the site slows down or fails; the first
HTTP 429 or captcha page ends the run. On this machine there are no pauses.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import requests
from protego import Protego

from src.errors import BlockedError, UsageError
from src.scraping.artwork import Addresses
from src.scraping.page_state import PagePatience

PRODUCT: Final = "GoogleArtCultureImageClassification"
"""The name under which robots.txt may address us."""

TERMS_NOTE: Final = (
    "Terms and rights: the works shown may be in copyright even where they are old, and the site has terms of use "
    "of its own. Collect for study only, keep what you collect to yourself, and name the museum beside a picture "
    "that you show. One browser, pauses, and a stop at the first refusal are the defaults; leave them so."
)

_OPT_OUT_WORDS: Final = ("noai", "noimageai", "noindex", "none", "noimageindex")


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

    @property
    def user_agent(self) -> str:
        """The user agent of plain HTTP requests."""
        return f"{PRODUCT}/1.0 (+{self.contact})" if self.contact else f"{PRODUCT}/1.0"


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
    maximum_factor: float = 16.0
    factor: float = field(default=1.0, init=False)
    usual_seconds: float | None = field(default=None, init=False)

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


class Robots:
    """What the robots.txt of each host allows; asked once a host.

    Parameters
    ----------
    user_agent
        Our user agent.
    fetch
        Gets an address: (status, content type, text). Injectable for tests.
    """

    def __init__(self, user_agent: str, fetch: Callable[[str, str], tuple[int, str, str]] | None = None) -> None:
        self._user_agent = user_agent
        self._fetch = fetch or _fetch_text
        self._rules: dict[str, Protego | str] = {}

    def explain_refusal(self, address: str) -> str | None:
        """Return why an address may not be fetched, or None if it may."""
        rules = self._read(address)
        if isinstance(rules, str):
            return rules
        if rules.can_fetch(address, PRODUCT):
            return None
        return f"robots.txt of {urlsplit(address).netloc} does not allow {urlsplit(address).path}"

    def read_crawl_delay(self, address: str) -> float:
        """Return the pause in seconds that a host asks for; 0 if it asks for none."""
        rules = self._read(address)
        delay = None if isinstance(rules, str) else rules.crawl_delay(PRODUCT)
        return float(delay or 0.0)

    def _read(self, address: str) -> Protego | str:
        parts = urlsplit(address)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._rules:
            self._rules[host] = self._ask(f"{host}/robots.txt")
        return self._rules[host]

    def _ask(self, address: str) -> Protego | str:
        try:
            status, content_type, text = self._fetch(address, self._user_agent)
        except requests.RequestException as error:
            return f"{address} cannot be read ({type(error).__name__}), so nothing is fetched"
        if status == 429:
            raise BlockedError(f"the site answered {address} with HTTP 429")
        if status in (404, 410):
            return Protego.parse("")  # RFC 9309, 2.3.1.3: no rules
        if status != 200:
            return f"{address} answers with HTTP {status}, so nothing is fetched"
        if "html" in content_type.lower() or text.lstrip()[:1] == "<":
            return f"{address} is a web page and no list of rules, so nothing is fetched"
        if any(ord(mark) < 32 and mark not in "\t\n\r\f" for mark in text):
            return f"{address} is no text, so nothing is fetched"
        return Protego.parse(text)


def find_opt_out(header: str | None) -> str | None:
    """Return the words of an ``X-Robots-Tag`` header that reserve a picture, or None.

    A rule may be addressed to one agent (``name: word, word``); those to others do not count.
    ``unavailable_after`` and other rules about showing a page in search results are no reservation.
    """
    if not header:
        return None
    found = []
    agent = ""
    for part in header.split(","):
        name, separator, rest = part.partition(":")
        word = (rest if separator else name).strip().lower()
        if separator:
            agent = name.strip().lower()
        if agent in ("", PRODUCT.lower()) and word in _OPT_OUT_WORDS:
            found.append(word)
    return ", ".join(found) or None


def suggest_return(now: float | None = None, random_source: random.Random | None = None) -> str:
    """Say when to come back after a refusal: blocks are per address and last hours to a day."""
    moment = (time.time() if now is None else now) + 24 * 3600 + 600 * (random_source or random.Random()).random()
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))


def _fetch_text(address: str, user_agent: str) -> tuple[int, str, str]:
    answer = requests.get(address, headers={"User-Agent": user_agent}, timeout=20)
    return answer.status_code, answer.headers.get("Content-Type", ""), answer.content.decode("utf-8-sig", "replace")
