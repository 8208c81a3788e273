"""The limits on bodies, with a server that delivers them when the test says so."""

import asyncio
from collections.abc import Iterable

import pytest
from starlette.types import Message, Receive, Scope, Send

from application.middleware import BodyLimits
from application.problems import ProblemError


class Upload:
    """A request whose pieces are put in one by one, read by an application behind the limits."""

    def __init__(self, limits: BodyLimits, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        scope = {"type": "http", "path": "/", "headers": list(headers)}
        self.task = asyncio.create_task(limits(scope, self._messages.get, lambda _: asyncio.sleep(0)))

    async def put(self, piece: bytes, *, more_body: bool = True) -> None:
        await self._messages.put({"type": "http.request", "body": piece, "more_body": more_body})
        await asyncio.sleep(0.01)


def make_limits(seconds: float = 10) -> BodyLimits:
    async def read_all(_: Scope, receive: Receive, __: Send) -> None:
        while (await receive()).get("more_body", False):
            pass

    return BodyLimits(read_all, maximum_bytes=100, exceptions={}, seconds=seconds, memory_bytes=150)


def declare(count: int) -> list[tuple[bytes, bytes]]:
    return [(b"content-length", str(count).encode())]


CHUNKED = [(b"transfer-encoding", b"chunked")]


def test_memory_is_reserved_while_a_body_is_handled_and_given_back() -> None:
    async def run() -> None:
        limits = make_limits()
        first = Upload(limits, CHUNKED)  # reserves all that it may send
        await first.put(b"x")
        second, small = Upload(limits, declare(80)), Upload(limits, declare(50))
        await asyncio.sleep(0.01)
        with pytest.raises(ProblemError, match="too many large uploads"):
            await second.task
        for upload in (small, first):
            await upload.put(b"x" * 50, more_body=False)
            await upload.task
        third = Upload(limits, declare(80))
        await third.put(b"x" * 80, more_body=False)
        await third.task

    asyncio.run(run())


@pytest.mark.parametrize(("headers", "sent"), [(declare(101), b""), (CHUNKED, b"x" * 101)], ids=["declared", "chunked"])
def test_a_large_body_is_refused_as_soon_as_it_is_known_to_be(headers: list[tuple[bytes, bytes]], sent: bytes) -> None:
    async def run() -> None:
        limits = make_limits()
        upload = Upload(limits, headers)
        await upload.put(sent)
        with pytest.raises(ProblemError, match="larger than 100 bytes"):
            await upload.task

    asyncio.run(run())


def test_a_slow_body_is_refused_but_not_a_slow_answer() -> None:
    async def run() -> None:
        limits = make_limits(seconds=0.05)
        upload = Upload(limits, CHUNKED)
        await upload.put(b"x")
        with pytest.raises(ProblemError, match="only 1 bytes"):
            await upload.task

        async def answer_late(_: Scope, receive: Receive, __: Send) -> None:
            await receive()
            await receive()  # whether the client has left

        late = Upload(BodyLimits(answer_late, 100, {}, 0.05, 150), CHUNKED)
        await late.put(b"x", more_body=False)
        await asyncio.sleep(0.1)
        assert not late.task.done()
        await late.put(b"", more_body=False)
        await late.task

    asyncio.run(run())
