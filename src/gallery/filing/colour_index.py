"""The colour index: under which colour the gallery files a picture.

A small neural network (two hidden layers of rectified units) on the 18 features, fitted to real labelled rows and
to chips of every colour by ``python -m src.gallery.calibration.fit``; see
``references/gallery_calibration.md``.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from src.features.schema import FEATURE_NAMES, FeatureVector

COLOUR_INDEX_FILE: Final = Path(__file__).with_name("colour_index.json")
"""The weights, as fitted."""

GRAY_CHROMA: Final = 7.0
"""Largest distance of the mean a and b from neutral (128) that counts as grey."""

GRAY_LIGHTNESS: Final = (80.0, 185.0)
"""Range of the mean L (0-255) that counts as grey."""


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
    """The colours in the site's order, and the weights of the index, all float64.

    The features are standardised by ``mean`` and ``scale``, shape (18,); each layer has weights (inputs, outputs) and
    intercepts (outputs,).
    """

    classes: tuple[str, ...]
    mean: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    layers: tuple[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]], ...]

    def scores(self, features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the log-odds of each colour, up to a constant: shape (n, classes) from (n, 18)."""
        values = (features - self.mean) / self.scale
        for weights, intercepts in self.layers[:-1]:
            values = np.maximum(values @ weights + intercepts, 0.0)
        weights, intercepts = self.layers[-1]
        return np.asarray(values @ weights + intercepts)

    def name(self, features: npt.NDArray[np.float64]) -> npt.NDArray[np.str_]:
        """Return the most probable colour of each row: shape (n,) from (n, 18)."""
        return np.asarray(np.array(self.classes)[self.scores(features).argmax(axis=1)])

    def margin(self, features: FeatureVector, colour: str) -> float:
        """Return by how much ``colour`` leads all others (log-odds): 0 or more if a picture is filed under it.

        GRAY, which has no labelled rows, has a rule by hand instead (:func:`is_gray`): 0 or -1.
        """
        if colour not in self.classes:
            return 0.0 if is_gray(features) else -1.0
        scores = self.scores(features)
        position = self.classes.index(colour)
        lead = float(scores[position])
        scores[position] = -np.inf
        return lead - float(scores.max())


@lru_cache(maxsize=2)
def load_colour_index(path: Path = COLOUR_INDEX_FILE) -> ColourIndex:
    """Read the fitted index."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return ColourIndex(
        classes=tuple(stored["classes"]),
        mean=np.array(stored["mean"]),
        scale=np.array(stored["scale"]),
        layers=tuple((np.array(layer["weights"]), np.array(layer["intercepts"])) for layer in stored["layers"]),
    )
