"""One file that arrives in pieces, refused as soon as its bytes say so."""

from dataclasses import dataclass

from application.problems import ProblemError, describe_image_error
from src.errors import ImageTypeError
from src.features.image_header import SIGNATURE_BYTES, identify_kind


@dataclass(slots=True)
class Upload:
    """One file as it was sent.

    Attributes
    ----------
    name
        What the client calls it, None if it does not say.
    content
        Its bytes; empty where ``problem`` is set.
    problem
        Why it was refused while it arrived, None if it was not.
    """

    name: str | None
    content: bytes
    problem: ProblemError | None = None


class FilePart:
    """A file that arrives in pieces; refused as soon as its bytes say so."""

    def __init__(self, name: str | None, maximum_bytes: int) -> None:
        self.name = name
        self.problem: ProblemError | None = None
        self._maximum_bytes = maximum_bytes
        self._pieces: list[bytes] = []
        self._size = 0
        self._is_type_checked = False

    def add(self, piece: bytes) -> None:
        """Take the next bytes, unless the file is refused already."""
        if self.problem is not None:
            return
        self._size += len(piece)
        self._pieces.append(piece)
        if self._size > self._maximum_bytes:
            self.refuse(describe_size(self._maximum_bytes))
        elif not self._is_type_checked and self._size >= SIGNATURE_BYTES:
            self._is_type_checked = True
            try:
                identify_kind(b"".join(self._pieces))
            except ImageTypeError as error:
                self.refuse(describe_image_error(error))

    def refuse(self, problem: ProblemError) -> None:
        """Say why the file is not wanted, and forget its bytes."""
        self.problem = problem
        self._pieces.clear()

    def finish(self) -> Upload:
        """Give the file as it arrived."""
        return Upload(self.name, b"".join(self._pieces), self.problem)  # no copy of a single piece


def describe_size(maximum_bytes: int) -> ProblemError:
    """Make the problem of a body or file with too many bytes."""
    return ProblemError(
        "body-too-large",
        f"the upload is larger than {maximum_bytes:,} bytes ({maximum_bytes / 2**20:.0f} MiB): "
        "send a smaller or more compressed file",
    )
