"""Writing an answer in one go."""

import asyncio
from typing import Any


class JoinedTransport:
    """A transport that keeps the header of an answer back until its body comes, for one turn of the loop at most.

    uvicorn writes them one after the other and uvloop sends each at once, so that the client is woken twice.
    Everything but writing and closing is the transport's own.

    Parameters
    ----------
    transport
        Of the connection.
    loop
        The event loop.
    """

    __slots__ = ("_kept", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._kept = b""

    def write(self, data: bytes) -> None:
        """Write what was kept and ``data`` together; keep ``data`` if nothing was kept."""
        if self._kept:
            kept, self._kept = self._kept, b""
            self._transport.write(kept + data)
        else:
            self._kept = data
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Write what was kept, unless the client has left."""
        kept, self._kept = self._kept, b""
        if kept and not self._transport.is_closing():
            self._transport.write(kept)

    def close(self) -> None:
        """Write what was kept, then close as the transport does."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transport's."""
        return getattr(self._transport, name)
