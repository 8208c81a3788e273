"""The microservice on a free port of this machine, for as long as one needs it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests

from src.errors import ModelError
from src.paths import PROJECT_ROOT
from src.processes import find_free_port, start_process, wait_until_answers

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
        session.trust_env = False  # a proxy is for other machines
        address = f"http://127.0.0.1:{port}"
        if not wait_until_answers(process, f"{address}/health/ready"):
            raise ModelError(
                f"the service did not start with the model in {models_dir} (exit code {process.poll()}): "
                f"run MODELS_DIR={models_dir} uvicorn main:app to read why"
            )
        yield LocalService(address, session)
