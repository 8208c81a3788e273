"""Real labelled rows, to fit and to measure the gallery with. They are third-party data, never committed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from src.errors import TableError, UsageError
from src.features.schema import FEATURE_NAMES
from src.gallery.filing.palettes import from_free, to_free
from src.paths import PROJECT_ROOT

DEFAULT_ROWS: Final = PROJECT_ROOT.parent / "shared" / "reference" / "labelled_rows.csv"
"""Where the rows lie in the project's own place of work."""


RARE_ROWS: Final = 150
"""A colour with fewer rows than this is rare, and treated with more care."""


@dataclass(frozen=True, eq=False)
class LabelledRows:
    """Features of real pictures with the colour under which the site files them.

    Attributes
    ----------
    features
        float64, shape (n, 18).
    colours
        Labels, shape (n,).
    is_study
        Whether the label is the site's own (the hard rows), shape (n,).
    """

    features: npt.NDArray[np.float64]
    colours: npt.NDArray[np.str_]
    is_study: npt.NDArray[np.bool_]

    @property
    def strata(self) -> npt.NDArray[np.str_]:
        """Colour and origin of each row, to split by."""
        return np.char.add(self.colours, np.where(self.is_study, "/study", "/painting"))

    def take(self, chosen: npt.NDArray[np.int64]) -> LabelledRows:
        """Return the rows of the given positions."""
        return LabelledRows(self.features[chosen], self.colours[chosen], self.is_study[chosen])


def read_labelled_rows(path: Path) -> LabelledRows:
    """Read a CSV with the 18 features, ``color`` and, if known, ``origin``.

    Raises
    ------
    UsageError
        If the file is absent.
    TableError
        If a column is missing.
    """
    if not path.is_file():
        raise UsageError(
            f"{path} is not there: this command needs real labelled rows, a CSV with the columns "
            f"{', '.join(FEATURE_NAMES)}, color and, if known, origin (study or painting); name yours with --rows"
        )
    table = pd.read_csv(path)
    missing = [name for name in (*FEATURE_NAMES, "color") if name not in table.columns]
    if missing:
        raise TableError(f"{path} lacks the columns {', '.join(missing)}")
    origin = table["origin"].to_numpy(str) if "origin" in table.columns else np.full(len(table), "painting")
    return LabelledRows(
        features=table[list(FEATURE_NAMES)].to_numpy(np.float64),
        colours=table["color"].to_numpy(str),
        is_study=origin == "study",
    )


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
