"""What the robots.txt of each host allows, and what a picture's own header reserves."""

import threading
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from src.errors import BlockedError, DownloadError, ScrapingError
from src.scraping.fetch.client import PRODUCT, FetchError, HttpClient

DEADLINE_SECONDS: Final = 30.0
MAXIMUM_BYTES: Final = 1 << 20
"""RFC 9309, section 2.5, asks for at least 500 KiB."""

_OPT_OUT_WORDS: Final = ("noai", "noimageai", "noindex", "none", "noimageindex")


class Robots:
    """The rules of each host, asked for once; may be used from many threads.

    Where they cannot be read nothing is fetched: RFC 9309, section 2.3.1.4, asks for that on server
    errors, and we do the same on refusals.
    """

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self._rules: dict[str, Protego | ScrapingError] = {}
        self._lock = threading.Lock()

    def check(self, address: str) -> None:
        """Raise DownloadError if an address may not be fetched, BlockedError if its host refuses us altogether."""
        if not self.read(address).can_fetch(address, PRODUCT):
            parts = urlsplit(address)
            raise DownloadError(f"robots.txt of {parts.netloc} does not allow {parts.path}")

    def read(self, address: str) -> Protego:
        """Return the rules of an address's host; the errors are those of :meth:`check`."""
        place = f"{urlsplit(address).scheme}://{urlsplit(address).netloc}/robots.txt"
        with self._lock:
            if place not in self._rules:
                try:
                    self._rules[place] = self._ask(place)
                except ScrapingError as error:
                    self._rules[place] = error
            rules = self._rules[place]
        if isinstance(rules, ScrapingError):
            raise rules.with_traceback(None)  # or each raise would add its frames to the last
        return rules

    def _ask(self, address: str) -> Protego:
        try:
            answer = self._client.get(address, deadline_seconds=DEADLINE_SECONDS, maximum_bytes=MAXIMUM_BYTES)
        except FetchError as error:
            raise DownloadError(f"{address} cannot be read ({error}), so nothing is fetched") from error
        if answer.status == 429:
            raise BlockedError(f"the site answered {address} with HTTP 429{answer.wish_to_return}")
        if answer.status in (404, 410):
            return Protego.parse("")  # RFC 9309, 2.3.1.3: no rules
        problem = None
        if answer.status != 200:
            problem = f"answers with HTTP {answer.status}"
        elif "html" in answer.headers.get("content-type", "").lower() or answer.text.lstrip()[:1] == "<":
            problem = "is a web page and no list of rules"
        elif any(ord(mark) < 32 and mark not in "\t\n\r\f" for mark in answer.text):
            problem = "is no text"
        if problem:
            raise DownloadError(f"{address} {problem}, so nothing is fetched")
        return Protego.parse(answer.text)


def find_opt_out(header: str | None) -> str | None:
    """Return the words of an ``X-Robots-Tag`` header that reserve a picture, or None.

    A rule may be addressed to one agent (``name: word, word``); those to others do not count.
    ``unavailable_after`` and other rules about showing a page in search results are no reservation.
    """
    found = []
    agent = ""
    for part in (header or "").split(","):
        name, separator, rest = part.partition(":")
        if separator:
            agent = name.strip().lower()
        word = (rest if separator else name).strip().lower()
        if agent in ("", PRODUCT.lower()) and word in _OPT_OUT_WORDS:
            found.append(word)
    return ", ".join(found) or None
