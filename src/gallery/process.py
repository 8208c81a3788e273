"""A gallery in a process of its own, for as long as a ``with`` block lasts."""

import os
import selectors
import subprocess
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from src.errors import MissingToolError, UsageError
from src.gallery.settings import DEFAULT_SEED
from src.gallery.site.faults import Faults
from src.paths import PROJECT_ROOT

START_SECONDS: Final = 60.0
END_SECONDS: Final = 5.0
ANNOUNCEMENT: Final = "Gallery at "


class GalleryProcess:
    """Start ``python -m src.gallery`` on a free port and end it surely.

    The gallery ends with the block, and also when this process is killed: it watches its parent.

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
        self._command = [sys.executable, "-m", "src.gallery", "--port", "0", "--exit-with", str(os.getpid())]
        self._command += ["--artworks", str(artworks), "--seed", str(seed), "--proportions", proportions]
        if colours:
            self._command += ["--colours", *colours]
        if images is not None:
            self._command += ["--images", str(Path(images).resolve())]
        if labels is not None:
            self._command += ["--labels", str(Path(labels).resolve())]
        if workers is not None:
            self._command += ["--workers", str(workers)]
        self._command += [*(faults or Faults()).arguments, *extra_arguments]
        self._process: subprocess.Popen[str] | None = None
        self._base_url = ""

    @property
    def base_url(self) -> str:
        """Address of the gallery, ``http://127.0.0.1:PORT``."""
        if not self._base_url:
            raise UsageError("the gallery is not running: use it in a with block, or call start()")
        return self._base_url

    @property
    def pid(self) -> int | None:
        """Id of the gallery's first process, or None."""
        return self._process.pid if self._process else None

    def start(self) -> Self:
        """Start the gallery and wait until it answers.

        Raises
        ------
        UsageError
            If it refuses its options; the message is the gallery's own.
        MissingToolError
            If it does not answer in time.
        """
        # A session of its own: Ctrl-C in a terminal reaches us, and we end the gallery in our order.
        process = subprocess.Popen(
            self._command,
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._process = process
        try:
            address = _read_announcement(process)
            _wait_for_answer(process, address)
        except BaseException:
            self.stop()
            raise
        self._base_url = address
        return self

    def stop(self) -> None:
        """End the gallery with all its workers."""
        process, self._process, self._base_url = self._process, None, ""
        if process is None:
            return
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()  # its workers notice and end by themselves
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _read_announcement(process: subprocess.Popen[str]) -> str:
    """Return the address that the gallery prints once its port is open."""
    line = ""
    if process.stdout is not None:
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(START_SECONDS):
                raise MissingToolError(f"the gallery did not start within {START_SECONDS:.0f} s")
        line = process.stdout.readline().strip()
    if not line.startswith(ANNOUNCEMENT):
        code = process.wait(END_SECONDS)
        raise UsageError(f"the gallery ended with exit code {code} before it listened; its message stands above")
    return line.removeprefix(ANNOUNCEMENT)


def _wait_for_answer(process: subprocess.Popen[str], address: str) -> None:
    """Return when a worker answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise UsageError(f"the gallery ended with exit code {process.returncode}; its message stands above")
        # http.client and not a library that obeys proxy settings: this is our own machine.
        connection = HTTPConnection(address.removeprefix("http://"), timeout=START_SECONDS)
        try:
            connection.request("GET", "/gallery/status")
            if connection.getresponse().status == HTTPStatus.OK:
                return
        except (OSError, HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    raise MissingToolError(f"the gallery at {address} did not answer within {START_SECONDS:.0f} s")
