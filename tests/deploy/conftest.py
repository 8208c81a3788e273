"""A project to pack: what is shipped, with a small model of its own."""

import shutil
from pathlib import Path

import pytest

from deploy.bundle import NGINX_SOURCE, SAVED_CONFIGURATION, list_copied_files
from src.paths import PROJECT_ROOT
from tests.support.made_rows import make_rows, save_small_model


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not to be changed (copy it)."""
    root = tmp_path_factory.mktemp("project")
    others = (Path("dockerfile"), NGINX_SOURCE, SAVED_CONFIGURATION)
    for path in (*others, *list_copied_files(PROJECT_ROOT)):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT_ROOT / path, root / path)
    save_small_model(root / "models", make_rows(0))
    return root


@pytest.fixture
def project(shipped: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return shutil.copytree(shipped, tmp_path / "project")
