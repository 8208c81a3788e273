"""The variants of /robots.txt."""

import asyncio
from collections.abc import AsyncIterator
from types import MappingProxyType
from typing import Final

from starlette.responses import PlainTextResponse, Response, StreamingResponse

TEXTS: Final = MappingProxyType(
    {
        "site": "User-agent: *\nDisallow: /api/*\n",
        "allow": "User-agent: *\nDisallow:\n",
        "disallow-all": "User-agent: *\nDisallow: /\n",
        "delay": "User-agent: *\nCrawl-delay: 1\nDisallow: /api/*\n",
    }
)


def answer_robots(variant: str) -> Response:
    """Return the answer of a variant.

    ``missing`` is 404, ``error`` 500, ``refused`` 429, ``garbage`` bytes that are no text; ``drip`` and
    ``endless`` never end, the one slowly, the other fast.
    """
    if variant == "refused":
        return PlainTextResponse("Too Many Requests", status_code=429)
    if variant in ("drip", "endless"):
        return StreamingResponse(_write_without_end(1.0 if variant == "drip" else 0.0), media_type="text/plain")
    if variant == "missing":
        return PlainTextResponse("Not Found", status_code=404)
    if variant == "error":
        return PlainTextResponse("Internal Server Error", status_code=500)
    if variant == "garbage":
        return Response(bytes(range(256)) * 4 + b"\nUser-agent\nDisallow /\n", media_type="text/plain")
    return PlainTextResponse(TEXTS[variant])


async def _write_without_end(pause_seconds: float) -> AsyncIterator[bytes]:
    while True:
        yield b"# a comment\n" * (1 if pause_seconds else 5000)
        await asyncio.sleep(pause_seconds)
