"""Installing a rival for one measurement."""

import subprocess
import sys
import venv
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from benchmarks.service_process import PORT, ServiceProcess, start_service

COMMANDS: Final = {
    "litserve": ("benchmarks.rivals.with_litserve", PORT),
    "bentoml": ("bentoml", "serve", "benchmarks.rivals.with_bentoml:Colour", "--host", "127.0.0.1", "--port", PORT),
}
READY_PATHS: Final = {"litserve": "/health", "bentoml": "/readyz"}
INSTALL_SECONDS: Final = 180


class NotInstallableError(Exception):
    """A rival cannot be installed here."""


def install_rival(name: str, folder: Path, models_dir: Path) -> AbstractContextManager[ServiceProcess]:
    """Install a rival into a new environment on top of this one.

    Parameters
    ----------
    name
        Of the package, a key of :data:`COMMANDS`.
    folder
        Of the environment; must not exist.
    models_dir
        Folder of the model that it shall serve.

    Returns
    -------
    context manager
        Runs its service with one worker.

    Raises
    ------
    NotInstallableError
        With the reason.
    """
    venv.create(folder, with_pip=True, symlinks=True)
    python = folder / "bin" / "python"
    packages = next((folder / "lib").glob("python*")) / "site-packages"
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "of_the_project.pth").write_text("\n".join(ours) + "\n", "utf-8")
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NotInstallableError(f"not installed within {INSTALL_SECONDS} s") from None
    if done.returncode:
        raise NotInstallableError(f"pip cannot install it: {done.stderr.strip()[-300:]}")
    return start_service(
        models_dir,
        command=(str(python), "-m", *COMMANDS[name]),
        settings={"BENTOML_DO_NOT_TRACK": "True", "BENTOML_HOME": str(folder / "bentoml")},
        ready_path=READY_PATHS[name],
    )
