"""A gallery in a process of its own, for as long as a ``with`` block lasts."""

from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from src.errors import UsageError
from src.gallery.settings import GallerySettings
from src.gallery.site.faults import Faults
from src.processes import start_gallery


class GalleryProcess:
    """Start ``python -m src.gallery`` on a free port and end it with the block.

    Parameters
    ----------
    artworks
        How many paintings.
    faults
        What goes wrong on purpose.
    settings
        Further fields of :class:`src.gallery.settings.GallerySettings`.

    Examples
    --------
    >>> with GalleryProcess(artworks=240, workers=1) as gallery:  # doctest: +SKIP
    ...     print(gallery.base_url)
    http://127.0.0.1:40123
    """

    def __init__(self, artworks: int = 2000, *, faults: Faults | None = None, **settings: Any) -> None:
        self._options = GallerySettings(artworks, faults=faults or Faults(), **settings).arguments
        self._stack = ExitStack()
        self._base_url = ""
        self.pid: int | None = None

    @property
    def base_url(self) -> str:
        """Address of the gallery, ``http://127.0.0.1:PORT``."""
        if not self._base_url:
            raise UsageError("the gallery is not running: use it in a with block")
        return self._base_url

    def __enter__(self) -> Self:
        self._base_url, self.pid = self._stack.enter_context(start_gallery(self._options))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base_url, self.pid = "", None
        self._stack.close()
