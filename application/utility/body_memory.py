"""How much memory the unfinished uploads of a worker may take."""

from typing import Self

from application.problems import ProblemError


class BodyMemory:
    """Counts the bytes of unfinished uploads in this worker, and refuses what does not fit.

    Parameters
    ----------
    limit
        Bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.used = 0

    def lease(self) -> "BodyLease":
        """Give a lease for a ``with`` block."""
        return BodyLease(self)

    def take(self, count: int) -> None:
        """Take bytes.

        Raises
        ------
        ProblemError
            503, if the memory for uploads is used up.
        """
        if self.used + count > self._limit:
            raise ProblemError("overloaded", "too many large uploads arrive at the same time; try again in a moment")
        self.used += count

    def give_back(self, count: int) -> None:
        """Give bytes back."""
        self.used -= count


class BodyLease:
    """What one request has taken of the memory for uploads; given back at the end of its block."""

    __slots__ = ("_memory", "taken")

    def __init__(self, memory: BodyMemory) -> None:
        self._memory = memory
        self.taken = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._memory.give_back(self.taken)

    def take(self, count: int) -> None:
        """Take bytes until the lease ends."""
        self._memory.take(count)
        self.taken += count
