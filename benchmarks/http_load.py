"""A load client, prepared requests over kept connections; and uploads without end."""

import select
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count as count_up
from typing import NamedTuple

from urllib3 import encode_multipart_formdata

PIECE = b"\xff\xd8\xff\xe0" + b"\xa5" * ((1 << 16) - 4)


class Post(NamedTuple):
    """A request that is ready to be sent."""

    path: str
    body: bytes
    content_type: str


def build_form(path: str, picture: bytes) -> Post:
    """Put one picture into a multipart form, as curl and browsers do."""
    return Post(path, *encode_multipart_formdata({"file": ("a.jpg", picture, "image/jpeg")}))


@dataclass
class LoadResult:
    """Wall-clock seconds of a run, the seconds of each answer, answers by status, and requests without a whole one."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0

    def add(self, other: "LoadResult") -> None:
        """Count the requests of another run, or of a client of this one, as well."""
        self.latencies += other.latencies
        self.statuses += other.statuses
        self.broken += other.broken


def run_load(
    port: int, requests: Sequence[Post], *, clients: int, seconds: float = float("inf"), count: float = float("inf")
) -> LoadResult:
    """Send requests in turn from some connections to 127.0.0.1, each asking again when it has its answer.

    It stops after a time or a number of requests.
    """
    started = time.perf_counter()
    numbers = count_up()

    def use(_: int) -> LoadResult:
        own = LoadResult()
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() - started < seconds and (number := next(numbers)) < count:
            post = requests[number % len(requests)]
            sent = time.perf_counter()
            try:
                connection.request("POST", post.path, post.body, {"Content-Type": post.content_type})
                answer = connection.getresponse()
                answer.read()
            except (OSError, HTTPException):
                own.broken += 1
                connection.close()
                continue
            own.latencies.append(time.perf_counter() - sent)
            own.statuses[answer.status] += 1
        connection.close()
        return own

    total = LoadResult()
    with ThreadPoolExecutor(clients) as executor:
        for own in executor.map(use, range(clients)):
            total.add(own)
    total.seconds = time.perf_counter() - started
    return total


def send_endless_body(port: int, size: int, *, chunked: bool, form: bool) -> tuple[int, int]:
    """Upload ``size`` bytes until the service on 127.0.0.1 answers.

    They are a file in a form or the body itself; where they are sent ``chunked``, the service is not told how many.
    Give the HTTP status of the answer, 0 if the connection was closed without one, and the bytes sent by then.
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
