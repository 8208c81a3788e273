"""What palettes real pictures of a colour have: a compact model to draw the 18 features from.

For each colour a mixture of Gaussians over transformed features, fitted by
``python -m src.gallery.calibration.fit``.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Final, NamedTuple, TypedDict

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


class Palette(NamedTuple):
    """A colour's mixture of Gaussians in free numbers.

    The cumulative weights of its components, their means, shape (components, 18), and the Cholesky roots of their
    covariances, shape (components, 18, 18).
    """

    shares: list[float]
    means: npt.NDArray[np.float64]
    roots: npt.NDArray[np.float64]

    def draw(self, rng: Random) -> FeatureVector:
        """Draw the 18 features of a picture; shape (18,)."""
        chance = rng.random()
        component = next((number for number, share in enumerate(self.shares) if chance < share), 0)
        noise = np.array([rng.gauss(0.0, 1.0) for _ in range(FEATURE_COUNT)])
        free = self.means[component] + self.roots[component] @ noise
        return np.asarray(from_free(free[None, :])[0])


@lru_cache(maxsize=2)
def load_palettes(path: Path = PALETTES_FILE) -> dict[str, Palette]:
    """Read the fitted mixtures, by colour."""
    return build_palettes(json.loads(path.read_text(encoding="utf-8"))["colours"])


def build_palettes(colours: Mapping[str, Sequence[Component]]) -> dict[str, Palette]:
    """Make the palettes from their stored components."""
    palettes = {}
    rows, columns = np.tril_indices(FEATURE_COUNT)
    for colour, components in colours.items():
        shares = np.cumsum([component["share"] for component in components]).tolist()
        roots = np.zeros((len(components), FEATURE_COUNT, FEATURE_COUNT))
        roots[:, rows, columns] = [component["root"] for component in components]
        palettes[colour] = Palette(shares, np.array([component["mean"] for component in components]), roots)
    return palettes
