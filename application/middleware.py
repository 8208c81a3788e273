"""What stands around every request: its id, security headers, log line and figures; and limits on its body."""

import asyncio
import random
import re
from collections.abc import Mapping
from time import perf_counter
from typing import Any, Final

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.log import Logger
from application.metrics import REQUEST_BYTES, REQUEST_SECONDS, REQUESTS
from application.problems import ProblemError, answer_error

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""``data:`` is for the icons of Swagger UI's style sheet."""

SECURITY_HEADERS: Final = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
CLIENT_LEFT: Final = 499


class RequestContext:
    """Gives a request its id, and its answer security headers, a line in the log and a place in the figures.

    HEAD is answered as GET; the server leaves the body out. An error that nobody expected is logged
    with its traceback and answered with a problem document.

    Parameters
    ----------
    app
        The application within.
    logger
        Of the service.
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
        state: dict[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id = _read_id(Headers(scope=scope).get("x-request-id", ""))

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
            REQUESTS.labels(method if method in METHODS else "OTHER", route, str(status)).inc()
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


def _read_id(given: str) -> str:
    """Take the client's id if it is a plain word, else make one; nobody has to be unable to guess it."""
    return given if REQUEST_ID.fullmatch(given) else f"{random.getrandbits(64):016x}"


def _name_route(scope: Scope) -> str:
    """Name the pattern of the address: few values, whatever is asked."""
    path = getattr(scope.get("route"), "path", None)
    if path is None and "app_root_path" in scope:  # within something mounted, such as /static
        path = scope["root_path"].removeprefix(scope["app_root_path"])
    return path or "unmatched"


class BodyLimits:
    """Refuses a body that is too large or too slow, while it is received, declared or chunked.

    FastAPI's own ``max_body_size`` answers outside of every middleware and in plain text: without a
    problem document, a request id and a line in the log; and it knows neither time nor memory.

    Parameters
    ----------
    app
        The application within.
    maximum_bytes
        Of a body.
    exceptions
        What holds instead for some addresses (without a proxy's prefix).
    seconds
        Time for the whole body to arrive.
    memory_bytes
        Of all bodies that are being handled in this worker.
    """

    def __init__(
        self, app: ASGIApp, maximum_bytes: int, exceptions: Mapping[str, int], seconds: float, memory_bytes: int
    ) -> None:
        self._app = app
        self._maximum_bytes = maximum_bytes
        self._exceptions = exceptions
        self._seconds = seconds
        self._free_bytes = memory_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        limit = self._exceptions.get(path, self._maximum_bytes)
        length = Headers(scope=scope).get("content-length", "")
        declared = int(length) if length.isdecimal() else None
        received = reserved = 0
        deadline: float | None = None
        is_whole = False

        async def receive_limited() -> Message:
            nonlocal received, reserved, deadline, is_whole
            if is_whole:
                return await receive()
            if deadline is None:  # the first time
                deadline = asyncio.get_running_loop().time() + self._seconds
                if declared is not None and declared > limit:
                    raise _refuse_size(limit)
                wanted = limit if declared is None and "transfer-encoding" in Headers(scope=scope) else declared or 0
                if wanted > self._free_bytes:
                    raise ProblemError("overloaded", "too many large uploads at the same time; try again in a moment")
                reserved = wanted
                self._free_bytes -= reserved
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                detail = f"only {received:,} bytes of the body arrived within {self._seconds:g} s"
                raise ProblemError("slow-body", detail, {"connection": "close"}) from None
            received += len(message.get("body", b""))
            if received > limit:
                raise _refuse_size(limit)
            is_whole = not message.get("more_body", False)
            return message

        try:
            await self._app(scope, receive_limited, send)
        finally:
            self._free_bytes += reserved


def _refuse_size(limit: int) -> ProblemError:
    detail = f"the upload is larger than {limit:,} bytes: send a smaller or more compressed file"
    return ProblemError("body-too-large", detail)
