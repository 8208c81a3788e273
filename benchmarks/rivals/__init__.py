"""The same classifier behind other servers of models, each as its documentation has it.

None is a dependency of the project: each is installed into an environment of its own for the measurement.
"""

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from application.services.img_classify import ImgClassify
from application.utility.conversion import PictureReader
from benchmarks.service_process import PORT, ServiceProcess, start_service

LIMIT: Final = 1 << 30

COMMANDS: Final = {
    "litserve": ("benchmarks.rivals.with_litserve", PORT),
    "bentoml": ("bentoml", "serve", "benchmarks.rivals.with_bentoml:Colour", "--host", "127.0.0.1", "--port", PORT),
}
READY_PATHS: Final = {"litserve": "/health", "bentoml": "/readyz"}


class Classifier:
    """What they serve: the service's own classifier, without limits."""

    def __init__(self, models_dir: Path | None = None) -> None:
        folder = models_dir or Path(os.environ["MODELS_DIR"])
        self.classifier = ImgClassify(folder, PictureReader(LIMIT, LIMIT))

    def answer(self, content: bytes) -> dict[str, Any]:
        """Answer for the bytes of a picture."""
        return self.classifier.classify(content).model_dump(include={"prediction", "probabilities"})


@contextmanager
def start_rival(name: str, models_dir: Path) -> Iterator[ServiceProcess]:
    """Install a package of :data:`COMMANDS` on top of this environment, and run its service with one worker.

    Raises
    ------
    RuntimeError, subprocess.SubprocessError
        With the reason why that cannot be done here.
    """
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True, symlinks=True)
        python = f"{folder}/bin/python"
        (packages,) = Path(folder, "lib").glob("python*/site-packages")
        ours = [path for path in sys.path if path.endswith("site-packages")]
        (packages / "of_the_project.pth").write_text("\n".join(ours) + "\n", "utf-8")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", name]
        done = subprocess.run(install, capture_output=True, text=True, timeout=180, check=False)
        if done.returncode:
            raise RuntimeError(f"pip cannot install it: {done.stderr.strip()}")
        command, settings = (python, "-m", *COMMANDS[name]), {"BENTOML_DO_NOT_TRACK": "True", "BENTOML_HOME": folder}
        with start_service(models_dir, command=command, settings=settings, ready_path=READY_PATHS[name]) as service:
            yield service
