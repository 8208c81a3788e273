"""Fetches as the manners ask: robots.txt first, a pause before each address, further attempts where they may help."""

import contextlib
import queue
import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final, Generic, Self, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from src.errors import BlockedError, DownloadError, ProjectError, ScrapingError
from src.scraping.artwork import Artwork
from src.scraping.fetch.client import MAXIMUM_BYTES, PRODUCT, Answer, FetchError, HttpClient
from src.scraping.fetch.manners import LONGEST_PAUSE, Manners
from src.scraping.fetch.robots import Robots

Value = TypeVar("Value")

MAXIMUM_ATTEMPTS: Final = 6
LONGEST_RETRY_AFTER: Final = 60.0
"""A host that asks for a longer pause (Retry-After) is left for another run."""

_END_SECONDS: Final = 5.0


class Fetcher:
    """One for a run; used by all its threads. :meth:`stop` ends their waiting, and nothing more is asked for."""

    def __init__(self, manners: Manners, client: HttpClient | None = None) -> None:
        self.manners = manners
        self.client = client or HttpClient(manners.contact, manners.download_threads)
        self._robots = Robots(self.client)
        self._stop = threading.Event()

    def ask_leave(self, pages: Sequence[str]) -> None:
        """Obey the site's robots.txt before its pages are opened; a longer pause that it asks for is kept from now on.

        Where it does not allow one of the pages, or wants a pause longer than we wait: BlockedError.
        """
        if not self.manners.is_polite or not pages:
            return
        try:
            for page in pages:
                self._robots.check(page)
            delay = float(self._robots.read(pages[0]).crawl_delay(PRODUCT) or 0.0)
            if delay > LONGEST_PAUSE:
                raise DownloadError(f"robots.txt asks for {delay:,.0f} s between pages, we wait {LONGEST_PAUSE:,.0f} s")
        except DownloadError as error:
            raise BlockedError(f"the site does not want to be scraped here: {error}") from error
        shortest, longest = self.manners.pause_seconds
        if delay > shortest:
            self.manners = replace(self.manners, pause_seconds=(delay, delay + longest - shortest))

    def fetch(
        self,
        address: str,
        read: Callable[[Answer], Value],
        *,
        is_page: bool = False,
        maximum_bytes: int = MAXIMUM_BYTES,
    ) -> Value:
        """Fetch an address and return what ``read`` makes of the answer.

        What raises a :class:`FetchError` that may pass is tried again, at most six times; pauses double, and are at
        least what the host asks for. Pages of the site have longer pauses before them than pictures.

        Raises
        ------
        DownloadError
            If robots.txt does not allow it, or what ``read`` raises.
        BlockedError
            If the host refuses us altogether, or the run was stopped.
        """
        manners = self.manners
        if manners.is_polite:
            self._robots.check(address)
        self._sleep(random.uniform(*manners.pause_seconds) if is_page else manners.request_pause_seconds)
        first = 1.0 if manners.is_polite else 0.05
        usual = wait_exponential_jitter(multiplier=first, max=40 * first, jitter=first)

        def choose_pause(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            return max(usual(state), (isinstance(error, FetchError) and error.retry_after) or 0.0)

        return Retrying(
            stop=stop_after_attempt(MAXIMUM_ATTEMPTS),
            wait=choose_pause,
            retry=retry_if_exception(_may_pass),
            sleep=self._sleep,
            reraise=True,
        )(lambda: read(self.client.get(address, maximum_bytes=maximum_bytes)))

    @property
    def is_stopped(self) -> bool:
        """Whether nothing more is to be asked for."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask for nothing more; what was not fetched stays for another run."""
        self._stop.set()

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise BlockedError("the run was stopped")


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, FetchError) and error.is_passing and (error.retry_after or 0.0) <= LONGEST_RETRY_AFTER


class FetchPool(Generic[Value]):
    """Threads that fetch something for each of many artworks; asked and emptied from one thread only.

    ``note`` takes what has come: each artwork with its value, or with the error in its place.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        fetch: Callable[[Artwork], Value],
        note: Callable[[list[tuple[Artwork, Value | Exception]]], None],
        threads: int,
    ) -> None:
        self.open_count = self.done_count = 0
        self._fetcher, self._fetch, self._note = fetcher, fetch, note
        self._requests: queue.SimpleQueue[Artwork | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[Artwork, Value | Exception]] = queue.SimpleQueue()
        self._asked: set[str] = set()
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def ask(self, artworks: Iterable[Artwork], *, is_again: bool = False) -> None:
        """Queue artworks, each once, whatever colours it is filed under; again only with ``is_again``."""
        for artwork in artworks:
            if is_again or artwork.asset_id not in self._asked:
                self._asked.add(artwork.asset_id)
                self._requests.put(artwork)
                self.open_count += 1

    def collect(self, wait_seconds: float = 0.0) -> None:
        """Note what has come since the last call; wait for the first result if none is there.

        A refusal by the site (BlockedError) or a file that cannot be written (OSError) is raised and noted nowhere.
        """
        arrived = []
        with contextlib.suppress(queue.Empty):
            arrived.append(self._results.get(timeout=wait_seconds))
            while True:
                arrived.append(self._results.get_nowait())
        self.open_count -= len(arrived)
        self.done_count += len(arrived)
        ends = [result for _, result in arrived if isinstance(result, BlockedError | OSError)]
        self._note([one for one in arrived if one[1] not in ends])
        if ends:
            raise ends[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the threads; what they finish soon is still noted, a hanging host is not waited for."""
        self._fetcher.stop()
        for _thread in self._threads:
            self._requests.put(None)
        deadline = time.monotonic() + _END_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        with contextlib.suppress(BlockedError):  # it was raised before, or is of a thread that was stopped
            self.collect()

    def _serve(self) -> None:
        while (artwork := self._requests.get()) is not None and not self._fetcher.is_stopped:
            result: Value | Exception
            try:
                result = self._fetch(artwork)
            except (ProjectError, OSError) as error:
                result = error
            except Exception as error:  # noqa: BLE001 - a thread's border: one artwork fails, the rest go on
                result = ScrapingError(f"unexpected {type(error).__name__}: {error}")
            self._results.put((artwork, result))
            if isinstance(result, BlockedError | OSError):
                self._fetcher.stop()
