"""One request and its answer, as the gateway, the handlers and the log see them."""

import random
import re
from time import perf_counter
from typing import Final

from starlette.types import Message, Receive, Scope

WHOLE_REQUEST: Final = "whole_request"
"""Is in the state of a request whose body the server has taken in to its end: nobody has to wait for it."""

REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
METHODS_WITHOUT_LABEL: Final = "OTHER"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Exchange:
    """What is known of one request while it is answered.

    Attributes
    ----------
    request_id
        Taken from ``X-Request-ID`` if it is a plain word of at most 64 characters, else made.
    content_type, authorization
        The headers of these names, empty if not sent.
    declared_bytes
        ``Content-Length``, None if not sent (chunked).
    received_bytes, sent_bytes
        Bytes of the bodies so far.
    body_finished
        Whether the whole body of the request has arrived.
    status
        Of the answer; 499 where the client left before it.
    outcome
        For the log and the metrics: a colour, the slug of a problem, or ``ok``.
    """

    __slots__ = (
        "authorization",
        "body_finished",
        "content_type",
        "declared_bytes",
        "expects_continue",
        "method",
        "outcome",
        "path",
        "receive_message",
        "received_bytes",
        "request_id",
        "scope",
        "sent_bytes",
        "started",
        "status",
    )

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.started = perf_counter()
        self.scope = scope
        self.receive_message = receive
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.content_type = b""
        self.authorization = b""
        self.declared_bytes: int | None = None
        self.received_bytes = 0
        self.sent_bytes = 0
        self.status = 499
        self.outcome = "disconnected"
        self.expects_continue = False
        request_id = b""
        has_body = False
        for name, value in scope["headers"]:
            if name == b"content-type":
                self.content_type = value
            elif name == b"content-length":
                self.declared_bytes = int(value) if value.isdigit() else None
                has_body = has_body or self.declared_bytes != 0
            elif name == b"transfer-encoding":
                has_body = True
            elif name == b"authorization":
                self.authorization = value
            elif name == b"x-request-id":
                request_id = value
            elif name == b"expect":
                self.expects_continue = True
        self.body_finished = not has_body
        self.request_id = request_id.decode() if request_id and REQUEST_ID.fullmatch(request_id) else _make_id()

    async def receive(self) -> Message:
        """Receive a message of the request, counting its bytes."""
        message = await self.receive_message()
        if message["type"] == "http.request":
            self.received_bytes += len(message.get("body", b""))
            self.body_finished = self.body_finished or not message.get("more_body", False)
        else:
            self.body_finished = True
        return message

    @property
    def is_whole(self) -> bool:
        """Whether all of the request is here, received or about to be without any waiting."""
        return self.body_finished or WHOLE_REQUEST in self.scope.get("state", ())

    @property
    def is_body_small(self) -> bool:
        """Whether what has not arrived of the body is so little that the connection is worth keeping."""
        declared = self.declared_bytes
        return not self.body_finished and not self.expects_continue and declared is not None and declared <= 1 << 16

    @property
    def route(self) -> str:
        """The pattern of the address, ``unmatched`` if there is none: few values, whatever is asked."""
        path = getattr(self.scope.get("route"), "path", None)
        if path is None and "app_root_path" in self.scope:  # within something mounted, such as /static
            path = self.scope["root_path"].removeprefix(self.scope["app_root_path"])
        return path or "unmatched"

    @property
    def method_label(self) -> str:
        """The method, if it is one of HTTP's own."""
        return self.method if self.method in METHODS else METHODS_WITHOUT_LABEL

    @property
    def seconds(self) -> float:
        """Since the header was there."""
        return perf_counter() - self.started


def _make_id() -> str:
    """Make an id that is not used twice; nobody has to be unable to guess it."""
    return f"{random.getrandbits(64):016x}"  # not `secrets`: asking the kernel takes longer than all else here
