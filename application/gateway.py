"""The outermost layer: request ids, headers, the log, the figures, and the way out."""

import asyncio
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.exchange import Exchange
from application.logs import RequestLog
from application.problems import ProblemError, describe_failure
from application.runtime import Runtime

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

SECURITY_HEADERS: Final = tuple(
    (name.encode(), value.encode())
    for name, value in {
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
    }.items()
)

LINGER_SECONDS: Final = 1.0
LINGER_BYTES: Final = 8 << 20
"""After a refusal what the client still sends is read and dropped, within these bounds.

A connection closed with bytes unread is reset, and many clients then show the reset instead of the
answer (RFC 9112, section 9.6).
"""


class Gateway:
    """The ASGI application around everything else.

    Parameters
    ----------
    app
        The application within.
    runtime
        The state of the worker.
    """

    def __init__(self, app: ASGIApp, runtime: Runtime) -> None:
        self._app = app
        self._runtime = runtime
        self._log = RequestLog(runtime.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass a lifespan through with its refusal in plain words."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope, receive)
        scope["exchange"] = exchange
        answer = Answer(exchange, send, self._runtime)
        self._runtime.begin_request()
        try:
            if self._runtime.is_draining and not scope["path"].startswith("/health/"):
                problem = ProblemError("shutting-down", "the service is being stopped and takes no new requests")
                exchange.outcome = problem.kind.slug
                await problem.respond(exchange.request_id)(scope, exchange.receive, answer.send)
            else:
                await self._app(scope, exchange.receive, answer.send)
        except Exception as error:  # noqa: BLE001 - a worker's border: one request must not end the others
            self._log.write_failure(exchange, error)
            exchange.outcome = "internal-error"
            if not answer.has_begun:
                await describe_failure().respond(exchange.request_id)(scope, exchange.receive, answer.send)
        finally:
            self._runtime.end_request(exchange)
            self._log.write(exchange)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the lifespan; what our own errors say is told instead of their traceback."""

        async def tell(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed" and self._runtime.refusal:
                message = {**message, "message": f"refusing to start: {self._runtime.refusal}"}
            await send(message)

        await self._app(scope, receive, tell)


class Answer:
    """Sends the answer of one exchange."""

    __slots__ = ("_exchange", "_runtime", "_send", "has_begun")

    def __init__(self, exchange: Exchange, send: Send, runtime: Runtime) -> None:
        self._exchange = exchange
        self._runtime = runtime
        self._send = send
        self.has_begun = False

    async def send(self, message: Message) -> None:
        """Send a message with our headers; after a refusal let the client finish what it sends."""
        exchange = self._exchange
        if message["type"] == "http.response.start":
            self.has_begun = True
            exchange.status = message["status"]
            if exchange.outcome == "disconnected":
                exchange.outcome = "ok" if exchange.status < 400 else "error"
            if exchange.is_body_small:
                await self._linger()
            headers: list[tuple[bytes, bytes]] = [*message.get("headers", ()), *SECURITY_HEADERS]
            headers.append((b"x-request-id", exchange.request_id.encode()))
            if not exchange.body_finished or self._runtime.is_draining:
                headers.append((b"connection", b"close"))
            await self._send({**message, "headers": headers})
            return
        if message["type"] == "http.response.body":
            exchange.sent_bytes += len(message.get("body", b""))
            if not message.get("more_body", False) and not exchange.body_finished and not exchange.expects_continue:
                await self._send({**message, "more_body": True})
                await self._linger()
                message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def _linger(self) -> None:
        exchange = self._exchange
        end = exchange.received_bytes + LINGER_BYTES
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while not exchange.body_finished and exchange.received_bytes < end:
                    await exchange.receive()
        except TimeoutError:
            return
