"""The service as a process of its own, for tests and measurements."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from src.paths import PROJECT_ROOT

ADDRESS = re.compile(r"running on http://127\.0\.0\.1:(\d+)")


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
        Another server to compare with; must log uvicorn's line with the address.
    """

    def __init__(
        self,
        models_dir: Path,
        *,
        workers: int = 1,
        settings: Mapping[str, str] | None = None,
        command: tuple[str, ...] | None = None,
        ready_path: str = "/health/ready",
    ) -> None:
        self.workers = workers
        self.port = 0
        self._ready_path = ready_path
        self._command = command or (sys.executable, "-m", "application", "--port", "0", "--workers", str(workers))
        self._environment = {**os.environ, "MODELS_DIR": str(models_dir), "LOG_LEVEL": "info", **(settings or {})}
        self._log = Path(tempfile.mkdtemp(prefix="service-")) / "log.txt"
        self._process: subprocess.Popen[str] | None = None

    @property
    def base_url(self) -> str:
        """Address of the service."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Id of the process that was started: the supervisor where there are several workers."""
        return self._running.pid

    @property
    def _running(self) -> "subprocess.Popen[str]":
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
                self._command, cwd=PROJECT_ROOT, env=self._environment, stdout=log, stderr=log, text=True
            )
        try:
            self._wait_until_ready(90)
        except BaseException:
            self.stop(signal.SIGKILL)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._log.parent, ignore_errors=True)

    def _wait_until_ready(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._process is None or self._process.poll() is not None:
                break
            found = ADDRESS.search(self.read_log())
            if found:
                self.port = int(found.group(1))
                if len(self.list_workers()) >= self.workers and self._is_ready():
                    return
            time.sleep(0.05)
        raise RuntimeError(f"the service did not get ready:\n{self.read_log()}")

    def _is_ready(self) -> bool:
        loaded = self.read_log().count("Application startup complete")
        if loaded < self.workers:
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
        parent = psutil.Process(self.pid)
        if self.workers == 1:
            return [parent]
        return [child for child in parent.children() if "resource_tracker" not in " ".join(child.cmdline())]

    def measure_resident_bytes(self) -> int:
        """Measure the largest resident size of a worker."""
        return max(worker.memory_info().rss for worker in self.list_workers())

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the process that was started."""
        self._running.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 60) -> int | None:
        """Ask it to end, wait, and kill what is left."""
        if self._process is None:
            return None
        children = []
        if self._process.poll() is None:
            children = psutil.Process(self.pid).children(recursive=True)
            self._process.send_signal(number)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for child in psutil.wait_procs(children, timeout=10)[1]:
            child.kill()
        return self._process.returncode
