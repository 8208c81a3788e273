"""What all workers of a gallery know together: requests so far, a running block, attempts.

A small file, mapped into memory by every worker and locked for each change, because a block must
hold for the whole site and a repeated request may reach another worker than the first one did.
"""

import fcntl
import hashlib
import mmap
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

REQUEST_KINDS: Final = ("page", "asset", "list", "api", "image", "robots", "blocked", "other")
"""What requests are counted as; ``list`` is the page's own continuation, ``api`` is ``/api/color``."""

HEADER: Final = struct.Struct(f"<dQ{len(REQUEST_KINDS)}Q")
ATTEMPT_SLOTS: Final = 1 << 20
SIZE: Final = HEADER.size + ATTEMPT_SLOTS


class SharedState:
    """Counters in a file that several processes share.

    Parameters
    ----------
    path
        The file; made by :meth:`create`.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR)
        self._memory = mmap.mmap(self._descriptor, SIZE)

    @staticmethod
    def create(path: Path) -> None:
        """Make an empty file of counters (sparse: it takes next to no room)."""
        with path.open("wb") as stream:
            stream.truncate(SIZE)

    def close(self) -> None:
        """Let the file go."""
        self._memory.close()
        os.close(self._descriptor)

    def count_request(self, kind: str) -> None:
        """Count a request for the status page."""
        with self._locked():
            until, budget, *counts = HEADER.unpack_from(self._memory)
            counts[REQUEST_KINDS.index(kind)] += 1
            HEADER.pack_into(self._memory, 0, until, budget, *counts)

    def read_counts(self) -> dict[str, int]:
        """Return the number of requests of each kind so far."""
        _, _, *counts = HEADER.unpack_from(self._memory)
        return dict(zip(REQUEST_KINDS, counts, strict=True))

    def check_block(self, limit: int, seconds: float, *, starts_now: bool) -> bool:
        """Count a request against the limit and say whether the site refuses it.

        Parameters
        ----------
        limit
            Requests that are answered before a block of ``seconds`` begins; 0: any number.
        seconds
            Length of a block; when it is over, counting starts again.
        starts_now
            Begin a block with this request.
        """
        now = time.time()
        with self._locked():
            until, spent, *counts = HEADER.unpack_from(self._memory)
            if now < until:
                return True
            spent += 1
            is_blocked = starts_now or 0 < limit < spent
            if is_blocked:
                until, spent = now + seconds, 0
            HEADER.pack_into(self._memory, 0, until, spent, *counts)
            return is_blocked

    @property
    def is_blocked(self) -> bool:
        """Whether a block is running."""
        return time.time() < float(HEADER.unpack_from(self._memory)[0])

    def count_attempt(self, identity: str) -> int:
        """Return how often ``identity`` was asked for before (up to 255), and count this time.

        Identities share 2²⁰ counters by hash: two that meet only start at another attempt number.
        """
        digest = hashlib.blake2b(identity.encode(), digest_size=8).digest()
        slot = HEADER.size + int.from_bytes(digest, "big") % ATTEMPT_SLOTS
        with self._locked():
            attempt = self._memory[slot]
            self._memory[slot] = min(attempt + 1, 255)
        return attempt

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # flock belongs to the open file, and each worker opened its own; within a worker only the
        # event loop's thread comes here.
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
