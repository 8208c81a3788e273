"""What the robots.txt of each host allows, and what a picture's own header reserves."""

import threading
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from src.errors import BlockedError
from src.scraping.fetch.client import PRODUCT, FetchError, HttpClient, describe_return

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
        self._rules: dict[str, Protego | str | BlockedError] = {}
        self._lock = threading.Lock()

    def explain_refusal(self, address: str) -> str | None:
        """Return why an address may not be fetched, or None if it may.

        Raises
        ------
        BlockedError
            If the host refuses us altogether.
        """
        rules = self._read(address)
        if isinstance(rules, str):
            return rules
        if rules.can_fetch(address, PRODUCT):
            return None
        return f"robots.txt of {urlsplit(address).netloc} does not allow {urlsplit(address).path}"

    def read_crawl_delay(self, address: str) -> float:
        """Return the pause in seconds that a host asks for; 0 if it asks for none."""
        rules = self._read(address)
        return 0.0 if isinstance(rules, str) else float(rules.crawl_delay(PRODUCT) or 0.0)

    def _read(self, address: str) -> Protego | str:
        """Return the rules of an address's host, or why they cannot be read."""
        place = f"{urlsplit(address).scheme}://{urlsplit(address).netloc}/robots.txt"
        with self._lock:
            if place not in self._rules:
                self._rules[place] = self._ask(place)
            rules = self._rules[place]
        if isinstance(rules, BlockedError):
            raise BlockedError(str(rules))
        return rules

    def _ask(self, address: str) -> Protego | str | BlockedError:
        try:
            answer = self._client.get(address, deadline_seconds=DEADLINE_SECONDS, maximum_bytes=MAXIMUM_BYTES)
        except FetchError as error:
            return f"{address} cannot be read ({error}), so nothing is fetched"
        if answer.status == 429:
            return BlockedError(f"the site answered {address} with HTTP 429{describe_return(answer.retry_after)}")
        if answer.status in (404, 410):
            return Protego.parse("")  # RFC 9309, 2.3.1.3: no rules
        problem = None
        if answer.status != 200:
            problem = f"answers with HTTP {answer.status}"
        elif "html" in answer.headers.get("content-type", "").lower() or answer.text.lstrip()[:1] == "<":
            problem = "is a web page and no list of rules"
        elif any(ord(mark) < 32 and mark not in "\t\n\r\f" for mark in answer.text):
            problem = "is no text"
        return f"{address} {problem}, so nothing is fetched" if problem else Protego.parse(answer.text)


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
