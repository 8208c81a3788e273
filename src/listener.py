"""Opening a port, or saying why it cannot be opened."""

import socket
from typing import Final

from src.errors import UsageError

LAST_PORT: Final = 65_535


def open_listener(host: str, port: int, backlog: int = 128) -> socket.socket:
    """Listen on a host (name, IPv4 or IPv6 address) and port (0 takes a free one); UsageError says why nobody can.

    ``backlog`` connections may wait; child processes may inherit the socket.
    """
    if not 0 <= port <= LAST_PORT:
        raise UsageError(f"cannot listen on {host} port {port}: expected 0 (takes a free one) to {LAST_PORT}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=backlog)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host} port {port} ({error.strerror}): stop what listens there, or choose another "
            "--port (0 takes a free one)"
        ) from error
    listener.set_inheritable(True)
    return listener
