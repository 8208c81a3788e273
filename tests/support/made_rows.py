"""Rows and pictures whose colour is known, and small models of them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.colours import LEGIBLE_SWATCHES, STUDY_COLOURS
from src.features.extract_features import extract_features
from src.features.schema import FEATURE_NAMES
from src.models.artefacts import ColourModel, save_model
from src.models.data import TrainingData
from src.models.grids import Candidate, fit_calibrated

CENTRES = {"BLUE": (190, 90, 40), "GREEN": (60, 170, 70), "RED": (50, 40, 190), "WHITE": (235, 238, 240)}
ROWS_PER_COLOUR = 60


def paint_noise(colour: str, generator: np.random.Generator, side: int = 24) -> NDArray[np.uint8]:
    """A BGR picture around a colour, with a brightness and a grain of its own."""
    centre = np.asarray(CENTRES[colour]) * generator.uniform(0.6, 1.1)
    noise = generator.normal(0, generator.uniform(8, 45), (side, side, 3))
    return np.clip(centre + noise, 0, 255).astype(np.uint8)


def make_rows(seed: int, rows_per_colour: int = ROWS_PER_COLOUR) -> TrainingData:
    generator = np.random.default_rng(seed)
    colours = np.repeat(np.asarray(sorted(CENTRES)), rows_per_colour)
    features = np.asarray([extract_features(paint_noise(colour, generator)) for colour in colours])
    blurred = features + generator.normal(0, 45, features.shape)  # else every candidate is perfect
    return TrainingData("made.csv", np.clip(np.abs(blurred), 0, 255), colours, np.arange(len(colours)))


def write_csv(data: TrainingData, path: Path) -> Path:
    frame = pd.DataFrame(data.features, columns=list(FEATURE_NAMES))
    frame["color"] = data.colours
    frame.to_csv(path, index=False)
    return path


SMALL_SVM = Candidate("svm", {"C": 10, "gamma": 0.01})


def fit_small_model(data: TrainingData) -> Callable[[Path], ColourModel]:
    """Fit a model; give what saves it in a folder."""
    scaler, estimator = fit_calibrated(SMALL_SVM, data.features, data.colours)
    return partial(
        save_model,
        scaler=scaler,
        estimator=estimator,
        family="svm",
        parameters=SMALL_SVM.parameters,
        familiar_distance=8.0,
        data={"table": data.name, "sha256": data.digest, "rows": len(data)},
        scores={},
    )


def save_small_model(folder: Path, data: TrainingData) -> ColourModel:
    return fit_small_model(data)(folder)


def make_stand_in_model(folder: Path, seed: int = 0) -> ColourModel:
    """Save a small model of eleven colours, fitted to patches around their legible swatches."""
    generator = np.random.default_rng(seed)
    colours = np.repeat(np.array(STUDY_COLOURS), 100)
    features = []
    for colour in colours:
        swatch = [int(LEGIBLE_SWATCHES[colour][start : start + 2], 16) for start in (5, 3, 1)]
        middle, grain = swatch + generator.normal(0, 30, 3), generator.uniform(5, 60)
        patch = np.clip(middle + generator.normal(0, grain, (16, 16, 3)), 0, 255)
        features.append(extract_features(patch.astype(np.uint8)))
    return save_small_model(folder, TrainingData("made.csv", np.array(features), colours, np.arange(len(colours))))
