"""Fetches many thumbnails at once."""

import contextlib
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from src.errors import BlockedError
from src.scraping.artwork import Addresses, Artwork, sized_image
from src.scraping.fetch.client import HttpClient
from src.scraping.fetch.manners import Manners
from src.scraping.fetch.robots import Robots
from src.scraping.get_img import DownloadOutcome, get_img
from src.scraping.store.store import Store

_END_SECONDS: Final = 5.0


@dataclass
class Downloads:
    """Threads that fetch; used from one thread only.

    Attributes
    ----------
    store
        Where outcomes are noted, by :meth:`collect`.
    folder
        Where verified files wait for their place (:mod:`src.scraping.store.placement`).
    client, addresses, manners, robots
        The site, and how to behave there; ``robots`` is asked where manners count.
    size, media_format
        Of the thumbnails: pixels of a side; ``jpeg`` or ``webp``.
    threads
        How many at once; None leaves it to the manners.
    open_count
        How many were asked for and are not collected yet.
    tally
        Numbers of outcomes by their status.
    """

    store: Store
    folder: Path
    client: HttpClient
    addresses: Addresses
    manners: Manners
    robots: Robots
    size: int = 218
    media_format: str = "jpeg"
    threads: int | None = None
    open_count: int = field(default=0, init=False)
    tally: Counter[str] = field(default_factory=Counter, init=False)

    def __post_init__(self) -> None:
        self._requests: queue.SimpleQueue[Artwork | None] = queue.SimpleQueue()
        self._outcomes: queue.SimpleQueue[DownloadOutcome | BlockedError | OSError] = queue.SimpleQueue()
        self._is_stopped = threading.Event()
        self._asked: set[str] = set()
        count = self.threads or self.manners.download_threads
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def ask(self, artworks: Iterable[Artwork]) -> None:
        """Queue thumbnails that were not asked for before."""
        for artwork in artworks:
            if artwork.asset_id not in self._asked:
                self._asked.add(artwork.asset_id)
                self._requests.put(artwork)
                self.open_count += 1

    def ask_again(self, artworks: Iterable[Artwork]) -> None:
        """Queue thumbnails, whether or not they were asked for before."""
        again = list(artworks)
        self._asked.difference_update(artwork.asset_id for artwork in again)
        self.ask(again)

    def collect(self, wait_seconds: float = 0.0) -> None:
        """Note in the store what has been fetched since the last call; wait for the first outcome if none is there.

        Raises
        ------
        BlockedError
            If the site refuses us.
        OSError
            If a thumbnail could not be written.
        """
        arrived = []
        with contextlib.suppress(queue.Empty):
            arrived.append(self._outcomes.get(timeout=wait_seconds))
            while True:
                arrived.append(self._outcomes.get_nowait())
        self.open_count -= len(arrived)
        outcomes = [one for one in arrived if isinstance(one, DownloadOutcome)]
        self.store.note(outcomes)
        self.tally.update(outcome.status for outcome in outcomes)
        for one in arrived:
            if not isinstance(one, DownloadOutcome):
                raise one

    def stop(self) -> None:
        """Fetch nothing more; what is queued stays for another run."""
        self._is_stopped.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the threads; what they finish soon is still collected, a hanging host is not waited for."""
        self.stop()
        for _thread in self._threads:
            self._requests.put(None)
        deadline = time.monotonic() + _END_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        with contextlib.suppress(BlockedError):  # it was raised before, or is of a thread that was stopped
            self.collect()

    def _serve(self) -> None:
        while (artwork := self._requests.get()) is not None and not self._is_stopped.is_set():
            try:
                self._outcomes.put(self._fetch(artwork))
            except (BlockedError, OSError) as error:  # the site's, or the disk's and not the picture's: it ends the run
                self._outcomes.put(error)
                self._is_stopped.set()
            except Exception as error:  # noqa: BLE001 - a thread's border: one picture fails, the rest go on
                reason = f"unexpected {type(error).__name__}: {error}"
                self._outcomes.put(DownloadOutcome(artwork.asset_id, "failed", detail=reason))

    def _fetch(self, artwork: Artwork) -> DownloadOutcome:
        if artwork.image is None:
            return DownloadOutcome(artwork.asset_id, "failed", detail="the page gives no address of a picture")
        address = self.addresses.live(artwork.image)
        if self.manners.is_polite and (refusal := self.robots.explain_refusal(address)):
            return DownloadOutcome(artwork.asset_id, "failed", detail=refusal)
        self._sleep(self.manners.request_pause_seconds)
        return get_img(
            artwork.asset_id,
            sized_image(address, self.size, self.media_format),
            self.client,
            self.folder,
            size=self.size,
            honours_opt_out=self.manners.is_polite,
            first_pause=self.manners.first_retry_seconds,
            sleep=self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        """Wait for another attempt; none follows once the run is stopped."""
        if self._is_stopped.wait(seconds):
            raise BlockedError("the run was stopped")
