"""The service, or one to compare with, as a process of its own, for tests and measurements."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from src.paths import PROJECT_ROOT
from src.processes import find_free_port, start_process, wait_until_answers

START_SECONDS: Final = 180


@dataclass(frozen=True)
class ServiceProcess:
    """A running service: the process that was started, its port on 127.0.0.1, and the file that it logs to."""

    process: subprocess.Popen[bytes]
    port: int
    workers: int
    log: Path

    @property
    def base_url(self) -> str:
        """Address of the service."""
        return f"http://127.0.0.1:{self.port}"

    def read_log(self) -> str:
        """Read what the service has written so far."""
        return self.log.read_text("utf-8")

    def read_events(self) -> list[dict[str, Any]]:
        """Read the lines of the log so far that are whole, structured and JSON."""
        lines = self.read_log().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}\n")]

    def list_workers(self) -> list[psutil.Process]:
        """List the processes that answer requests."""
        parent = psutil.Process(self.process.pid)
        if self.workers == 1:
            return [parent]
        return [child for child in parent.children() if "resource_tracker" not in " ".join(child.cmdline())]

    def measure_resident_bytes(self) -> int:
        """Measure the largest resident size of a worker."""
        return max(worker.memory_info().rss for worker in self.list_workers())


@contextmanager
def start_service(
    models_dir: Path,
    *,
    workers: int = 1,
    settings: Mapping[str, str] | None = None,
    command: Sequence[str] = (sys.executable, "-m", "application"),
) -> Iterator[ServiceProcess]:
    """Run the service, or another one to compare with, on a free port while the block runs; all workers are ready.

    ``settings`` are environment variables. RuntimeError, with the log, if it does not get ready.
    """
    port = find_free_port()
    chosen = {"MODELS_DIR": str(models_dir), "WORKERS": str(workers), "LOG_LEVEL": "info", **(settings or {})}
    with tempfile.TemporaryDirectory(prefix="service-") as folder, Path(folder, "log.txt").open("wb") as log:
        line = [*command, "--port", str(port)]
        with start_process(line, {**os.environ, **chosen}, log, folder=PROJECT_ROOT) as process:
            service = ServiceProcess(process, port, workers, Path(folder, "log.txt"))
            end = time.monotonic() + START_SECONDS
            is_ready = wait_until_answers(process, f"{service.base_url}/health/ready", START_SECONDS)
            while is_ready and service.read_log().count("Application startup complete") < workers:
                time.sleep(0.05)
                is_ready = time.monotonic() < end and process.poll() is None
            if not is_ready:
                raise RuntimeError(f"the service did not get ready:\n{service.read_log()}")
            yield service
