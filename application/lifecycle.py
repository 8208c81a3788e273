"""Starting and stopping one worker: the model first, and a last word to who is still talking to it."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from time import monotonic
from typing import Any, Final

from fastapi import FastAPI

from application.runtime import Runtime
from src.errors import ModelError

QUIET_SECONDS: Final = 0.25
"""A worker that was asked nothing for so long, and has nothing in flight, need not wait any longer."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def make_lifespan(runtime: Runtime) -> Lifespan:
    """Make the lifespan of a worker that uses ``runtime``."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await runtime.start()
        watch = SignalWatch(runtime)
        watch.install()
        try:
            yield
        finally:
            watch.remove()
            runtime.stop()

    return lifespan


class SignalWatch:
    """What SIGTERM, SIGINT and SIGHUP do to a worker.

    After SIGTERM or SIGINT new requests are answered 503 with ``Connection: close`` until the
    clients are quiet or ``DRAIN_SECONDS`` are over; then the server's own handler closes the port
    and lets the requests in flight finish. A second signal ends the wait. SIGHUP reloads the model.

    Parameters
    ----------
    runtime
        The state of the worker.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._tasks: set[asyncio.Task[None]] = set()
        self._previous: dict[int, Any] = {}

    def install(self) -> None:
        """Take the signals over; a thread other than the main one receives none."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._previous[number] = signal.getsignal(number)
            loop.add_signal_handler(number, self._stop, number)
        self._previous[signal.SIGHUP] = signal.getsignal(signal.SIGHUP)
        loop.add_signal_handler(signal.SIGHUP, self._begin, self._reload)

    def remove(self) -> None:
        """Give the signals back."""
        loop = asyncio.get_running_loop()
        for number, handler in self._previous.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
        self._previous.clear()

    def _begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = asyncio.get_running_loop().create_task(work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _stop(self, number: int) -> None:
        if self._runtime.is_draining:
            self._hand_over(number)
            return
        self._runtime.is_draining = True
        self._runtime.logger.info("draining", signal=signal.Signals(number).name)

        async def drain() -> None:
            await self._wait_until_quiet()
            self._hand_over(number)

        self._begin(drain)

    def _hand_over(self, number: int) -> None:
        handler = self._previous.get(number)
        if callable(handler):
            handler(number, None)

    async def _wait_until_quiet(self) -> None:
        runtime, end = self._runtime, monotonic() + self._runtime.settings.drain_seconds
        asked = monotonic()
        while (now := monotonic()) < end:
            if runtime.requests_in_flight == 0 and now - max(asked, runtime.last_request) >= QUIET_SECONDS:
                return
            await asyncio.sleep(0.05)

    async def _reload(self) -> None:
        with suppress(ModelError):  # refused and logged; the old model stays
            await self._runtime.reload()
