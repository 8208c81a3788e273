"""A gallery in a process of its own, for as long as a ``with`` block lasts."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from src.errors import UsageError
from src.gallery.settings import DEFAULT_SEED
from src.gallery.site.faults import Faults
from src.processes import start_gallery


class GalleryProcess:
    """Start ``python -m src.gallery`` on a free port and end it with the block.

    Parameters
    ----------
    artworks, seed, proportions, colours
        What is painted (see :class:`src.gallery.settings.GallerySettings`).
    images, labels
        A folder of pictures, and the table that files them.
    workers
        Serving processes; None: one per processor.
    faults
        What goes wrong on purpose.
    extra_arguments
        Further command line options.

    Examples
    --------
    >>> with GalleryProcess(artworks=240, workers=1) as gallery:  # doctest: +SKIP
    ...     print(gallery.base_url)
    http://127.0.0.1:40123
    """

    def __init__(
        self,
        artworks: int = 2000,
        *,
        seed: int = DEFAULT_SEED,
        proportions: str = "study",
        colours: tuple[str, ...] = (),
        images: Path | None = None,
        labels: Path | None = None,
        workers: int | None = None,
        faults: Faults | None = None,
        extra_arguments: tuple[str, ...] = (),
    ) -> None:
        self._options = ["--artworks", str(artworks), "--seed", str(seed), "--proportions", proportions]
        if colours:
            self._options += ["--colours", *colours]
        for name, value in (("--images", images), ("--labels", labels)):
            if value is not None:
                self._options += [name, str(Path(value).resolve())]
        if workers is not None:
            self._options += ["--workers", str(workers)]
        self._options += [*(faults or Faults()).arguments, *extra_arguments]
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
