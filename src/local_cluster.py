"""A small Dask cluster of processes on this machine: for the demonstration, the tests and trying out."""

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from subprocess import DEVNULL, Popen
from typing import Final

from src.paths import PROJECT_ROOT
from src.processes import start_process

LOOPBACK: Final = "127.0.0.1"
THREAD_VARIABLES: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass
class LocalCluster:
    """A scheduler and its workers, each a process of one thread.

    Attributes
    ----------
    address
        Of the scheduler: ``tcp://127.0.0.1:PORT``.
    workers
        The processes, in the order in which they were started; dead ones stay in the list.
    """

    address: str
    workers: list["Popen[bytes]"] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack, repr=False)

    def add_worker(self) -> None:
        """Start one more worker."""
        folder = self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="dask-worker-", ignore_cleanup_errors=True)
        )
        command = ["worker", self.address, "--nthreads", "1", "--no-nanny", "--host", LOOPBACK, "--memory-limit", "0"]
        self.workers.append(self._start([*command, "--no-dashboard", "--local-directory", folder]))

    def kill_worker(self) -> None:
        """Kill the worker that was started last and still runs, as a power cut would (SIGKILL)."""
        worker = next(worker for worker in reversed(self.workers) if worker.poll() is None)
        worker.kill()
        worker.wait()

    def _start(self, command: list[str]) -> "Popen[bytes]":
        # A worker must import what it is sent, and its one thread must not start others for linear algebra.
        places = [str(PROJECT_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places), **dict.fromkeys(THREAD_VARIABLES, "1")}
        log = None if "DASK_LOG" in environment else DEVNULL
        return self._stack.enter_context(
            start_process([sys.executable, "-m", "dask", *command], environment=environment, log=log)
        )


@contextmanager
def start_local_cluster(workers: int = 2) -> Iterator[LocalCluster]:
    """Run a scheduler and workers on loopback while the block runs; end them surely afterwards.

    They may not be ready yet: who connects (:func:`src.cluster.connect_cluster`) waits for them.
    """
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    with ExitStack() as stack:
        cluster = LocalCluster(f"tcp://{LOOPBACK}:{port}", _stack=stack)
        cluster._start(["scheduler", "--host", LOOPBACK, "--port", str(port), "--no-dashboard"])  # noqa: SLF001
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
