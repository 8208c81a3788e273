"""From an upload to pixels: limits first, then the one decoder."""

import threading

from src.errors import ImageTooLargeError
from src.features.image_header import read_header
from src.features.measure_image import Picture, read_picture


class PictureReader:
    """Reads pictures that somebody sent, under limits that hold for all threads together.

    A file of more than ``maximum_bytes`` is refused, and so is one whose decoding would take more than ``memory``
    bytes, as its header says; one that needs more than is free waits until others are done.
    """

    def __init__(self, maximum_bytes: int, memory: int) -> None:
        self._maximum_bytes = maximum_bytes
        self._memory = memory
        self._used = 0
        self._changed = threading.Condition()

    def read(self, content: bytes) -> Picture:
        """Read a whole file: reduced and in sRGB, with what it was; ImageError if it is none that we take."""
        if len(content) > self._maximum_bytes:
            raise ImageTooLargeError(
                f"the picture has {len(content):,} bytes: expected at most {self._maximum_bytes:,}; "
                "send a smaller or more compressed file"
            )
        wanted = min(read_header(content).memory, self._memory)  # of more the decoder says that it is too much
        with self._changed:
            self._changed.wait_for(lambda: self._used + wanted <= self._memory)
            self._used += wanted
        try:
            return read_picture(content, self._memory)
        finally:
            with self._changed:
                self._used -= wanted
                self._changed.notify_all()
