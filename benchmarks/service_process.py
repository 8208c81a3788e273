"""The service, or one to compare with, as a process of its own, for tests and measurements."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import psutil

from src.paths import PROJECT_ROOT
from src.processes import find_free_port

START_SECONDS: Final = 90
PORT: Final = "{port}"
"""Stands in a command for the port."""


class ServiceProcess:
    """Starts ``python -m application`` on a free port, waits until it is ready, and ends it surely.

    Parameters
    ----------
    models_dir
        Folder of the model.
    workers
        Worker processes.
    settings
        Environment variables of the service.
    command
        Another server to compare with; :data:`PORT` stands for its port.
    ready_path
        Answers GET with 200 when it is ready.
    """

    def __init__(
        self,
        models_dir: Path,
        *,
        workers: int = 1,
        settings: Mapping[str, str] | None = None,
        command: Sequence[str] | None = None,
        ready_path: str = "/health/ready",
    ) -> None:
        self.workers = workers
        self.port = find_free_port()
        self._ready_path = ready_path
        self._is_ours = command is None
        command = command or (sys.executable, "-m", "application", "--port", PORT, "--workers", str(workers))
        self._command = [str(self.port) if part == PORT else part for part in command]
        self._environment = {**os.environ, "MODELS_DIR": str(models_dir), "LOG_LEVEL": "info", **(settings or {})}
        self._log = Path(tempfile.mkdtemp(prefix="service-")) / "log.txt"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        """Address of the service."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise RuntimeError("the service was not started: use it in a with block")
        return self._process

    def read_log(self) -> str:
        """Read what the service has written so far."""
        return self._log.read_text("utf-8")

    def read_events(self) -> list[dict[str, Any]]:
        """Read the lines of the log so far that are whole, structured and JSON."""
        lines = self.read_log().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}\n")]

    def __enter__(self) -> Self:
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                self._command, cwd=PROJECT_ROOT, env=self._environment, stdout=log, stderr=log
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop(signal.SIGKILL)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._log.parent, ignore_errors=True)

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._running.poll() is None:
            if self._is_ready():
                return
            time.sleep(0.05)
        raise RuntimeError(f"the service did not get ready:\n{self.read_log()}")

    def _is_ready(self) -> bool:
        if self._is_ours and self.read_log().count("Application startup complete") < self.workers:
            return False
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", self._ready_path)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def list_workers(self) -> list[psutil.Process]:
        """List the processes that answer requests."""
        parent = psutil.Process(self._running.pid)
        if self.workers == 1:
            return [parent]
        return [child for child in parent.children() if "resource_tracker" not in " ".join(child.cmdline())]

    def measure_resident_bytes(self) -> int:
        """Measure the largest resident size of a worker."""
        return max(worker.memory_info().rss for worker in self.list_workers())

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 60) -> int | None:
        """Ask it to end, wait, and kill what is left."""
        if self._process is None:
            return None
        children = []
        if self._process.poll() is None:
            children = psutil.Process(self._process.pid).children(recursive=True)
            self._process.send_signal(number)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for child in psutil.wait_procs(children, timeout=10)[1]:
            child.kill()
        return self._process.returncode
