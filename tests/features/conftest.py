"""What the tests of this folder share."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from src.paths import Workspace
from tests.support.picture_files import encode, make_pixels


@pytest.fixture(scope="session")
def small_files() -> Mapping[int, bytes]:
    """600 good files of 20 different pictures, by index: three chunks."""
    distinct = [encode(make_pixels(40, 50, seed), "JPEG") for seed in range(20)]
    return {index: distinct[index % 20] for index in range(600)}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)
