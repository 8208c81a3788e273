"""What all workers of a gallery know together, in shared memory: requests so far, a running block, attempts.

A block must hold for the whole site, and a repeated request may reach another worker than the first one did.
"""

import hashlib
import multiprocessing
import time
from typing import Final

REQUEST_KINDS: Final = ("page", "asset", "list", "api", "image", "robots", "blocked", "other")
"""What requests are counted as; ``list`` is the page's own continuation, ``api`` is ``/api/color``."""

ATTEMPT_SLOTS: Final = 1 << 20


class SharedState:
    """Counters that a process shares with the processes that it starts."""

    def __init__(self) -> None:
        spawning = multiprocessing.get_context("spawn")
        self._counts = spawning.Array("Q", len(REQUEST_KINDS))
        self._attempts = spawning.Array("B", ATTEMPT_SLOTS)
        self._block = spawning.Array("d", 2)  # when the running block ends; requests since the last one

    def count_request(self, kind: str) -> None:
        """Count a request for the status page."""
        with self._counts.get_lock():
            self._counts[REQUEST_KINDS.index(kind)] += 1

    def read_counts(self) -> dict[str, int]:
        """Return the number of requests of each kind so far."""
        return dict(zip(REQUEST_KINDS, self._counts[:], strict=True))

    def check_block(self, limit: int, seconds: float, *, starts_now: bool) -> bool:
        """Count a request against the limit (0: none) and say whether the site refuses it.

        A block lasts some seconds, and then counting starts again; ``starts_now`` begins one with this request.
        """
        now = time.time()
        with self._block.get_lock():
            until, spent = self._block[:]
            if now < until:
                return True
            is_blocked = bool(starts_now or 0 < limit < spent + 1)
            self._block[:] = [now + seconds, 0] if is_blocked else [until, spent + 1]
            return is_blocked

    @property
    def is_blocked(self) -> bool:
        """Whether a block is running."""
        return time.time() < float(self._block[0])

    def count_attempt(self, identity: str) -> int:
        """Return how often ``identity`` was asked for before (up to 255), and count this time.

        Identities share 2²⁰ counters by hash: two that meet only start at another attempt number.
        """
        digest = hashlib.blake2b(identity.encode(), digest_size=8).digest()
        slot = int.from_bytes(digest, "big") % ATTEMPT_SLOTS
        with self._attempts.get_lock():
            attempt = int(self._attempts[slot])
            self._attempts[slot] = min(attempt + 1, 255)
        return attempt
