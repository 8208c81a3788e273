"""A gallery in a process of its own, for as long as a ``with`` block lasts."""

from contextlib import ExitStack
from typing import Any, Self

from src.gallery.settings import GallerySettings
from src.processes import start_gallery


class GalleryProcess:
    """Start ``python -m src.gallery`` on a free port and end it with the block.

    Takes the number of artworks and further fields of :class:`src.gallery.settings.GallerySettings`; ``base_url``
    and ``pid`` are known inside the block.
    """

    def __init__(self, artworks: int = 2000, **settings: Any) -> None:
        self._options = GallerySettings(artworks=artworks, **settings).arguments
        self._stack = ExitStack()
        self.base_url = ""
        self.pid: int | None = None

    def __enter__(self) -> Self:
        self.base_url, self.pid = self._stack.enter_context(start_gallery(self._options))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
