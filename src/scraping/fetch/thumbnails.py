"""Fetches many thumbnails at once."""

import queue
import threading
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from src.errors import BlockedError
from src.scraping.artwork import Addresses, Artwork
from src.scraping.fetch.client import HttpClient
from src.scraping.fetch.manners import Manners
from src.scraping.fetch.robots import Robots
from src.scraping.get_img import DownloadOutcome, ThumbnailRequest, get_img
from src.scraping.store.store import Store

_END_SECONDS: Final = 5.0


class Downloads:
    """Threads that fetch; used from one thread only.

    Parameters
    ----------
    store
        Where outcomes are noted, by :meth:`collect`.
    folder
        Where verified files wait for their place (:mod:`src.scraping.store.placement`).
    client
        Fetches them.
    addresses, manners
        The site, and how to behave there.
    size, media_format
        Of the thumbnails: pixels of a side; ``jpeg`` or ``webp``.
    robots
        Asked before every fetch where manners count.
    threads
        How many at once; None leaves it to the manners.
    """

    def __init__(
        self,
        store: Store,
        folder: Path,
        *,
        client: HttpClient,
        addresses: Addresses,
        manners: Manners,
        size: int = 218,
        media_format: str = "jpeg",
        robots: Robots | None = None,
        threads: int | None = None,
    ) -> None:
        self._store = store
        self._folder = folder
        self._client = client
        self._addresses = addresses
        self._manners = manners
        self._size = size
        self._media_format = media_format
        self._robots = robots if manners.is_polite else None
        self._requests: queue.SimpleQueue[ThumbnailRequest | None] = queue.SimpleQueue()
        self._outcomes: queue.SimpleQueue[DownloadOutcome | OSError] = queue.SimpleQueue()
        self._is_stopped = threading.Event()
        self._asked: set[str] = set()
        self._open = 0
        self.tally: Counter[str] = Counter()
        self.blocked_reason: str | None = None
        count = threads or manners.download_threads
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
                    self._size,
                    self._media_format,
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

    def collect(self, wait_seconds: float = 0.0) -> None:
        """Take what has been fetched since the last call and note it in the store.

        Parameters
        ----------
        wait_seconds
            How long to wait for the first outcome, if none is there yet.

        Raises
        ------
        OSError
            If a thumbnail could not be written.
        """
        outcomes: list[DownloadOutcome] = []
        failure: OSError | None = None
        try:
            one = self._outcomes.get(timeout=wait_seconds) if wait_seconds > 0 else self._outcomes.get_nowait()
            while True:
                if isinstance(one, OSError):
                    failure = one
                else:
                    outcomes.append(one)
                self._open -= 1
                one = self._outcomes.get_nowait()
        except queue.Empty:
            pass
        self._note(outcomes)
        if failure is not None:
            raise failure

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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _note(self, outcomes: list[DownloadOutcome]) -> None:
        self._store.note(outcomes)
        for outcome in outcomes:
            self.tally[outcome.status] += 1
            if outcome.status == "blocked" and self.blocked_reason is None:
                self.blocked_reason = outcome.detail

    def _serve(self) -> None:
        while (request := self._requests.get()) is not None:
            if self._is_stopped.is_set():
                continue
            try:
                outcome: DownloadOutcome | OSError = self._fetch(request)
            except BlockedError as error:
                outcome = DownloadOutcome(request.asset_id, "blocked", detail=str(error))
            except OSError as error:
                outcome = error  # the disk's, not the picture's: it ends the run
            except Exception as error:  # noqa: BLE001 - a thread's border: one picture fails, the rest go on
                outcome = DownloadOutcome(
                    request.asset_id, "failed", detail=f"unexpected {type(error).__name__}: {error}"
                )
            if isinstance(outcome, OSError) or outcome.status == "blocked":
                self._is_stopped.set()
            self._outcomes.put(outcome)

    def _fetch(self, request: ThumbnailRequest) -> DownloadOutcome:
        refusal = self._robots.explain_refusal(request.address) if self._robots else None
        if refusal is not None:
            return DownloadOutcome(request.asset_id, "failed", detail=refusal)
        if self._is_stopped.wait(self._manners.request_pause_seconds):
            return DownloadOutcome(request.asset_id, "stopped")
        return get_img(request, self._client, self._folder, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        """Wait for another attempt; none follows once the run is stopped."""
        if self._is_stopped.wait(seconds):
            raise BlockedError("the run was stopped")
