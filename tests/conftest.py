"""What every test may use."""

import os
import signal
from pathlib import Path

import pytest

from src.paths import PROJECT_ROOT


def pytest_configure() -> None:
    """Set the process up, and those that it starts."""
    # A shell starts background jobs with SIGINT ignored, and all inherit it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # The processes of pytest-xdist share the processors: threads of OpenMP would spin while they wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that are allowed more time than others, so that no process has one left at the end."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The optional folder of reference material beside the project; the test skips without it."""
    folder = PROJECT_ROOT.parent / "shared"
    if not (folder / "reference" / "study_results.json").is_file():
        pytest.skip("the reference material (../shared) is not beside this checkout")
    return folder
