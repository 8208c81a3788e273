"""What the tests of the models share."""

from pathlib import Path

import pytest

from src.models.data import TrainingData
from tests.support.made_rows import make_rows, save_small_model


@pytest.fixture(scope="session")
def made_rows() -> TrainingData:
    return make_rows(0)


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory, made_rows: TrainingData) -> Path:
    """A saved model; not to be changed (copy it)."""
    folder = tmp_path_factory.mktemp("models")
    save_small_model(folder, made_rows)
    return folder
