"""Uploads that never end, made while they are sent."""

import socket
from dataclasses import dataclass

PIECE = b"\xff\xd8\xff\xe0" + b"\xa5" * ((1 << 20) - 4)


@dataclass(frozen=True)
class Refusal:
    """What became of an upload.

    Attributes
    ----------
    status
        HTTP status of the answer; 0 if the connection was closed without one that could be read.
    sent_bytes
        What had been sent by then.
    """

    status: int
    sent_bytes: int


def send_endless_body(port: int, size: int, *, chunked: bool, form: bool) -> Refusal:
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
    """
    start = b""
    if form:
        start = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    content_type = "multipart/form-data; boundary=x" if form else "image/jpeg"
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size + len(start)}"
    head = f"POST /img_classify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n{length}\r\n\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head.encode())
        connection.setblocking(False)
        answer = b""
        while sent < size and b"\r\n" not in answer:
            piece = start + PIECE if sent == 0 else PIECE
            data = b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece
            sent += len(piece)
            answer += send_or_read(connection, data)
    return Refusal(int(answer[9:12] or 0), sent)


def send_or_read(connection: socket.socket, data: bytes) -> bytes:
    """Send all of ``data``, unless an answer comes first."""
    view = memoryview(data)
    while view:
        try:
            answer = connection.recv(4096)
        except BlockingIOError:
            answer = b""
        if answer:
            return answer
        connection.settimeout(30)
        try:
            view = view[connection.send(view[: 1 << 16]) :]
        except ConnectionError:
            return read_rest(connection)
        finally:
            connection.setblocking(False)
    return b""


def read_rest(connection: socket.socket) -> bytes:
    """Read an answer that was sent before the connection was closed."""
    connection.settimeout(5)
    try:
        return connection.recv(4096) or b"HTTP/1.1 000\r\n"
    except OSError:
        return b"HTTP/1.1 000\r\n"
