"""The microservice on a free port of this machine, for as long as one needs it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests

from src.errors import ModelError
from src.paths import PROJECT_ROOT
from src.stage_process import start_process

START_SECONDS: Final = 60.0
ANSWER_SECONDS: Final = 30.0


@dataclass(frozen=True)
class LocalService:
    """A running service.

    Attributes
    ----------
    address
        ``http://127.0.0.1:PORT``.
    session
        Keeps the connection open between requests.
    """

    address: str
    session: requests.Session

    def classify(self, path: Path) -> dict[str, Any]:
        """Post one picture and return the answer.

        Raises
        ------
        requests.HTTPError
            If the service refuses it.
        """
        with path.open("rb") as stream:
            answer = self.session.post(
                f"{self.address}/img_classify", files={"file": (path.name, stream)}, timeout=ANSWER_SECONDS
            )
        answer.raise_for_status()
        content: dict[str, Any] = answer.json()
        return content


@contextmanager
def start_local_service(models_dir: Path) -> Iterator[LocalService]:
    """Run the service with a model until the block ends.

    Parameters
    ----------
    models_dir
        Folder of the model's files.

    Yields
    ------
    LocalService
        Ready to answer.

    Raises
    ------
    ModelError
        If it does not become ready.
    """
    port = find_free_port()
    command = [sys.executable, "-m", "uvicorn", "main:app", "--app-dir", str(PROJECT_ROOT)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "--no-access-log"]
    environment = {**os.environ, "MODELS_DIR": str(models_dir.resolve())}
    with start_process(command, environment, log=subprocess.DEVNULL) as process, requests.Session() as session:
        address = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, session, address, models_dir)
        yield LocalService(address, session)


def _wait_until_ready(
    process: "subprocess.Popen[bytes]", session: requests.Session, address: str, models_dir: Path
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if session.get(f"{address}/health/ready", timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise ModelError(
        f"the service did not start with the model in {models_dir} (exit code {process.poll()}): "
        f"run MODELS_DIR={models_dir} uvicorn main:app to read why"
    )


def find_free_port() -> int:
    """Return a TCP port of the loopback address that nobody listens on just now."""
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        port: int = candidate.getsockname()[1]
        return port
