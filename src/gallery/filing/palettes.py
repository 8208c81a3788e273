"""What palettes real pictures of a colour have: a compact model to draw the 18 features from.

For each colour a mixture of Gaussians over transformed features, fitted by
``python -m src.gallery.calibration.fit``.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Final, TypedDict

import numpy as np
import numpy.typing as npt

from src.features.schema import FEATURE_COUNT, FeatureVector

PALETTES_FILE: Final = Path(__file__).with_name("palettes.json")
"""The fitted mixtures."""

_HALF: Final = FEATURE_COUNT // 2
_TOP: Final = np.array([256.0, 256.0, 256.0, 180.0, 256.0, 256.0, 256.0, 256.0, 256.0])
_STD_SHIFT: Final = 10.0  # grey levels; makes the logarithms of the deviations nearly Gaussian


def to_free(features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Turn features (n, 18) into free numbers: log-odds of the means in their range, logarithms of the deviations."""
    share = (features[:, :_HALF] + 0.5) / (_TOP + 1.0)
    return np.hstack((np.log(share / (1.0 - share)), np.log(features[:, _HALF:] + _STD_SHIFT)))


def from_free(free: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Undo :func:`to_free`; values are kept inside their ranges."""
    share = 1.0 / (1.0 + np.exp(-free[:, :_HALF]))
    means = share * (_TOP + 1.0) - 0.5
    deviations = np.exp(np.minimum(free[:, _HALF:], 5.0)) - _STD_SHIFT
    return np.hstack((np.clip(means, 0.0, _TOP - 1.0), np.clip(deviations, 0.0, 127.0)))


class Component(TypedDict):
    """One Gaussian of a mixture, in free numbers: its weight, its mean (18), the lower triangle of its root (171)."""

    share: float
    mean: list[float]
    root: list[float]


@dataclass(frozen=True, eq=False)
class PaletteModel:
    """A mixture of Gaussians in free numbers for each colour.

    By colour the cumulative weight of each component, its mean, shape (components, 18), and the Cholesky root of its
    covariance, shape (components, 18, 18).
    """

    shares: dict[str, list[float]]
    means: dict[str, npt.NDArray[np.float64]]
    roots: dict[str, npt.NDArray[np.float64]]

    def draw(self, rng: Random, colour: str) -> FeatureVector:
        """Draw the 18 features of a picture of a colour; shape (18,)."""
        chance = rng.random()
        component = next((number for number, share in enumerate(self.shares[colour]) if chance < share), 0)
        noise = np.array([rng.gauss(0.0, 1.0) for _ in range(FEATURE_COUNT)])
        free = self.means[colour][component] + self.roots[colour][component] @ noise
        return np.asarray(from_free(free[None, :])[0])


@lru_cache(maxsize=2)
def load_palettes(path: Path = PALETTES_FILE) -> PaletteModel:
    """Read the fitted mixtures."""
    return build_palettes(json.loads(path.read_text(encoding="utf-8"))["colours"])


def build_palettes(colours: Mapping[str, Sequence[Component]]) -> PaletteModel:
    """Make the model from its stored components."""
    model = PaletteModel({}, {}, {})
    rows, columns = np.tril_indices(FEATURE_COUNT)
    for colour, components in colours.items():
        model.shares[colour] = np.cumsum([component["share"] for component in components]).tolist()
        model.means[colour] = np.array([component["mean"] for component in components])
        model.roots[colour] = np.zeros((len(components), FEATURE_COUNT, FEATURE_COUNT))
        model.roots[colour][:, rows, columns] = [component["root"] for component in components]
    return model
