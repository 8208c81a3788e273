"""The layer between server and site that counts requests and makes them go wrong.

Which requests a fault may strike: a block strikes everything but images; consent strikes pages;
slow answers and dropped connections strike pages, lists and images.
"""

import asyncio
import contextlib
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.gallery.site.faults import Draw, Faults
from src.gallery.site.pages import PageWriter
from src.gallery.site.shared_state import SharedState

CONSENT_COOKIE: Final = "SOCS"
CLOSING_SECONDS: Final = 5.0
CHANGING_PARAMETERS: Final = frozenset({"_reqid"})
"""Query parameters that differ from call to call and say nothing about what is asked for."""


def classify_path(path: str) -> str:
    """Return what a request is counted as (see ``REQUEST_KINDS``)."""
    if path.startswith("/ci/"):
        return "image"
    if path.startswith("/asset/"):
        return "asset"
    if path.startswith("/api/assets/"):
        return "list"
    if path.startswith("/api/"):
        return "api"
    if path in {"/", "/color"}:
        return "page"
    return "robots" if path == "/robots.txt" else "other"


class Misbehaviour:
    """ASGI layer that applies the faults which do not depend on what a page holds.

    Parameters
    ----------
    site
        The application behind.
    faults
        What goes wrong.
    state
        Counters shared by all workers.
    writer
        Writes the captcha page.
    """

    def __init__(self, site: ASGIApp, faults: Faults, state: SharedState, writer: PageWriter) -> None:
        self._site = site
        self._faults = faults
        self._state = state
        self._writer = writer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or spoil its answer."""
        if scope["type"] != "http":
            await self._site(scope, receive, send)
            return
        path = scope["path"]
        kind = classify_path(path)
        self._state.count_request(kind)
        identity = _identify(scope)
        attempt = self._state.count_attempt(identity) if self._faults.is_drawn and kind != "other" else 0
        draw = Draw(self._faults, identity, attempt)
        scope.setdefault("state", {})["draw"] = draw
        if path == "/sorry/index":
            await self._show_captcha(scope, receive, send)
            return
        if kind not in {"image", "other"} and self._is_blocked(draw):
            self._state.count_request("blocked")
            await self._refuse(kind, scope, receive, send)
            return
        if kind in {"page", "asset"} and draw.happens("consent") and not _has_consent(scope):
            target = quote(_address(scope), safe="")
            await RedirectResponse(f"/consent/m?continue={target}", status_code=302)(scope, receive, send)
            return
        if kind in {"page", "asset", "list", "image"}:
            if draw.happens("slow"):
                await asyncio.sleep(self._faults.slow_seconds)
            if draw.happens("drop"):
                await self._drop(draw, scope, receive, send)
                return
        answer: ASGIApp = self._site
        if kind in {"page", "asset", "list"} and draw.happens("refused"):
            answer = PlainTextResponse("Refused", status_code=self._faults.refused_status)
        elif kind == "list" and draw.happens("list_error"):
            answer = PlainTextResponse("Internal Server Error", status_code=500)
        await answer(scope, receive, send)

    def _is_blocked(self, draw: Draw) -> bool:
        if not self._faults.block_after and not self._faults.block:
            return False
        return self._state.check_block(
            self._faults.block_after, self._faults.block_seconds, starts_now=draw.happens("block")
        )

    async def _refuse(self, kind: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a browser to the captcha page; answer 429 where a redirect would not be followed."""
        if kind in {"page", "asset"}:
            target = quote(_address(scope), safe="")
            await RedirectResponse(f"/sorry/index?continue={target}", status_code=302)(scope, receive, send)
        else:
            page = self._writer.write_captcha(_address(scope))
            headers = {"Retry-After": self._faults.retry_after} if self._faults.retry_after else None
            await HTMLResponse(page, status_code=429, headers=headers)(scope, receive, send)

    async def _show_captcha(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the captcha page while the block lasts; afterwards lead back."""
        target = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("continue", "/")
        if self._state.is_blocked:
            await HTMLResponse(self._writer.write_captcha(target), status_code=429)(scope, receive, send)
        else:
            await RedirectResponse(local_target(target), status_code=302)(scope, receive, send)

    async def _drop(self, draw: Draw, scope: Scope, receive: Receive, send: Send) -> None:
        """Close the connection before the first byte, or after half of the body."""
        # uvicorn does not offer the connection to applications; its receive is bound to the cycle
        # that holds it. Under another server the answer merely ends early.
        transport: Any = getattr(getattr(receive, "__self__", None), "transport", None)
        if draw.toss(f"drop-early|{draw.identity}#{draw.attempt}") < 0.5 and transport is not None:
            transport.abort()
            await _wait_until_closed(receive)
            return

        async def send_half(message: Message) -> None:
            if message["type"] == "http.response.body":
                body = message.get("body", b"")
                await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
                if transport is not None:
                    transport.close()
                    await _wait_until_closed(receive)
                return
            await send(message)

        await self._site(scope, receive, send_half)


async def _wait_until_closed(receive: Receive) -> None:
    """Return when the server knows of the closed connection; it would call an answer that ended before a mistake."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSING_SECONDS):
            while (await receive())["type"] != "http.disconnect":
                pass


def local_target(target: str) -> str:
    """Return ``target`` if it is a path of this site, else the start page."""
    return target if target.startswith("/") and not target.startswith("//") else "/"


def _address(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    path = quote(scope["path"], safe="/=-_,")
    return f"{path}?{query}" if query else path


def _identify(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    if not query:
        return str(scope["path"])
    kept = sorted((name, value) for name, value in parse_qsl(query) if name not in CHANGING_PARAMETERS)
    return f"{scope['path']}?{urlencode(kept)}"


def _has_consent(scope: Scope) -> bool:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    return any(part.strip().startswith(f"{CONSENT_COOKIE}=") for part in cookies.split(";"))
