"""How answers go wrong: the layer between server and site, which counts requests, and spoiled images and robots.txt.

Which requests a fault of the layer may strike: a block strikes everything but images; consent strikes pages;
slow answers and dropped connections strike pages, lists and images. What is odd within a page stands in its template.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.gallery.site.faults import Draw, Faults
from src.gallery.site.pages import render
from src.gallery.site.shared_state import SharedState

CONSENT_COOKIE: Final = "SOCS"
CLOSING_SECONDS: Final = 5.0

KINDS: Final = {
    "/ci/": "image",
    "/asset/": "asset",
    "/api/assets/": "list",
    "/api/": "api",
    "/robots.txt": "robots",
    "/color": "page",
}

ROBOTS_ANSWERS: Final[dict[str, tuple[int, str | bytes]]] = {
    "site": (200, "User-agent: *\nDisallow: /api/*\n"),
    "allow": (200, "User-agent: *\nDisallow:\n"),
    "disallow-all": (200, "User-agent: *\nDisallow: /\n"),
    "delay": (200, "User-agent: *\nCrawl-delay: 1\nDisallow: /api/*\n"),
    "garbage": (200, bytes(range(256)) * 4 + b"\nUser-agent\nDisallow /\n"),
    "refused": (429, "Too Many Requests"),
    "missing": (404, "Not Found"),
    "error": (500, "Internal Server Error"),
}


def classify_path(path: str) -> str:
    """Return what a request is counted as (see ``REQUEST_KINDS``)."""
    if path in {"/", *KINDS}:
        return KINDS.get(path, "page")
    return next((kind for start, kind in KINDS.items() if start.endswith("/") and path.startswith(start)), "other")


class Misbehaviour:
    """ASGI layer that applies the faults which do not depend on what a page holds."""

    def __init__(self, site: ASGIApp, faults: Faults, state: SharedState) -> None:
        self._site = site
        self._faults = faults
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or spoil its answer."""
        if scope["type"] != "http":
            await self._site(scope, receive, send)
            return
        request = Request(scope)
        kind = classify_path(scope["path"])
        self._state.count_request(kind)
        identity = _identify(request)
        attempt = self._state.count_attempt(identity) if self._faults.is_drawn and kind != "other" else 0
        draw = request.state.draw = Draw(self._faults, f"{identity}#{attempt}")
        answer = self._replace(request, kind, draw)
        if answer is None and kind in {"page", "asset", "list", "image"}:
            if draw.happens("slow"):
                await asyncio.sleep(self._faults.slow_seconds)
            if draw.happens("drop"):
                await self._drop(draw, scope, receive, send)
                return
            if kind != "image" and draw.happens("refused"):
                answer = PlainTextResponse("Refused", status_code=self._faults.refused_status)
            elif kind == "list" and draw.happens("list_error"):
                answer = PlainTextResponse("Internal Server Error", status_code=500)
        await (answer or self._site)(scope, receive, send)

    def _replace(self, request: Request, kind: str, draw: Draw) -> Response | None:
        """Return the captcha page or the consent form where they stand in the way."""
        faults, state, address = self._faults, self._state, _address(request)
        if request.scope["path"] == "/sorry/index":
            target = request.query_params.get("continue", "/")
            # The page stands while the block lasts, and leads back afterwards.
            return _show_captcha(target) if state.is_blocked else RedirectResponse(local_target(target), 302)
        can_block = kind not in {"image", "other"} and (faults.block_after or faults.block)
        if can_block and state.check_block(faults.block_after, faults.block_seconds, starts_now=draw.happens("block")):
            state.count_request("blocked")
            if kind in {"page", "asset"}:
                return RedirectResponse(f"/sorry/index?continue={quote(address, safe='')}", 302)
            return _show_captcha(address, faults.retry_headers)
        if kind in {"page", "asset"} and draw.happens("consent") and CONSENT_COOKIE not in request.cookies:
            return RedirectResponse(f"/consent/m?continue={quote(address, safe='')}", 302)
        return None

    async def _drop(self, draw: Draw, scope: Scope, receive: Receive, send: Send) -> None:
        """Close the connection before the first byte, or after half of the body."""
        # uvicorn does not offer the connection to applications; its receive is bound to the cycle
        # that holds it. Under another server the answer merely ends early.
        transport: Any = getattr(getattr(receive, "__self__", None), "transport", None)
        if draw.toss(f"drop-early|{draw.question}") < 0.5 and transport is not None:
            transport.abort()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSING_SECONDS):
                    while (await receive())["type"] != "http.disconnect":
                        pass
            return

        async def send_half(message: Message) -> None:
            if message["type"] == "http.response.body":
                body = message.get("body", b"")
                message = {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
            await send(message)

        await self._site(scope, receive, send_half)  # the server closes a connection whose answer is not whole


def answer_robots(variant: str) -> Response:
    """Answer robots.txt: a text, a failure, or bytes without end, slowly or fast."""
    comment = b"# a comment\n"
    if variant == "drip":
        return StreamingResponse(_write_without_end(comment, 1.0), media_type="text/plain")
    if variant == "endless":
        return StreamingResponse(_write_without_end(comment * 5000, 0.0), media_type="text/plain")
    status, text = ROBOTS_ANSWERS[variant]
    return PlainTextResponse(text, status_code=status)


def replace_image(request: Request, draw: Draw, name: str) -> Response | None:
    """Return what stands for an image, by its artwork's name, where a fault wants an answer that leads nowhere."""
    if draw.happens("image_gone", subject=name):
        return PlainTextResponse("Not Found", status_code=404)
    if draw.happens("image_refused"):
        return PlainTextResponse("Too Many Requests", status_code=429, headers=draw.faults.retry_headers)
    if draw.happens("image_loop", subject=name):
        return RedirectResponse(str(request.url), status_code=302)
    for fault, piece, pause in (("image_drip", b"\xff", 1.0), ("image_endless", bytes(1 << 16), 0.0)):
        if draw.happens(fault, subject=name):
            return StreamingResponse(_write_without_end(piece, pause), media_type="image/jpeg")
    return None


def spoil_image(content: bytes, draw: Draw) -> bytes:
    """Return the bytes that are sent for an image's."""
    if draw.happens("image_empty"):
        return b""
    if draw.happens("image_not_image"):
        return b"<!DOCTYPE html><html><body>Something went wrong.</body></html>"
    if draw.happens("image_truncated"):
        return content[: len(content) // 2]
    return content


async def _write_without_end(piece: bytes, pause_seconds: float) -> AsyncIterator[bytes]:
    while True:
        yield piece
        await asyncio.sleep(pause_seconds)


def _show_captcha(address: str, headers: dict[str, str] | None = None) -> Response:
    return HTMLResponse(render("sorry.html", address=address), status_code=429, headers=headers)


def local_target(target: str) -> str:
    """Return ``target`` if it is a path of this site, else the start page."""
    return target if target.startswith("/") and not target.startswith("//") else "/"


def _address(request: Request) -> str:
    path, query = quote(request.scope["path"], safe="/=-_,"), request.url.query
    return f"{path}?{query}" if query else path


def _identify(request: Request) -> str:
    """Name what is asked for: path and query without the number that differs from call to call."""
    path, query = request.scope["path"], request.url.query
    kept = sorted(pair for pair in parse_qsl(query) if pair[0] != "_reqid")
    return f"{path}?{urlencode(kept)}" if query else str(path)
