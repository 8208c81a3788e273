"""The process of one browser: takes colours, reports what its page shows, never raises."""

import contextlib
import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

from src.errors import BlockedError, BrowserError, LayoutChangedError, MissingToolError, ProjectError
from src.scraping.artwork import Artwork
from src.scraping.browser.browser import Browser, BrowserSettings, end_remote_session
from src.scraping.browser.marks import end_marked
from src.scraping.page.listing import ListingOutcome, ListingTask
from src.scraping.scraping_pictures import Site, list_colour

BROWSERS_A_COLOUR = 4
"""A colour whose browsers die so often without listing anything new is given up."""


@dataclass(frozen=True)
class WorkerSettings:
    """What a worker needs to know."""

    browser: BrowserSettings
    site: Site


@dataclass(frozen=True)
class Opened:
    """A browser was opened; a remote one with its endpoint and session id."""

    session: tuple[str, str] | None


@dataclass(frozen=True)
class Listed:
    """New artworks of a colour, in listing order."""

    color: str
    artworks: tuple[Artwork, ...]
    total: int | None


@dataclass(frozen=True)
class Message:
    """A sentence about what was done to a page."""

    text: str


@dataclass(frozen=True)
class Ended:
    """A colour is done, one way or the other."""

    outcome: ListingOutcome


@dataclass(frozen=True)
class Breakdown:
    """An error that concerns the whole run."""

    color: str
    error: ProjectError


def run_worker(connection: Connection, lifeline: Connection, settings: WorkerSettings) -> None:
    """Serve tasks until the connection closes or None arrives.

    Parameters
    ----------
    connection
        Tasks come in, messages go out.
    lifeline
        Nothing is ever sent here: it closes when the parent is gone, and then the browser goes too.
    settings
        The site and the browser.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and decides
    sessions: list[tuple[str, str]] = []
    threading.Thread(target=_end_with_parent, args=(lifeline, settings.browser, sessions), daemon=True).start()
    worker = _Worker(connection, settings, sessions)
    try:
        while (task := connection.recv()) is not None:
            worker.serve(task)
    except (EOFError, OSError):
        pass  # the parent has closed the connection
    finally:
        worker.close()


def _end_with_parent(lifeline: Connection, browser: BrowserSettings, sessions: list[tuple[str, str]]) -> None:
    with contextlib.suppress(EOFError, OSError):
        lifeline.recv_bytes()
    end_marked(browser.mark)
    for endpoint, session_id in sessions:
        end_remote_session(endpoint, session_id)
    os._exit(1)


class _Worker:
    def __init__(self, connection: Connection, settings: WorkerSettings, sessions: list[tuple[str, str]]) -> None:
        self._connection = connection
        self._settings = settings
        self._sessions = sessions
        self._browser: Browser | None = None
        self._has_opened = False
        self._reported: set[str] = set()

    def serve(self, task: ListingTask) -> None:
        self._reported = set(task.known)
        try:
            outcome = self._list(task)
        except (BlockedError, BrowserError, LayoutChangedError, MissingToolError) as error:
            self._connection.send(Breakdown(task.color, error))
        except (EOFError, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - a worker's border: the other colours go on
            self.close()
            reason = f"unexpected {type(error).__name__}: {error}"
            self._connection.send(Ended(ListingOutcome(task.color, "partial" if self._reported else "failed", reason)))
        else:
            self._connection.send(Ended(outcome))

    def _list(self, task: ListingTask) -> ListingOutcome:
        setbacks, reason = 0, ""
        while setbacks < BROWSERS_A_COLOUR:
            before = len(self._reported)
            try:
                return list_colour(
                    self._open(),
                    self._settings.site,
                    ListingTask(task.color, frozenset(self._reported), task.limit),
                    lambda artworks, total: self._report(task.color, artworks, total),
                    lambda text: self._connection.send(Message(text)),
                )
            except BrowserError as error:
                reason = str(error)
                self.close()
                if not self._has_opened and setbacks == BROWSERS_A_COLOUR - 1:
                    raise
                setbacks = 0 if len(self._reported) > before else setbacks + 1
        return ListingOutcome(task.color, "partial" if self._reported else "failed", reason)

    def _report(self, color: str, artworks: Sequence[Artwork], total: int | None) -> None:
        self._reported.update(artwork.asset_id for artwork in artworks)
        self._connection.send(Listed(color, tuple(artworks), total))

    def _open(self) -> Browser:
        if self._browser is None:
            self._browser = Browser(self._settings.browser)
            self._has_opened = True
            if self._browser.session is not None:
                self._sessions[:] = [self._browser.session]
            self._connection.send(Opened(self._browser.session))
        return self._browser

    def close(self) -> None:
        browser, self._browser = self._browser, None
        if browser is not None:
            browser.close()
        self._sessions.clear()
