"""The memory that the bodies of a worker may take together, with a server that delivers them when the test says so."""

import asyncio
from types import SimpleNamespace

import pytest
from fastapi import Request
from starlette.types import Message

from application.problems import ProblemError
from application.settings import MEBIBYTE, Settings
from application.utility.upload import limit_body

CHUNKED = (b"transfer-encoding", b"chunked")
DECLARED = (b"content-length", b"80")
SETTINGS = Settings(body_memory_bytes=MEBIBYTE)


def test_memory_is_reserved_while_a_body_is_handled_and_given_back() -> None:
    app = SimpleNamespace(state=SimpleNamespace(body_bytes=0))

    def receive(header: tuple[bytes, bytes], *messages: Message) -> asyncio.Task:
        queue: asyncio.Queue[Message] = asyncio.Queue()
        for message in messages:
            queue.put_nowait({"type": "http.request", **message})

        async def read() -> bytes:
            request = Request({"type": "http", "headers": [header], "app": app}, queue.get)
            with limit_body(request, SETTINGS, MEBIBYTE) as limited:
                return await limited.body()

        return asyncio.create_task(read())

    async def run() -> None:
        first = receive(CHUNKED, {"body": b"x", "more_body": True})  # reserves all that it may send
        await asyncio.sleep(0)
        with pytest.raises(ProblemError, match="too many large uploads"):
            await receive(DECLARED, {"body": b"x" * 80})
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await receive(DECLARED, {"body": b"x" * 80}) == b"x" * 80
        assert app.state.body_bytes == 0

    asyncio.run(run())
