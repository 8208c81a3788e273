"""Several browsers at work, each in a process of its own; colours are handed out one by one."""

import contextlib
import dataclasses
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Final, Self

from src.scraping.browser.browser import end_remote_session
from src.scraping.browser.marks import end_marked
from src.scraping.browser.worker import Breakdown, Ended, Listed, Message, Opened, WorkerSettings, run_worker
from src.scraping.fetch.manners import LONGEST_GROWN_PAUSE
from src.scraping.page.listing import ListingOutcome, ListingTask

WORKERS_A_COLOUR: Final = 4
"""A colour is given up after this many workers in a row died over it."""
SILENCE_SECONDS: Final = 420.0
"""A worker that says nothing for so long is ended; its own time limits are far shorter. Pauses come on top."""

Event = Listed | Message | Ended | Breakdown


@dataclass
class _Seat:
    """One browser's place: its process may be replaced, its number stays."""

    number: int
    process: SpawnProcess | None = None
    connection: Connection | None = None
    lifeline: Connection | None = None
    color: str | None = None
    session: tuple[str, str] | None = None
    heard: float = field(default_factory=time.monotonic)


class BrowserPool:
    """Lists colours with several browsers.

    Parameters
    ----------
    settings
        What each worker needs to know; every worker gets a mark of its own.
    colors
        What to list; those with most artworks first make the best use of the browsers.
    make_task
        Makes the task of a colour when it is handed out, so that it knows what is known by then.
    browsers
        How many browsers.
    """

    def __init__(
        self, settings: WorkerSettings, colors: Sequence[str], make_task: Callable[[str], ListingTask], browsers: int
    ) -> None:
        self._settings = settings
        self._waiting = deque(colors)
        self._make_task = make_task
        self._deaths: dict[str, int] = {}
        longest_pause = max(settings.site.manners.pause_seconds[1], LONGEST_GROWN_PAUSE)
        self._silence_seconds = SILENCE_SECONDS + (10 * longest_pause if settings.site.manners.is_polite else 0)
        self._context = multiprocessing.get_context("spawn")
        self._seats = [_Seat(number) for number in range(min(browsers, len(colors)))]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(is_patient=kind is None)

    def events(self) -> Iterator[Event | None]:
        """Yield what the workers report until every colour has ended, and None where they are silent for a while.

        A worker that dies or falls silent is replaced, and its colour handed out again.
        """
        while True:
            for seat in self._seats:
                self._hand_out(seat)
            busy = [(seat.connection, seat) for seat in self._seats if seat.color is not None and seat.connection]
            if not busy:
                return
            ready = wait([connection for connection, _ in busy], timeout=0.5)
            if not ready:
                yield None
            for connection, seat in busy:
                event = self._receive(seat, connection) if connection in ready else None
                if event is not None:
                    yield event
            for _, seat in busy:
                if seat.color is not None and time.monotonic() - seat.heard > self._silence_seconds:
                    event = self._bury(seat, f"its browser's process said nothing for {self._silence_seconds:.0f} s")
                    if event is not None:
                        yield event

    def close(self, *, is_patient: bool = True) -> None:
        """End every worker and everything that it started."""
        for seat in self._seats:
            if seat.connection is not None and is_patient and seat.color is None:
                with contextlib.suppress(OSError):
                    seat.connection.send(None)
        deadline = time.monotonic() + 10
        for seat in self._seats:
            if seat.process is not None and is_patient and seat.color is None:
                seat.process.join(max(0.1, deadline - time.monotonic()))
            self._end(seat)

    def _mark(self, seat: _Seat) -> str:
        return f"{self._settings.browser.mark}-w{seat.number}."

    def _start(self, seat: _Seat) -> None:
        ours, theirs = self._context.Pipe()
        lifeline_theirs, lifeline_ours = self._context.Pipe(duplex=False)
        browser = dataclasses.replace(self._settings.browser, mark=self._mark(seat))
        settings = dataclasses.replace(self._settings, browser=browser)
        seat.process = self._context.Process(
            target=run_worker, args=(theirs, lifeline_theirs, settings), name=f"browser-{seat.number}", daemon=True
        )
        seat.process.start()
        # Only the worker holds its ends, so that its death closes them.
        theirs.close()
        lifeline_theirs.close()
        seat.connection, seat.lifeline, seat.session = ours, lifeline_ours, None
        seat.heard = time.monotonic()

    def _hand_out(self, seat: _Seat) -> None:
        if seat.color is not None or not self._waiting:
            return
        if seat.process is None:
            self._start(seat)
        seat.color = self._waiting.popleft()
        seat.heard = time.monotonic()
        # A worker that has died since the last task shows when its answer is read.
        with contextlib.suppress(OSError):
            if seat.connection is not None:
                seat.connection.send(self._make_task(seat.color))

    def _receive(self, seat: _Seat, connection: Connection) -> Event | None:
        try:
            message = connection.recv()
        except (EOFError, OSError):
            return self._bury(seat, "its browser's process died")
        seat.heard = time.monotonic()
        if isinstance(message, Opened):
            seat.session = message.session
            return None
        if isinstance(message, Listed):
            self._deaths.pop(message.color, None)
        if isinstance(message, Ended | Breakdown):
            seat.color = None
        event: Event = message
        return event

    def _bury(self, seat: _Seat, reason: str) -> Ended | None:
        """Clear away a dead worker; hand its colour out again, or give it up."""
        color = seat.color
        self._end(seat)
        if color is None:
            return None
        self._deaths[color] = self._deaths.get(color, 0) + 1
        if self._deaths[color] < WORKERS_A_COLOUR:
            self._waiting.appendleft(color)
            return None
        state = "partial" if self._make_task(color).known else "failed"
        return Ended(ListingOutcome(color, state, f"{reason} {self._deaths[color]} times"))

    def _end(self, seat: _Seat) -> None:
        if seat.process is not None:
            seat.process.kill()
            seat.process.join(10)
        for connection in (seat.connection, seat.lifeline):
            if connection is not None:
                connection.close()
        if seat.session is not None:
            end_remote_session(*seat.session)
        end_marked(self._mark(seat))
        seat.process = seat.connection = seat.lifeline = seat.color = seat.session = None
