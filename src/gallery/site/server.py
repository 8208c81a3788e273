"""Starts the workers of a gallery, and sees that none outlives it."""

import functools
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from src.gallery.collection.catalogue import apportion
from src.gallery.settings import GallerySettings
from src.gallery.site.shared_state import SharedState
from src.listener import open_listener

BACKLOG: Final = 1024


def serve(settings: GallerySettings, announce: Callable[[str], None]) -> None:
    """Serve a gallery until a signal ends it.

    Parameters
    ----------
    settings
        The gallery.
    announce
        Is given the base URL as soon as the port is open; the first requests wait for the workers.

    Raises
    ------
    UsageError, TableError
        If the settings cannot be used, or the port is taken.
    """
    _check(settings)
    listener = open_listener(settings.host, settings.port, BACKLOG)
    with tempfile.TemporaryDirectory(prefix="gallery-") as folder:
        state_path = Path(folder) / "state"
        SharedState.create(state_path)
        config = uvicorn.Config(
            functools.partial(make_worker_app, settings, state_path),
            factory=True,
            workers=settings.worker_count,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=1,
            timeout_keep_alive=75,
        )
        announce(f"http://{settings.host}:{listener.getsockname()[1]}")
        if settings.worker_count == 1:
            uvicorn.Server(config).run(sockets=[listener])
        else:
            Multiprocess(config, sockets=[listener]).run()


def make_worker_app(settings: GallerySettings, state_path: Path) -> ASGIApp:
    """Return the application in a worker, which ends with the process that started it."""
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        threading.Thread(target=_end_with, args=(supervisor.join, state_path.parent), daemon=True).start()
    from src.gallery.site.app import create_app  # noqa: PLC0415 - half a second that the supervisor need not spend

    return create_app(settings, state_path)


def _check(settings: GallerySettings) -> None:
    """Say what is wrong before any worker starts, and file unlabelled pictures once for all of them."""
    if settings.images is None:
        apportion(settings.artworks, settings.proportions, settings.colours)
    else:
        from src.gallery.collection.opening import open_collection  # noqa: PLC0415 - as above

        open_collection(settings)


def _end_with(wait: Callable[[], object], folder: Path) -> None:
    """End this process when ``wait`` returns: the supervisor was killed and could not end it."""
    wait()
    for path in folder.glob("*"):
        path.unlink(missing_ok=True)
    if folder.is_dir():
        folder.rmdir()
    os.kill(os.getpid(), signal.SIGKILL)
