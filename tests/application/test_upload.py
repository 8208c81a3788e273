"""The limits on bodies, with a server that delivers them when the test says so."""

import asyncio
from types import SimpleNamespace

import pytest
from fastapi import Request
from starlette.types import Message

from application.problems import ProblemError
from application.settings import FORM_ALLOWANCE_BYTES, MEBIBYTE, Settings
from application.utility.upload import limit_body

LIMIT = FORM_ALLOWANCE_BYTES + 100
CHUNKED = (b"transfer-encoding", b"chunked")


class Worker:
    """Takes uploads of at most :data:`LIMIT` bytes, and 1 MiB at the same time."""

    def __init__(self, seconds: float = 10) -> None:
        self.settings = Settings(body_seconds=seconds, body_memory_bytes=MEBIBYTE)
        self.app = SimpleNamespace(state=SimpleNamespace(body_bytes=0))

    def receive(
        self, header: tuple[bytes, bytes], *pieces: bytes, is_whole: bool = True, limit: int = 100
    ) -> asyncio.Task:
        messages: asyncio.Queue[Message] = asyncio.Queue()
        for left, piece in zip(range(len(pieces))[::-1], pieces, strict=True):
            messages.put_nowait({"type": "http.request", "body": piece, "more_body": left > 0 or not is_whole})
        request = Request({"type": "http", "headers": [header], "app": self.app}, messages.get)

        async def read() -> bytes:
            with limit_body(request, self.settings, limit) as limited:
                return await limited.body()

        return asyncio.create_task(read())


def declare(count: int) -> tuple[bytes, bytes]:
    return (b"content-length", str(count).encode())


def test_memory_is_reserved_while_a_body_is_handled_and_given_back() -> None:
    async def run() -> None:
        worker = Worker()
        first = worker.receive(CHUNKED, b"x", is_whole=False, limit=MEBIBYTE)  # reserves all that it may send
        await asyncio.sleep(0)
        with pytest.raises(ProblemError, match="too many large uploads"):
            await worker.receive(declare(80), b"x" * 80)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await worker.receive(declare(80), b"x" * 80) == b"x" * 80
        assert worker.app.state.body_bytes == 0

    asyncio.run(run())


@pytest.mark.parametrize(
    ("header", "pieces"), [(declare(LIMIT + 1), ()), (CHUNKED, (bytes(LIMIT), b"x"))], ids=["declared", "chunked"]
)
def test_a_large_body_is_refused_as_soon_as_it_is_known_to_be(
    header: tuple[bytes, bytes], pieces: tuple[bytes]
) -> None:
    async def run() -> None:
        with pytest.raises(ProblemError, match=f"larger than {LIMIT:,} bytes"):
            await Worker().receive(header, *pieces, is_whole=False)

    asyncio.run(run())


def test_a_slow_body_is_refused() -> None:
    async def run() -> None:
        with pytest.raises(ProblemError, match="only 1 bytes"):
            await Worker(seconds=0.05).receive(CHUNKED, b"x", is_whole=False)

    asyncio.run(run())
