"""The one HTTP client: robots.txt, thumbnails and asset pages all go through it.

Every answer has a deadline for the whole of it and a cap on its bytes. Hosts outside of this machine
are reached through the environment's proxy, this machine never is. Redirects are followed, at most five.
"""

import threading
import time
import urllib.request
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit

import urllib3
from urllib3.exceptions import DecodeError, HTTPError, InvalidHeader, ProxyError, SSLError

from src.errors import DownloadError
from src.scraping.artwork import is_loopback

PRODUCT: Final = "GoogleArtCultureImageClassification"
"""The name under which robots.txt may address us."""

DEADLINE_SECONDS: Final = 60.0
MAXIMUM_BYTES: Final = 8 << 20
MAXIMUM_REDIRECTS: Final = 5

REFUSALS: Final = frozenset({401, 403, 429, 451})
"""Statuses of a page or a list that mean: not for you."""

_PIECE_BYTES: Final = 1 << 16
_TOO_SLOW: Final = "no whole answer in time: it comes too slowly"
_SILENCE: Final = urllib3.Timeout(connect=10.0, read=20.0)


class FetchError(DownloadError):
    """An answer that did not come, or not whole.

    ``is_passing`` says whether another attempt may mend it, ``retry_after`` after how many seconds the host
    wants to be asked again, where it says so.
    """

    def __init__(self, message: str, *, is_passing: bool = True, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.is_passing = is_passing
        self.retry_after = retry_after


@dataclass(frozen=True)
class Answer:
    """A whole answer: where it came from in the end, its status, its headers (any case) and its bytes."""

    address: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The bytes as UTF-8, without a byte order mark."""
        return self.content.decode("utf-8-sig", "replace")

    @property
    def retry_after(self) -> float | None:
        """Seconds of the ``Retry-After`` header, given as such or as a date; None where it is neither."""
        try:
            return urllib3.Retry(retry_after_max=10**9).parse_retry_after(self.headers.get("retry-after", ""))
        except (InvalidHeader, ValueError, OverflowError):
            return None

    @property
    def wish_to_return(self) -> str:
        """When the host wants to be asked again, as the end of a sentence; empty where it does not say."""
        return "" if self.retry_after is None else f" and asks to come back after {self.retry_after:,.0f} s"


class HttpClient:
    """Fetches addresses, from many threads; ``contact`` stands in the user agent."""

    def __init__(self, contact: str | None, connections: int = 4) -> None:
        self._headers = {"User-Agent": make_product_agent(contact), "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
        self._connections = connections
        self._pools: dict[str | None, urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def get(
        self,
        address: str,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        maximum_bytes: int = MAXIMUM_BYTES,
    ) -> Answer:
        """Fetch an address; FetchError if no whole answer comes: no connection, TLS, redirects, too slow, too large."""
        outcome: Future[Answer] = Future()
        deadline = time.monotonic() + deadline_seconds

        def work() -> None:
            try:
                outcome.set_result(self._follow(address, deadline, maximum_bytes))
            except BaseException as error:  # noqa: BLE001 - raised again below, in the caller's thread
                outcome.set_exception(error)

        # Headers that come byte by byte hold the reader inside the library: the caller does not wait with it.
        threading.Thread(target=work, daemon=True).start()
        try:
            return outcome.result(deadline_seconds + 1.0)
        except TimeoutError:
            raise FetchError(_TOO_SLOW, is_passing=False) from None

    def _follow(self, address: str, deadline: float, maximum_bytes: int) -> Answer:
        target = address
        for _ in range(MAXIMUM_REDIRECTS + 1):
            answer = self._ask(target, deadline, maximum_bytes)
            location = answer.headers.get("location")
            if answer.status not in (301, 302, 303, 307, 308) or not location:
                return answer
            target = urljoin(target, location)
            if urlsplit(target).scheme not in ("http", "https"):
                raise FetchError(f"it redirects to {target[:100]!r}, which is no web address", is_passing=False)
        raise FetchError(f"more than {MAXIMUM_REDIRECTS} redirects, the last to {target[:200]}", is_passing=False)

    def _ask(self, address: str, deadline: float, maximum_bytes: int) -> Answer:
        try:
            response = self._choose_pool(address).request(
                "GET",
                address,
                headers=self._headers,
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=_SILENCE,
            )
            try:
                content = _read(response, deadline, maximum_bytes)
            except BaseException:
                response.close()  # a half-read connection serves nobody else
                raise
            response.release_conn()
        except SSLError as error:
            raise FetchError(f"no secure connection (TLS): {error}", is_passing=False) from error
        except ProxyError as error:
            raise FetchError("the proxy that the environment names does not answer, or refuses us") from error
        except DecodeError as error:
            raise FetchError("no whole answer (its compression is broken)") from error
        except (HTTPError, OSError, ValueError) as error:
            raise FetchError(f"no whole answer ({type(error).__name__})") from error
        return Answer(address, response.status, response.headers, content)

    def _choose_pool(self, address: str) -> urllib3.PoolManager:
        proxy = find_proxy(address)
        with self._lock:
            if proxy not in self._pools:
                if proxy is None:
                    self._pools[None] = urllib3.PoolManager(maxsize=self._connections)
                else:
                    parts = urlsplit(proxy)
                    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
                    headers = urllib3.make_headers(proxy_basic_auth=login)
                    self._pools[proxy] = urllib3.ProxyManager(proxy, proxy_headers=headers, maxsize=self._connections)
            return self._pools[proxy]


def _read(response: urllib3.BaseHTTPResponse, deadline: float, maximum_bytes: int) -> bytes:
    content = bytearray()
    while piece := response.read1(_PIECE_BYTES, decode_content=True):
        content += piece
        if len(content) > maximum_bytes:
            raise FetchError(f"the answer is larger than {maximum_bytes:,} bytes", is_passing=False)
        if time.monotonic() > deadline:
            raise FetchError(_TOO_SLOW, is_passing=False)
    return bytes(content)


def find_proxy(address: str) -> str | None:
    """Return the environment's proxy for an address; None for this machine and for what NO_PROXY names."""
    parts = urlsplit(address)
    if is_loopback(parts.hostname) or urllib.request.proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def make_product_agent(contact: str | None) -> str:
    """Name the project and whom to write to, in the characters that a header may hold: others percent-encoded."""
    encoded = "".join(mark if " " <= mark <= "~" else quote(mark) for mark in contact or "")
    return f"{PRODUCT}/1.0 (+{encoded})" if encoded else f"{PRODUCT}/1.0"


def explain_block(status: int, text: str) -> str | None:
    """Recognise a refusal by the status and the beginning of an answer: how the site refuses, or None."""
    lowered = text[:4000].lower()
    if status in REFUSALS:
        return f"HTTP {status}"
    is_captcha = "unusual traffic" in lowered or "/sorry/" in lowered or (status == 503 and "captcha" in lowered)
    return "a captcha page" if is_captcha and "/asset/" not in lowered else None
