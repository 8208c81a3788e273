"""A load client that costs little, prepared requests over kept connections; and uploads without end."""

import select
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

BOUNDARY = "7d1c6f1e0b5a"
SMALLEST_READ = 1 << 16


@dataclass
class LoadResult:
    """What a run of requests gave.

    Attributes
    ----------
    seconds
        Wall-clock time of the run.
    latencies
        Seconds of each answered request.
    statuses
        Number of answers by HTTP status.
    broken
        Requests that were sent whole and got no whole answer.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """Seconds below which ``share`` of the answers lie."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def build_request(path: str, body: bytes, content_type: str, *, method: str = "POST", headers: str = "") -> bytes:
    """Build a whole HTTP/1.1 request."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n{headers}\r\n"
    )
    return head.encode() + body


def build_form_request(path: str, picture: bytes, *, field_name: str = "file") -> bytes:
    """Build a request with one picture in a multipart form, as curl and browsers send it."""
    part = (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name={field_name!r}; filename='a.jpg'\r\n"
        "Content-Type: image/jpeg\r\n\r\n"
    ).replace("'", '"')
    body = part.encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()
    return build_request(path, body, f"multipart/form-data; boundary={BOUNDARY}")


class Client:
    """One keep-alive connection that asks again as soon as it has its answer."""

    def __init__(self, port: int, requests: Sequence[bytes], first: int) -> None:
        self._port = port
        self._requests = requests
        self._next = first
        self._buffer = b""
        self._expected = -1
        self.sent = self.received = 0.0
        self.connect()

    def connect(self) -> None:
        """Open the connection again."""
        self.socket = socket.create_connection(("127.0.0.1", self._port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        """Send the next request."""
        request = self._requests[self._next % len(self._requests)]
        self._next += 1
        self._buffer, self._expected = b"", -1
        self.sent = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> tuple[int, bool] | None:
        """Status and whether the server closes, when the answer is whole; None before that."""
        data = self.socket.recv(SMALLEST_READ)
        self.received = time.perf_counter()
        if not data:
            raise ConnectionError("closed before the answer was whole")
        self._buffer = self._buffer + data if self._buffer else data
        if self._expected < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = self._buffer[:end].lower()
            start = head.index(b"content-length: ") + 16
            self._expected = end + 4 + int(head[start : head.find(b"\r", start) if b"\r" in head[start:] else None])
        if len(self._buffer) < self._expected:
            return None
        return int(self._buffer[9:12]), b"connection: close" in self._buffer[:2048].lower()


def run_load(
    port: int,
    requests: Sequence[bytes],
    *,
    clients: int,
    seconds: float = float("inf"),
    count: int | None = None,
    reconnect: bool = True,
) -> LoadResult:
    """Send prepared requests in turn from several connections at once.

    Parameters
    ----------
    port
        Of the service on 127.0.0.1.
    requests
        Whole requests, sent in turn.
    clients
        Connections; each asks again when it has its answer.
    seconds, count
        When to stop asking: after a time, or a number of requests.
    reconnect
        Whether a connection that the server closes after an answer is opened again.
    """
    result, selector = LoadResult(), selectors.DefaultSelector()
    started = time.perf_counter()
    asked = 0

    def ask(client: Client) -> None:
        nonlocal asked
        client.ask()
        asked += 1

    for number in range(clients):
        client = Client(port, requests, first=number)
        selector.register(client.socket, selectors.EVENT_READ, client)
        ask(client)
    while selector.get_map():
        for key, _ in selector.select(60) or [(None, 0)]:
            if key is None:
                raise TimeoutError("no answer within 60 s")
            client = key.data
            try:
                answer = client.read()
            except OSError:
                result.broken += 1
                selector.unregister(client.socket)
                client.socket.close()
                continue
            if answer is None:
                continue
            now = client.received
            result.latencies.append(now - client.sent)
            status, closes = answer
            result.statuses[status] += 1
            is_over = now - started >= seconds or (count is not None and asked >= count)
            if closes or is_over:
                selector.unregister(client.socket)
                client.socket.close()
                if is_over or not reconnect:
                    continue
                client.connect()
                selector.register(client.socket, selectors.EVENT_READ, client)
            try:
                ask(client)
            except OSError:
                selector.unregister(client.socket)
                client.socket.close()
    result.seconds = time.perf_counter() - started
    return result


PIECE = b"\xff\xd8\xff\xe0" + b"\xa5" * ((1 << 16) - 4)


def send_endless_body(port: int, size: int, *, chunked: bool, form: bool) -> tuple[int, int]:
    """Upload ``size`` bytes until the service answers.

    Parameters
    ----------
    port
        Of the service on 127.0.0.1.
    size
        Bytes to send.
    chunked
        Whether the size is kept from the service.
    form
        Whether the bytes are a file in a multipart form, or the body itself.

    Returns
    -------
    tuple of int and int
        HTTP status of the answer, 0 if the connection was closed without one; bytes sent by then.
    """
    sent = 0
    connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def make_body() -> Iterator[bytes]:
        nonlocal sent
        if form:
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        while sent < size and not select.select([connection.sock], [], [], 0)[0]:
            sent += len(PIECE)
            yield PIECE

    headers = {"Content-Type": "multipart/form-data; boundary=x" if form else "image/jpeg"}
    headers |= {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(size)}
    try:
        connection.request("POST", "/img_classify", make_body(), headers, encode_chunked=chunked)
        return connection.getresponse().status, sent
    except (OSError, HTTPException):
        return 0, sent
    finally:
        connection.close()
