"""Threads that decode: few, with a bounded queue that is first come, first served."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from application.metrics import PICTURES

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class QueueFullError(Exception):
    """All threads are busy and the queue is full."""


class DeadlineError(Exception):
    """The work did not end in time."""


class BoundedExecutor:
    """Runs CPU work beside the event loop: some pieces at the same time, while others wait for a thread."""

    def __init__(self, threads: int, waiting: int, seconds: float) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="decode")
        self._seconds = seconds
        self._places = threading.Semaphore(threads + waiting)

    async def run(
        self, function: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Result:
        """Run ``function`` in a thread; QueueFullError if no place is free, DeadlineError if it does not end in time.

        A thread cannot be interrupted: work that has begun keeps its place until it ends, also when
        nobody waits for it any more.
        """
        if not self._places.acquire(blocking=False):
            raise QueueFullError("too many pictures are waiting already: try again in a moment")
        PICTURES.inc()
        future = self._executor.submit(function, *arguments, **named)
        future.add_done_callback(self._give_back)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._seconds)
        except TimeoutError:
            raise DeadlineError(f"not classified within {self._seconds:g} s: try again later") from None

    def _give_back(self, _: "Future[Result]") -> None:
        PICTURES.dec()
        self._places.release()

    def close(self) -> None:
        """Let the threads end; what runs is finished first, what waits is cancelled."""
        self._executor.shutdown(cancel_futures=True)
