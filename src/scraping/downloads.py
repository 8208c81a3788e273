"""Fetches many thumbnails at once."""

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import urllib3

from src.scraping.artwork import Addresses, Artwork
from src.scraping.get_img import DownloadOutcome, ThumbnailRequest, get_img
from src.scraping.ledger import Ledger
from src.scraping.politeness import Manners, Robots

Sleep = Callable[[float], None]
_END_SECONDS: Final = 5.0
_TIMEOUT: Final = urllib3.Timeout(connect=10.0, read=20.0)


class Thumbnails:
    """What kind of thumbnails a run collects: pixels and format."""

    def __init__(self, size: int = 218, media_format: str = "jpeg") -> None:
        self.size = size
        self.media_format = media_format

    @property
    def kind(self) -> str:
        """One word for both, for the ledger."""
        return f"{self.media_format}-{self.size}"


class Downloads:
    """A pool of threads that fetch; used from one thread only.

    Parameters
    ----------
    ledger
        Where outcomes are noted, by :meth:`collect`.
    folder
        Where verified files wait for their place (:mod:`src.scraping.placement`).
    addresses, manners, thumbnails
        The site, how to behave there, and what to fetch.
    robots
        Asked before every fetch where manners count.
    """

    def __init__(
        self,
        ledger: Ledger,
        folder: Path,
        *,
        addresses: Addresses,
        manners: Manners,
        thumbnails: Thumbnails,
        robots: Robots | None = None,
        threads: int | None = None,
    ) -> None:
        self._ledger = ledger
        self._folder = folder
        self._addresses = addresses
        self._manners = manners
        self._thumbnails = thumbnails
        self._robots = robots if manners.is_polite else None
        count = threads or manners.download_threads
        self._pool = urllib3.PoolManager(
            num_pools=8,
            maxsize=count,
            timeout=_TIMEOUT,
            headers={"User-Agent": manners.user_agent, "Accept": "image/*"},
        )
        self._requests: queue.SimpleQueue[ThumbnailRequest | None] = queue.SimpleQueue()
        self._outcomes: queue.SimpleQueue[DownloadOutcome] = queue.SimpleQueue()
        self._is_stopped = threading.Event()
        self._asked: set[str] = set()
        self._open = 0
        self.tally: Counter[str] = Counter()
        self.blocked_reason: str | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def ask(self, artworks: Iterable[Artwork]) -> None:
        """Queue thumbnails; an artwork is asked for once, and one without an address fails at once."""
        missing = []
        for artwork in artworks:
            if artwork.asset_id in self._asked:
                continue
            self._asked.add(artwork.asset_id)
            if artwork.image is None:
                missing.append(
                    DownloadOutcome(artwork.asset_id, "failed", detail="the page gives no address of a picture")
                )
                continue
            self._open += 1
            self._requests.put(
                ThumbnailRequest(
                    artwork.asset_id,
                    self._addresses.live(artwork.image),
                    self._thumbnails.size,
                    self._thumbnails.media_format,
                    honours_opt_out=self._manners.is_polite,
                    first_pause=1.0 if self._manners.is_polite else 0.05,
                )
            )
        self._note(missing)

    def ask_again(self, artworks: Iterable[Artwork]) -> None:
        """Queue thumbnails that were asked for before."""
        again = list(artworks)
        self._asked.difference_update(artwork.asset_id for artwork in again)
        self.ask(again)

    @property
    def open_count(self) -> int:
        """How many were asked for and are not collected yet."""
        return self._open

    def collect(self, wait_seconds: float = 0.0) -> list[DownloadOutcome]:
        """Take what has been fetched since the last call and note it in the ledger.

        Parameters
        ----------
        wait_seconds
            How long to wait for the first outcome, if none is there yet.
        """
        outcomes: list[DownloadOutcome] = []
        try:
            outcomes.append(
                self._outcomes.get(timeout=wait_seconds) if wait_seconds > 0 else self._outcomes.get_nowait()
            )
            while True:
                outcomes.append(self._outcomes.get_nowait())
        except queue.Empty:
            pass
        self._open -= len(outcomes)
        self._note(outcomes)
        return outcomes

    def stop(self) -> None:
        """Fetch nothing more; what is queued stays for another run."""
        self._is_stopped.set()

    def close(self) -> None:
        """End the threads; what they finish soon is still collected, a hanging host is not waited for."""
        self.stop()
        for _ in self._threads:
            self._requests.put(None)
        deadline = time.monotonic() + _END_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self.collect()
        self._pool.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _note(self, outcomes: list[DownloadOutcome]) -> None:
        self._ledger.note(outcomes)
        for outcome in outcomes:
            self.tally[outcome.status] += 1
            if outcome.status == "blocked" and self.blocked_reason is None:
                self.blocked_reason = outcome.detail

    def _serve(self) -> None:
        while (request := self._requests.get()) is not None:
            if self._is_stopped.is_set():
                continue
            try:
                outcome = self._fetch(request)
            except Exception as error:  # noqa: BLE001 - a thread's border: one picture fails, the rest go on
                outcome = DownloadOutcome(
                    request.asset_id, "failed", detail=f"unexpected {type(error).__name__}: {error}"
                )
            if outcome.status == "blocked":
                self._is_stopped.set()
            self._outcomes.put(outcome)

    def _fetch(self, request: ThumbnailRequest) -> DownloadOutcome:
        refusal = self._robots.explain_refusal(request.address) if self._robots else None
        if refusal is not None:
            return DownloadOutcome(request.asset_id, "failed", detail=refusal)
        if self._manners.request_pause_seconds:
            time.sleep(self._manners.request_pause_seconds)
        return get_img(request, self._pool, self._folder)
