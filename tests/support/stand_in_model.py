"""A small model, trained on colour patches around the legible swatches."""

from pathlib import Path

import numpy as np

from src.colours import LEGIBLE_SWATCHES, STUDY_COLOURS
from src.features.extract_features import extract_features
from src.models.artefacts import ColourModel, save_model
from src.models.grids import STUDY_CHOICE, fit_calibrated

ROWS_PER_COLOUR = 100


def make_stand_in_model(models_dir: Path, *, seed: int = 0) -> ColourModel:
    """Fit calibrated SVMs on seeded patches and save it as the training does."""
    rng = np.random.default_rng(seed)
    rows, labels = [], []
    for name in STUDY_COLOURS:
        swatch = [int(LEGIBLE_SWATCHES[name][start : start + 2], 16) for start in (5, 3, 1)]
        for _ in range(ROWS_PER_COLOUR):
            middle = np.asarray(swatch) + rng.normal(0, 30, 3)
            patch = middle + rng.normal(0, rng.uniform(5, 60), (16, 16, 3))
            rows.append(extract_features(np.clip(patch, 0, 255).astype(np.uint8)))
            labels.append(name)
    scaler, classifier = fit_calibrated(STUDY_CHOICE, np.array(rows), np.array(labels))
    return save_model(
        models_dir,
        scaler,
        classifier,
        family="svm",
        parameters={"C": 100, "gamma": 0.01},
        familiar_distance=3.0,
        data={"rows": len(rows), "seed": seed},
        scores={},
    )
