"""The variants of /robots.txt."""

from types import MappingProxyType
from typing import Final

from starlette.responses import PlainTextResponse, Response

TEXTS: Final = MappingProxyType(
    {
        "site": "User-agent: *\nDisallow: /api/*\n",
        "allow": "User-agent: *\nDisallow:\n",
        "disallow-all": "User-agent: *\nDisallow: /\n",
        "delay": "User-agent: *\nCrawl-delay: 1\nDisallow: /api/*\n",
    }
)


def answer_robots(variant: str) -> Response:
    """Return the answer of a variant: ``missing`` is 404, ``error`` 500, ``garbage`` bytes that are no text."""
    if variant == "missing":
        return PlainTextResponse("Not Found", status_code=404)
    if variant == "error":
        return PlainTextResponse("Internal Server Error", status_code=500)
    if variant == "garbage":
        return Response(bytes(range(256)) * 4 + b"\nUser-agent\nDisallow /\n", media_type="text/plain")
    return PlainTextResponse(TEXTS[variant])
