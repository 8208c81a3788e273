"""Threads that decode: few, with a queue that is first come, first served, and bounded."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

__all__ = ["PoolFullError", "WorkPool"]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class PoolFullError(Exception):
    """All threads are busy and the queue is full."""


class WorkPool:
    """Runs CPU work beside the event loop.

    Parameters
    ----------
    threads
        How many pieces of work run at the same time.
    waiting
        How many may wait for a thread.
    watch
        Called with +1 and -1 as work comes and goes.
    """

    def __init__(self, threads: int, waiting: int, watch: Callable[[int], None] = lambda _: None) -> None:
        self.threads = threads
        self._executor = ThreadPoolExecutor(threads, "decode")
        self._limit = threads + waiting
        self._pending = 0
        self._lock = threading.Lock()
        self._watch = watch

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
        with self._lock:
            if self._pending >= self._limit:
                raise PoolFullError
            self._pending += 1
        self._watch(+1)
        future = self._executor.submit(function, *arguments, **named)
        future.add_done_callback(self._release)
        async with asyncio.timeout(seconds):
            return await asyncio.wrap_future(future)

    def _release(self, _: Future[Any]) -> None:
        with self._lock:
            self._pending -= 1
        self._watch(-1)

    def close(self) -> None:
        """Let the threads end; what runs is finished first."""
        self._executor.shutdown(wait=True, cancel_futures=True)
