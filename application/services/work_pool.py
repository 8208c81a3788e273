"""Threads that decode: few, with a queue that is first come, first served, and bounded."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class PoolFullError(Exception):
    """All threads are busy and the queue is full."""


class Piece:
    """One piece of work: begun by a thread or given up by who waits for it, whichever comes first."""

    __slots__ = ("_claim", "_error", "_result", "_work", "future")

    def __init__(self, work: Callable[[], Any], future: "asyncio.Future[Any]") -> None:
        self._work: Callable[[], Any] | None = work
        self.future = future
        self._result: Any = None
        self._error: BaseException | None = None
        self._claim = threading.Lock()

    def give_up(self) -> bool:
        """Forget the work and its picture, unless it has begun; whether that was so."""
        if not self._claim.acquire(blocking=False):
            return False
        self._work = None
        return True

    def do(self) -> bool:
        """Do the work and keep what it gives, unless it was given up; whether it was done."""
        if self._work is None or not self._claim.acquire(blocking=False):
            return False
        try:
            self._result = self._work()
        except BaseException as error:  # noqa: BLE001 - handed to who waits
            self._error = error
            del self  # the error's traceback leads here, and would hold the piece that holds the error
        return True

    def deliver(self) -> None:
        """Give what was kept to who waits, in the event loop."""
        if self.future.done():
            return
        if self._error is not None:
            self.future.set_exception(self._error)
        else:
            self.future.set_result(self._result)


class WakingQueue:
    """A queue that wakes one thread for one piece: each that waits sleeps on a lock of its own.

    ``queue.SimpleQueue`` has one lock for all, and a new piece wakes threads that find nothing.
    """

    def __init__(self) -> None:
        self._pieces: deque[Piece | None] = deque()
        self._sleeping: list[threading.Lock] = []

    def put(self, piece: Piece | None) -> None:
        """Add a piece, and wake the thread that fell asleep last."""
        self._pieces.append(piece)
        with suppress(IndexError):
            self._sleeping.pop().release()

    def get(self, bed: threading.Lock) -> Piece | None:
        """Take the oldest piece; sleep on ``bed``, a lock that is held, until there is one."""
        while True:
            if self._pieces:
                with suppress(IndexError):  # another thread was quicker
                    return self._pieces.popleft()
            self._sleeping.append(bed)
            if self._pieces:  # put before it could see us
                with suppress(ValueError):
                    self._sleeping.remove(bed)
                    continue
            bed.acquire()

    def drain(self) -> list[Piece]:
        """Take all pieces."""
        pieces = []
        with suppress(IndexError):
            while piece := self._pieces.popleft():
                pieces.append(piece)
        return pieces


class WorkPool:
    """Runs CPU work beside the event loop.

    A ``ThreadPoolExecutor`` does the same, with a future of its own, a lock and callbacks for each
    piece; with them a thumbnail waits 0.2 ms longer, a third of the time of its classification.

    Parameters
    ----------
    threads
        How many pieces of work run at the same time.
    waiting
        How many may wait for a thread.
    watch
        Called with +1 and -1 as work comes and goes, in the event loop.
    """

    def __init__(self, threads: int, waiting: int, watch: Callable[[int], None] = lambda _: None) -> None:
        self.threads = threads
        self._limit = threads + waiting
        self._pending = 0
        self._watch = watch
        self._queue = WakingQueue()
        self._workers = [
            threading.Thread(target=self._serve, name=f"decode_{number}", daemon=True) for number in range(threads)
        ]
        for worker in self._workers:
            worker.start()

    @property
    def pending(self) -> int:
        """Pieces of work that wait or run."""
        return self._pending

    async def run(
        self,
        seconds: float,
        function: Callable[Arguments, Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """Run ``function`` in a thread.

        A thread cannot be interrupted: work that has begun keeps its place until it ends, also
        when nobody waits for it any more, so the number of threads stays what it is.

        Raises
        ------
        PoolFullError
            At once, if no place is free.
        TimeoutError
            If the work does not end in ``seconds``; what has not begun by then never begins.
        """
        if self._pending >= self._limit:
            raise PoolFullError
        self._count(+1)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        piece = Piece(partial(function, *arguments, **named), future)
        timer = loop.call_later(seconds, _expire, future)
        self._queue.put(piece)
        try:
            return await future
        finally:
            timer.cancel()
            if piece.give_up():
                self._count(-1)
            del piece, future  # an error's traceback leads here

    def _count(self, change: int) -> None:
        self._pending += change
        self._watch(change)

    def _serve(self) -> None:
        """Do one piece after the other until told to end."""
        bed = threading.Lock()
        bed.acquire()
        while (piece := self._queue.get(bed)) is not None:
            if piece.do():
                try:
                    piece.future.get_loop().call_soon_threadsafe(self._deliver, piece)
                except RuntimeError:  # the loop has ended, and with it everyone who waited and counted
                    self._count(-1)
            del piece  # with its picture, before the next one comes

    def _deliver(self, piece: Piece) -> None:
        self._count(-1)
        piece.deliver()

    def close(self) -> None:
        """Let the threads end; what runs is finished first, what waits is cancelled."""
        for piece in self._queue.drain():
            piece.future.cancel()
        for _ in self._workers:
            self._queue.put(None)
        for worker in self._workers:
            worker.join()


def _expire(future: "asyncio.Future[Any]") -> None:
    if not future.done():
        future.set_exception(TimeoutError())
