"""Real labelled rows, to fit and to measure the gallery with. They are third-party data, never committed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from src.errors import UsageError
from src.features.schema import FEATURE_NAMES
from src.gallery.filing.palettes import from_free, to_free
from src.models.data import TrainingData, read_training_data

RARE_ROWS: Final = 150
"""A colour with fewer rows than this is rare, and treated with more care."""


def read_labelled_rows(path: Path) -> TrainingData:
    """Read a table with the 18 features, ``color`` and, if known, ``origin``.

    Raises
    ------
    UsageError
        If the file is absent.
    TableError
        As :func:`src.models.data.read_training_data`.
    """
    if not path.is_file():
        raise UsageError(
            f"{path} is not there: this command needs real labelled rows, a CSV with the columns "
            f"{', '.join(FEATURE_NAMES)}, color and, if known, origin (study or painting); name yours with --rows"
        )
    return read_training_data(path)


def find_study_rows(rows: TrainingData) -> npt.NDArray[np.bool_]:
    """Say of each row whether its label is the site's own (the hard rows): shape (n,)."""
    return np.array([origin == "study" for origin in rows.origins] or [False] * len(rows))


def smear_rows(features: npt.NDArray[np.float64], count: int, smear: float) -> npt.NDArray[np.float64]:
    """Invent rows: rows drawn at random, each moved by a random part of all rows' covariance.

    They lie where pictures lie, and between the rows that are known. The moves are made in the free numbers of
    :mod:`src.gallery.filing.palettes`.

    Parameters
    ----------
    features
        float64, shape (n, 18).
    count
        How many to invent.
    smear
        How far they are moved, as a share of the rows' own spread.
    """
    generator = np.random.Generator(np.random.PCG64(20230101))
    free = to_free(features)
    root = np.linalg.cholesky(np.cov(free.T))
    drawn = free[generator.integers(0, len(free), count)]
    return from_free(drawn + smear * generator.standard_normal(drawn.shape) @ root.T)
