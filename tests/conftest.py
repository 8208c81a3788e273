"""What every test may use."""

from pathlib import Path

import pytest

from src.paths import PROJECT_ROOT


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The optional folder of reference material beside the project; the test skips without it."""
    folder = PROJECT_ROOT.parent / "shared"
    if not (folder / "reference" / "study_results.json").is_file():
        pytest.skip("the reference material (../shared) is not beside this checkout")
    return folder
