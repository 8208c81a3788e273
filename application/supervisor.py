"""Running the service: one process that watches, and workers that answer."""

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Final

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from application.logs import describe_server_logs
from application.metrics import MULTIPROCESS_DIR
from application.settings import Settings
from src.listener import open_listener

APPLICATION: Final = "main:app"
ARITHMETIC_THREADS: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
"""One row of features needs no threads of its own, and idle ones spin for a while before they sleep."""

READY_SECONDS: Final = 2.0

HEALTH_SECONDS: Final = 30
"""A worker that does not answer its supervisor for so long is replaced; starting may take a while."""

PROTOCOL: Final = "application.protocol:LimitedProtocol"


class Supervisor(Multiprocess):
    """uvicorn's supervisor, but SIGHUP reloads the model inside the workers.

    uvicorn itself replaces the workers one by one; reloading in place drops no request and needs
    no second copy of everything.
    """

    def handle_hup(self) -> None:
        """Pass SIGHUP on to every worker."""
        for process in self.processes:
            # one that has not started yet takes the new model anyway, and would die of the signal
            if process.pid is not None and process.is_ready(timeout=READY_SECONDS):
                os.kill(process.pid, signal.SIGHUP)


def serve(settings: Settings, host: str, port: int) -> int:
    """Serve until SIGTERM or SIGINT.

    Parameters
    ----------
    settings
        What the operator chose; the workers read the same from the environment.
    host, port
        Where to listen; port 0 takes a free one, and the log names it.

    Returns
    -------
    int
        0, or 3 if the workers refused to start.

    Raises
    ------
    UsageError
        If nobody can listen there.
    """
    open_listener(host, port).close()  # uvicorn would say it less plainly
    shared = None
    if MULTIPROCESS_DIR not in os.environ and settings.workers > 1:
        shared = tempfile.mkdtemp(prefix="service-metrics-")
        os.environ[MULTIPROCESS_DIR] = shared
    os.environ["WORKERS"] = str(settings.workers)
    for name in ARITHMETIC_THREADS:  # read when the libraries are loaded, which is in the workers
        os.environ.setdefault(name, "1")
    root = str(Path(__file__).resolve().parent.parent)
    if root not in sys.path:  # the workers are started anew and inherit the path
        sys.path.insert(0, root)
    config = uvicorn.Config(
        APPLICATION,
        host=host,
        port=port,
        workers=settings.workers,
        loop="auto",
        http=PROTOCOL,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=describe_server_logs(settings),
        server_header=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_worker_healthcheck=HEALTH_SECONDS,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    try:
        if settings.workers == 1:
            server = uvicorn.Server(config)
            server.run()
            return 0 if server.started else STARTUP_FAILURE
        supervisor = Supervisor(config, sockets=[config.bind_socket()])
        supervisor.run()
        failed = any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes)
        return STARTUP_FAILURE if failed else 0
    finally:
        if shared is not None:
            shutil.rmtree(shared, ignore_errors=True)
