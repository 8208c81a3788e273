"""What the tests of the models share."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from src.models.data import TrainingData
from tests.support.made_rows import make_rows, paint_noise, save_small_model


@pytest.fixture(scope="session")
def made_rows() -> TrainingData:
    return make_rows(0)


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory, made_rows: TrainingData) -> Path:
    """A saved model; not to be changed (copy it)."""
    folder = tmp_path_factory.mktemp("models")
    save_small_model(folder, made_rows)
    return folder


@pytest.fixture
def picture_folder(tmp_path: Path) -> Path:
    """Pictures of known colour: ``a/RED.jpg``, ``a/deep/BLUE.png``, ``b/RED.jpg`` …, and files that are none."""
    generator = np.random.default_rng(1)
    folder = tmp_path / "pictures"
    for name, colour in {
        "a/RED.jpg": "RED",
        "a/deep/BLUE.png": "BLUE",
        "b/RED.jpg": "RED",
        "b/WHITE.webp": "WHITE",
        "GREEN.JPG": "GREEN",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        done, content = cv2.imencode(path.suffix.lower(), paint_noise(colour, generator, 64))
        assert done
        path.write_bytes(content.tobytes())
    (folder / "notes.txt").write_text("no picture")
    return folder
