"""Several browsers at work, each in a process of its own; colours are handed out one by one."""

import contextlib
import dataclasses
import multiprocessing
import os
import queue
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Final

from src.errors import BrowserError, MissingToolError, ProjectError, ScrapingError
from src.scraping.browser.browser import Browser, BrowserSettings, end_remote_session
from src.scraping.browser.marks import end_marked
from src.scraping.page.colour_page import Site
from src.scraping.page.listing import Listed, ListingOutcome, ListingTask
from src.scraping.scraping_pictures import list_colour

ATTEMPTS: Final = 6
"""A colour is given up after this many browsers or workers in a row that died before listing anything new."""
END_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Failure:
    """An error ended the listing of a colour."""

    color: str
    error: ProjectError


def list_colours(
    settings: BrowserSettings,
    site: Site,
    colors: Sequence[str],
    make_task: Callable[[str], ListingTask],
    browsers: int,
) -> Generator[Listed | str | ListingOutcome | Failure | None]:
    """List colours with several browsers; closing the generator ends them all.

    A browser or a worker that dies is replaced, and its colour handed out again: ``make_task`` makes its task anew, so
    that it knows what is known by then. Colours with most artworks first make the best use of the browsers.

    Yields what the workers report until every colour has ended, notes for people among it, and None where all are
    silent for a while. MissingToolError: no browser can be started at all.
    """
    waiting, failures = deque(colors), Counter[str]()
    workers = [_Worker(settings, site, number) for number in range(min(browsers, len(colors)))]
    try:
        while True:
            for worker in [one for one in workers if one.color is None][: len(waiting)]:
                worker.hand_out(make_task(waiting.popleft()))
            busy = [worker for worker in workers if worker.color is not None]
            if not busy:
                return
            ready = wait([worker.connection for worker in busy], timeout=0.5)
            if not ready:
                yield None
            for worker in busy:
                message = worker.receive() if worker.connection in ready else None
                if isinstance(message, Listed):
                    del failures[message.color]
                elif isinstance(message, Failure) and isinstance(message.error, BrowserError):
                    failures[message.color] += 1
                    if failures[message.color] < ATTEMPTS:
                        waiting.appendleft(message.color)
                        continue
                    if not any(one.has_opened for one in workers):
                        raise MissingToolError(str(message.error))
                if message is not None:
                    yield message
    finally:
        for worker in workers:
            worker.end()


class _Worker:
    """The process of one browser as its parent sees it; started when there is something to do for it."""

    def __init__(self, settings: BrowserSettings, site: Site, number: int) -> None:
        self._settings = dataclasses.replace(settings, mark=f"{settings.mark}-w{number}.")
        self._site = site
        self._process: multiprocessing.process.BaseProcess | None = None
        self._session: tuple[str, str] | None = None
        self.has_opened = False
        self.color: str | None = None

    def hand_out(self, task: ListingTask) -> None:
        if self._process is None:
            self.connection, theirs = multiprocessing.Pipe()
            self._process = multiprocessing.get_context("spawn").Process(
                target=_run_worker, args=(theirs, self._settings, self._site), daemon=True
            )
            self._process.start()
            theirs.close()  # only the worker holds it, so that its death closes it
        self.color = task.color
        with contextlib.suppress(OSError):  # one that has died since the last task shows when its answer is read
            self.connection.send(task)

    def receive(self) -> Listed | str | ListingOutcome | Failure | None:
        try:
            message = self.connection.recv()
        except (EOFError, OSError):
            message = Failure(str(self.color), BrowserError("its browser's process died"))
            self.end()
        if message is None or isinstance(message, tuple):  # a browser was opened; a remote one has a session
            self._session, self.has_opened = message, True
            return None
        if isinstance(message, ListingOutcome | Failure):
            self.color = None
        return message  # type: ignore[no-any-return]

    def end(self) -> None:
        """End the process and everything that it started."""
        if self._process is None:
            return
        self.connection.close()
        self._process.join(END_SECONDS)
        if self._process.exitcode != 0:
            self._process.kill()
            self._process.join()
            end_marked(self._settings.mark)
            if self._session is not None:
                end_remote_session(*self._session)
        self._process = self._session = self.color = None


def _run_worker(connection: Connection, settings: BrowserSettings, site: Site) -> None:
    """Work until the connection closes, with the parent or by its wish; then end the browser."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and decides
    tasks: queue.SimpleQueue[ListingTask] = queue.SimpleQueue()
    browsers: list[Browser] = []

    def serve() -> None:
        """List one colour after the other with the same browser, or with a new one after an error."""
        with contextlib.suppress(ConnectionError):  # the parent has gone: the main thread ends us
            while task := tasks.get():
                try:
                    if not browsers:
                        browsers.append(Browser(settings))
                        connection.send(browsers[0].session)
                    connection.send(list_colour(browsers[0], site, task, connection.send))
                except ConnectionError:
                    raise
                except Exception as error:  # noqa: BLE001 - a worker's border: the other colours go on
                    if not isinstance(error, ProjectError):
                        error = ScrapingError(f"unexpected {type(error).__name__}: {error}")
                    while browsers:
                        browsers.pop().close()
                    connection.send(Failure(task.color, error))

    threading.Thread(target=serve, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            tasks.put(connection.recv())
    for browser in browsers:
        browser.close()
    if settings.grid is None:
        end_marked(settings.mark)  # one that was just being opened
    os._exit(0)
