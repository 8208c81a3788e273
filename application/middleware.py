"""What stands around every request: its id, security headers, log line and figures."""

import random
import re
from time import perf_counter
from typing import Any, Final

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.log import Logger
from application.metrics import REQUEST_BYTES, REQUEST_SECONDS, REQUESTS
from application.problems import answer_error

SECURITY_HEADERS: Final = {
    # data: is for the icons of Swagger UI's style sheet
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
CLIENT_LEFT: Final = 499


class RequestContext:
    """Gives a request its id, and its answer security headers, a line in the log and a place in the figures.

    HEAD is answered as GET; the server leaves the body out. An error that nobody expected is logged
    with its traceback and answered with a problem document.
    """

    def __init__(self, app: ASGIApp, logger: Logger) -> None:
        self._app = app
        self._logger = logger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        method, status, received, sent = scope["method"], CLIENT_LEFT, 0, 0
        if method == "HEAD":
            scope = {**scope, "method": "GET"}
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else f"{random.getrandbits(64):016x}"
        state: dict[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return message

        async def send_on(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive_counted, send_on)
        except Exception as error:
            self._logger.error("failure", request_id=request_id, path=scope["path"][:200], exc_info=error)
            if status != CLIENT_LEFT:
                raise
            await (await answer_error(Request(scope), error))(scope, receive, send_on)
        finally:
            seconds, route = perf_counter() - started, _name_route(scope)
            REQUESTS.labels(method, route, str(status)).inc()
            REQUEST_SECONDS.labels(route).observe(seconds)
            if received:
                REQUEST_BYTES.labels(route).observe(received)
            log = self._logger.warning if status >= 500 else self._logger.info
            log(
                "request",
                request_id=request_id,
                method=method,
                path=scope["path"][:200],
                status=status,
                outcome=state.get("outcome", "ok"),
                received_bytes=received,
                sent_bytes=sent,
                milliseconds=round(seconds * 1000, 2),
            )


def _name_route(scope: Scope) -> str:
    """Name the pattern of the address: few values, whatever is asked."""
    path = getattr(scope.get("route"), "path", None)
    if path is None and "app_root_path" in scope:  # within something mounted, such as /static
        path = scope["root_path"].removeprefix(scope["app_root_path"])
    return path or "unmatched"
