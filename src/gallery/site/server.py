"""Starts the workers of a gallery, and sees that none outlives it."""

import multiprocessing
import os
import socket
import sys
import threading
from collections.abc import Sequence
from multiprocessing import connection
from typing import Final

import uvicorn

from src.gallery.collection.catalogue import apportion
from src.gallery.collection.folder import FolderEntry, open_folder
from src.gallery.settings import GallerySettings
from src.gallery.site.shared_state import SharedState
from src.listener import open_listener

BACKLOG: Final = 1024


def serve(settings: GallerySettings) -> None:
    """Serve a gallery until a signal ends it, which raises KeyboardInterrupt.

    Its base URL is written to standard output as soon as the port is open; the first requests wait for the workers.

    Raises
    ------
    UsageError, TableError
        If the settings cannot be used, or the port is taken.
    """
    folder: Sequence[FolderEntry] = ()
    if settings.images is None:
        apportion(settings.artworks, settings.proportions, settings.colours)  # refuses what the workers would
    else:
        folder = open_folder(settings)
    listener = open_listener(settings.host, settings.port, BACKLOG)
    state = SharedState()
    sys.stdout.write(f"Gallery at http://{settings.host}:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    if settings.workers == 1:
        _work(settings, state, folder, listener)
        return
    spawning = multiprocessing.get_context("spawn")

    def start_worker() -> multiprocessing.process.BaseProcess:
        worker = spawning.Process(target=_work, args=(settings, state, folder, listener), daemon=True)
        worker.start()
        return worker

    workers = [start_worker() for _ in range(settings.workers)]
    try:
        while True:
            connection.wait([worker.sentinel for worker in workers])
            workers = [worker if worker.is_alive() else start_worker() for worker in workers]
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()


def _work(
    settings: GallerySettings, state: SharedState, folder: Sequence[FolderEntry], listener: socket.socket
) -> None:
    """Serve on a port that is open, until a signal comes or the supervisor is gone."""
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        threading.Thread(target=_end_with, args=(supervisor,), daemon=True).start()
    from src.gallery.site.app import create_app  # noqa: PLC0415 - half a second that the supervisor need not spend

    config = uvicorn.Config(
        create_app(settings, state, folder),
        log_level="critical",  # a connection that is dropped on purpose would be called an error
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _end_with(supervisor: multiprocessing.process.BaseProcess) -> None:
    supervisor.join()
    os._exit(1)
