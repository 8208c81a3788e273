"""The HTTP protocol of the server, with a limit on what arrives before a request is understood.

uvicorn takes headers of any size in any time; here they are limited in both, and what cannot be
read is answered with a problem document. Used by ``python -m application``; also
``uvicorn main:app --http application.protocol:LimitedProtocol``.
"""

import asyncio
from functools import lru_cache
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from application.exchange import WHOLE_REQUEST
from application.problems import PROBLEM_MEDIA_TYPE, Problem
from application.settings import Settings
from application.transport import JoinedTransport

MAXIMUM_HEADER_BYTES: Final = 64 << 10
"""Request line and headers together, and trailers; browsers and proxies stay below 16 KiB."""

REASONS: Final = {400: "Bad Request", 408: "Request Timeout", 431: "Request Header Fields Too Large"}


@lru_cache(maxsize=1)
def read_header_seconds() -> float:
    """Time for a header to arrive, read once per worker."""
    return Settings().header_seconds


class LimitedProtocol(HttpToolsProtocol):
    """uvicorn's httptools protocol with a clock and a counter for headers."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._header_timer: asyncio.TimerHandle | None = None
        self._is_in_header = True
        self._silent_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock for the first header."""
        super().connection_made(JoinedTransport(transport, self.loop))  # type: ignore[arg-type]
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse; refuse what grows without ever becoming a request."""
        self._is_in_header = self.cycle is None or self.cycle.response_complete
        self._silent_bytes += len(data)
        super().data_received(data)
        if self._is_in_header and self._header_timer is None and not self.transport.is_closing():
            self._start_timer()  # the rest of the header is to come
        if self._silent_bytes > MAXIMUM_HEADER_BYTES and not self.transport.is_closing():
            self.refuse(431, f"expected at most {MAXIMUM_HEADER_BYTES:,} bytes of headers")

    def on_headers_complete(self) -> None:
        """Stop the clock: from here on the limits of the body hold."""
        self._stop_timer()
        self._is_in_header = False
        self._silent_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take the next bytes of a body."""
        self._silent_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Take the end of a body."""
        self._silent_bytes = 0
        self.scope["state"][WHOLE_REQUEST] = True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP with a problem document as well."""
        self.refuse(400, f"{msg} Expected HTTP/1.1")

    def refuse(self, status: int, detail: str) -> None:
        """Answer and close; where an answer has begun already, only close."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            reason = REASONS[status]
            content = Problem(type="about:blank", title=reason, status=status, detail=detail).model_dump_json(
                exclude_none=True
            )
            head = (
                f"HTTP/1.1 {status} {reason}\r\ncontent-type: {PROBLEM_MEDIA_TYPE}\r\n"
                f"content-length: {len(content.encode())}\r\nconnection: close\r\n\r\n"
            )
            self.transport.write((head + content).encode())
        self.transport.close()

    def _start_timer(self) -> None:
        self._header_timer = self.loop.call_later(read_header_seconds(), self._end_slow_header)

    def _stop_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _end_slow_header(self) -> None:
        self._header_timer = None
        if not self.transport.is_closing():
            self.refuse(408, f"expected the whole header within {read_header_seconds():g} s")
