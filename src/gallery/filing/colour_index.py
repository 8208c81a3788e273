"""The colour index: under which colour the gallery files a picture.

A multinomial logistic model on the 18 features, their squares and their products, fitted to real labelled rows
by ``python -m src.gallery.calibration.fit_colour_index``; see ``references/gallery_calibration.md``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from src.errors import ModelMismatchError, ModelMissingError
from src.features.schema import FEATURE_COUNT, FEATURE_NAMES, FeatureVector

COLOUR_INDEX_FILE: Final = Path(__file__).with_name("colour_index.json")
"""The coefficients, as fitted."""

GRAY_CHROMA: Final = 7.0
"""Largest distance of the mean a and b from neutral (128) that counts as grey."""

GRAY_LIGHTNESS: Final = (80.0, 185.0)
"""Range of the mean L (0-255) that counts as grey."""

_ROWS, _COLUMNS = np.triu_indices(FEATURE_COUNT)


def quadratic_terms(standardised: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the features, then their products in pairs (upper triangle, row by row).

    Parameters
    ----------
    standardised
        float64, shape (n, 18).

    Returns
    -------
    numpy.ndarray
        float64, shape (n, 189).
    """
    products = standardised[:, _ROWS] * standardised[:, _COLUMNS]
    return np.hstack((standardised, products))


def is_gray(features: FeatureVector) -> bool:
    """Whether a picture is filed under GRAY where a gallery has that colour: achromatic, of middle lightness.

    A rule by hand: no labelled rows of GRAY exist, for the study had eleven colours.
    """
    position = FEATURE_NAMES.index("l_lab_mean")
    lightness, green_red, blue_yellow = features[position : position + 3]
    chroma = float(np.hypot(green_red - 128.0, blue_yellow - 128.0))
    return chroma <= GRAY_CHROMA and GRAY_LIGHTNESS[0] <= lightness <= GRAY_LIGHTNESS[1]


@dataclass(frozen=True, eq=False)
class ColourIndex:
    """Coefficients of the index.

    Attributes
    ----------
    classes
        The colours, in the site's order.
    mean, scale
        float64, shape (18,): the features are standardised with these.
    intercepts
        float64, shape (classes,).
    coefficients
        float64, shape (classes, 189), in the order of :func:`quadratic_terms`.
    """

    classes: tuple[str, ...]
    mean: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    intercepts: npt.NDArray[np.float64]
    coefficients: npt.NDArray[np.float64]

    def scores(self, features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the log-odds of each colour, up to a constant: shape (n, classes) from (n, 18)."""
        terms = quadratic_terms((features - self.mean) / self.scale)
        return np.asarray(terms @ self.coefficients.T + self.intercepts)

    def probabilities(self, features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the probability of each colour: shape (n, classes) from (n, 18)."""
        scores = self.scores(features)
        exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))

    def file(self, features: FeatureVector) -> str:
        """Return the most probable colour of one picture, features of shape (18,)."""
        return self.classes[int(self._score_one(features).argmax())]

    def margin(self, features: FeatureVector, colour: str) -> float:
        """Return by how much ``colour`` leads all others (log-odds); negative where another one leads."""
        scores = self._score_one(features)
        position = self.classes.index(colour)
        lead = float(scores[position])
        scores[position] = -np.inf
        return lead - float(scores.max())

    def _score_one(self, features: FeatureVector) -> npt.NDArray[np.float64]:
        standardised = (features - self.mean) / self.scale
        flat = np.outer(standardised, standardised).ravel()
        return np.asarray(self._square @ flat + self._linear @ standardised + self.intercepts)

    @cached_property
    def _linear(self) -> npt.NDArray[np.float64]:
        return np.ascontiguousarray(self.coefficients[:, :FEATURE_COUNT])

    @cached_property
    def _square(self) -> npt.NDArray[np.float64]:
        square = np.zeros((len(self.classes), FEATURE_COUNT, FEATURE_COUNT))
        square[:, _ROWS, _COLUMNS] = self.coefficients[:, FEATURE_COUNT:]
        return square.reshape(len(self.classes), -1)


@lru_cache(maxsize=2)
def load_colour_index(path: Path = COLOUR_INDEX_FILE) -> ColourIndex:
    """Read the fitted index.

    Raises
    ------
    ModelMissingError
        If the file is not there.
    ModelMismatchError
        If it was fitted on other features, or its parts do not fit together.
    """
    if not path.is_file():
        raise ModelMissingError(
            f"the colour index {path} is missing: make it with python -m src.gallery.calibration.fit_colour_index"
        )
    stored = json.loads(path.read_text(encoding="utf-8"))
    if tuple(stored["features"]) != FEATURE_NAMES:
        raise ModelMismatchError(
            f"{path} was fitted on other features: fit it again with src.gallery.calibration.fit_colour_index"
        )
    classes = tuple(stored["classes"])
    index = ColourIndex(
        classes=classes,
        mean=np.array(stored["mean"]),
        scale=np.array(stored["scale"]),
        intercepts=np.array([stored["colours"][name]["intercept"] for name in classes]),
        coefficients=np.array(
            [stored["colours"][name]["linear"] + stored["colours"][name]["products"] for name in classes]
        ),
    )
    expected = (len(classes), FEATURE_COUNT + len(_ROWS))
    if index.coefficients.shape != expected:
        raise ModelMismatchError(f"{path} holds coefficients of shape {index.coefficients.shape}, expected {expected}")
    return index
