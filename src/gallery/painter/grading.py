"""The grade: the colours of a whole picture, moved so that its 18 features come near a palette.

Pigment goes through one affine map into B, G, R; then colour is tied to light, as shadows on a coloured thing keep
its hue, and a curve bends the shadows. The fourteen numbers are found on a tiny rendering by damped least squares.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from src.features.schema import FEATURE_COUNT, BGRImage, FeatureVector

_BASIS: Final = np.array([[0.98, 0.10, -1.62], [0.98, -0.82, 0.12], [0.98, 1.62, 0.42]])
"""About how B, G and R answer to a step of 1 in L, a and b; good enough to start from."""

_CENTRE: Final = 128.0
_PARAMETERS: Final = 14
_BEND, _TIE = 12, 13  # positions of the curve's parameter and of the tie between colour and light
_TIED_LIGHT: Final = 0.5  # at this light the tie changes nothing
_MOST_TIED: Final = 1.6  # the largest factor by which light strengthens colour

# One unit of each parameter changes the picture by a like amount: the slopes act on pigment of the deviations below.
_STEPS: Final = np.array([0.06, 0.12, 0.12] * 3 + [4.0, 4.0, 4.0, 0.12, 0.1])
_LOOSE: Final = np.array([0.20, 0.45, 0.45] * 3 + [25.0, 25.0, 25.0, 0.35, 0.35])

_TURNS: Final = np.array([[1.0, 1.0, 1.0], [1.0, -1.0, 1.0], [1.0, 1.0, -1.0], [1.0, -1.0, -1.0]])
_TURN_COST: Final = np.array([1.0, 1.4, 1.4, 1.6])  # skies stay blue and leaves green where that fits about as well
_FLOOR: Final = np.eye(3) * 0.5  # keeps the covariance of flat pigment invertible
_AVERAGE: Final = np.full((1, 3), 1.0 / 3.0, np.float32)
_STEP_MATRIX: Final = np.diag(_STEPS)
_STEP_SCALE: Final = _LOOSE / _STEPS
_STRIDE: Final = 3
_ROUNDS: Final = 2  # damped Gauss-Newton steps

# How much a feature may be off: about a quarter of its spread over real pictures.
_TOLERANCE: Final = np.array(
    [11, 10.5, 10.5, 8.0, 10, 10.5, 10.5, 2.1, 2.8, 4.0, 3.5, 3.6, 5.5, 4.5, 3.5, 3.4, 1.1, 1.4]
)

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Grade:
    """From pigment to B, G, R.

    The matrix (3 × 4, row by row) holds slopes on pigment − 128 and offset, in units of 255. A bend of 1 leaves the
    curve straight, 0 makes it a square, which deepens shadows. A tie of 0 adds colour to light, 1 makes it grow with
    light, so that shadows are as saturated as lights.
    """

    matrix: tuple[float, ...]
    bend: float
    tie: float

    def apply(self, pigment: npt.NDArray[np.float32]) -> BGRImage:
        """Grade float32 pigment (H, W, 3); return BGR uint8 of the same size."""
        matrix = np.array(self.matrix, np.float32).reshape(3, 4)
        matrix[:, 3] -= matrix[:, :3].sum(axis=1) * np.float32(_CENTRE)
        value = cv2.transform(pigment, matrix)
        light = np.maximum(cv2.transform(value, _AVERAGE), 0)
        share = np.minimum(light * np.float32(self.tie / _TIED_LIGHT), np.float32(self.tie * _MOST_TIED))
        share += np.float32(1.0 - self.tie)
        light -= light * share
        # Merged planes and not broadcasting, whose inner loop would be three numbers long.
        cv2.multiply(value, cv2.merge((share, share, share)), dst=value)
        cv2.add(value, cv2.merge((light, light, light)), dst=value)
        np.maximum(value, 0, out=value)
        curved = value * np.float32(255.0 * (1.0 - self.bend))
        curved += np.float32(255.0 * self.bend)
        curved *= value
        return np.asarray(cv2.convertScaleAbs(curved), np.uint8)


PLAIN_GRADE: Final = Grade(
    (1 / 255, 0, 0, _CENTRE / 255, 0, 1 / 255, 0, _CENTRE / 255, 0, 0, 1 / 255, _CENTRE / 255), 1.0, 0.0
)
"""Takes pigment for B, G, R as it is."""


def fit_grade(pigment: npt.NDArray[np.float32], target: FeatureVector) -> tuple[Grade, float]:
    """Find the grade that brings the features of a tiny rendering, float32 (H, W, 3), near ``target`` (18,).

    Returns the grade, and how far the features stay from the target (squared, in tolerances).
    """
    coarse = np.ascontiguousarray(pigment[_STRIDE // 2 :: _STRIDE, _STRIDE // 2 :: _STRIDE])
    flat = coarse.reshape(-1, 3) - np.float32(_CENTRE)
    few = flat[1::3]
    guesses = _first_guesses(coarse, target)
    apart = (_measure(few, guesses) - target) / _TOLERANCE
    parameters = guesses[int(((apart * apart).sum(axis=1) * _TURN_COST).argmin())]
    best, best_distance = parameters, np.inf
    for turn in range(_ROUNDS + 1):
        measured = _measure_one(coarse, parameters)
        residual = (target - measured) / _TOLERANCE
        distance = float(residual @ residual)
        if distance < best_distance:
            best, best_distance = parameters, distance
        if turn == _ROUNDS:
            break
        trials = _measure(few, np.vstack((parameters, parameters + _STEP_MATRIX)))
        slopes = ((trials[1:] - trials[0]) / _TOLERANCE).T * _STEP_SCALE
        normal = slopes.T @ slopes
        normal.ravel()[:: _PARAMETERS + 1] += 1.0
        step = np.linalg.solve(normal, slopes.T @ residual)
        length = float(np.sqrt(step @ step))
        parameters = parameters + _LOOSE * step * min(1.0, 2.5 / max(length, 1e-9))
        parameters[_BEND] = min(1.25, max(0.0, parameters[_BEND]))
        parameters[_TIE] = min(1.0, max(0.0, parameters[_TIE]))
    return _grade_of(best), best_distance


def _measure_one(coarse: npt.NDArray[np.float32], parameters: FloatArray) -> FeatureVector:
    """Return the features (18,) of pigment (H, W, 3) under one set of parameters; exact enough to steer by."""
    image = _grade_of(parameters).apply(coarse)
    parts = [
        cv2.meanStdDev(converted)
        for converted in (image, cv2.cvtColor(image, cv2.COLOR_BGR2HSV), cv2.cvtColor(image, cv2.COLOR_BGR2LAB))
    ]
    return np.asarray(np.concatenate([part[0] for part in parts] + [part[1] for part in parts])[:, 0], np.float64)


def _grade_of(parameters: FloatArray) -> Grade:
    matrix = np.empty((3, 4))
    matrix[:, :3] = parameters[:9].reshape(3, 3)
    matrix[:, 3] = parameters[9:12]
    matrix /= 255.0
    return Grade(tuple(matrix.ravel().tolist()), float(parameters[_BEND]), float(parameters[_TIE]))


def _first_guesses(coarse: npt.NDArray[np.float32], target: FeatureVector) -> FloatArray:
    """Return grades (4, 14) that match means and covariances: the optimal map between Gaussians, four times.

    Pigment keeps its axes, or has green-red, blue-yellow or both turned round first. The map is the one of Pitié
    and Kokaram, "The linear Monge-Kantorovitch linear colour mapping", 2007. The covariances of the target come
    from its nine deviations: those of B, G and R are sums over the ones of L, a and b by :data:`_BASIS`.
    """
    pigment = coarse.reshape(-1, 3) - np.float32(_CENTRE)
    mean = pigment.mean(axis=0, dtype=np.float64)
    pigment = pigment - mean.astype(np.float32)
    own = (pigment.T @ pigment).astype(np.float64) / len(pigment) + _FLOOR
    wanted = _wanted_covariance(target, own)
    values, vectors = np.linalg.eigh(own[None] * _TURNS[:, :, None] * _TURNS[:, None, :])
    roots = np.sqrt(values)[:, None, :]
    root = (vectors * roots) @ vectors.transpose(0, 2, 1)
    inverse = (vectors / roots) @ vectors.transpose(0, 2, 1)
    values, vectors = np.linalg.eigh(root @ wanted @ root)
    between = (vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]) @ vectors.transpose(0, 2, 1)
    maps = inverse @ between @ inverse * _TURNS[:, None, :]
    bend = min(0.98, max(0.35, 0.2 + float(target[6]) / 130.0))
    light = np.clip(target[:3], 2.0, 253.0) / 255.0
    # Invert the curve z·(bend + (1 − bend)·z) at the mean, and take its slope there.
    rest = 1.0 - bend
    before = (-bend + np.sqrt(bend * bend + 4.0 * rest * light)) / (2.0 * rest)
    slopes = (_BASIS @ maps) / (bend + 2.0 * rest * before)[:, None]
    guesses = np.empty((len(_TURNS), _PARAMETERS))
    guesses[:, :9] = slopes.reshape(-1, 9)
    guesses[:, 9:12] = before * 255.0 - slopes @ mean
    guesses[:, _BEND] = bend
    guesses[:, _TIE] = 0.4
    return guesses


def _wanted_covariance(target: FeatureVector, own: FloatArray) -> FloatArray:
    """Return the covariance of L, a and b (3, 3) that a palette has, as far as its deviations say."""
    half = FEATURE_COUNT // 2
    blue, green, _ = (target[half : half + 3] ** 2).tolist()
    light, red, yellow = (target[half + 6 :] ** 2).tolist()
    light_red = (light + _BASIS[1, 1] ** 2 * red - green) / (-2.0 * _BASIS[1, 1])
    light_yellow = (light + _BASIS[0, 2] ** 2 * yellow - blue) / (-2.0 * _BASIS[0, 2])
    most_red, most_yellow = 0.85 * (light * red) ** 0.5, 0.85 * (light * yellow) ** 0.5
    light_red = min(most_red, max(-most_red, light_red))
    light_yellow = min(most_yellow, max(-most_yellow, light_yellow))
    tie = float(own[1, 2] / (own[1, 1] * own[2, 2]) ** 0.5)
    red_yellow = 0.5 * tie * (red * yellow) ** 0.5 + 0.5 * light_red * light_yellow / max(light, 1.0)
    covariance = np.array(
        [[light, light_red, light_yellow], [light_red, red, red_yellow], [light_yellow, red_yellow, yellow]]
    )
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * np.maximum(values, 0.3)) @ vectors.T)


def _measure(flat: npt.NDArray[np.float32], trials: FloatArray) -> FloatArray:
    """Return the features (trials, 18) of the pigment (n, 3) under each set of parameters."""
    count = len(trials)
    maps = trials[:, :9].reshape(count, 3, 3).transpose(1, 0, 2) / 255.0  # channel, trial, pigment
    offsets = trials[:, 9:12].T / 255.0
    maps = np.concatenate((maps, maps.mean(axis=0, keepdims=True))).reshape(-1, 3).astype(np.float32)
    shift = np.concatenate((offsets.ravel(), offsets.mean(axis=0))).astype(np.float32)
    value = (flat @ maps.T + shift).reshape(len(flat), 4, count)
    light = np.maximum(value[:, 3:], 0)
    tie, bend = trials[:, _TIE].astype(np.float32), trials[:, _BEND].astype(np.float32)
    share = np.minimum(light * (tie / np.float32(_TIED_LIGHT)), tie * np.float32(_MOST_TIED))
    share += 1 - tie
    light -= light * share
    value = value[:, :3] * share
    value += light
    np.maximum(value, 0, out=value)
    curved = value * (np.float32(255) * (1 - bend))
    curved += np.float32(255) * bend
    curved *= value
    levels = cv2.convertScaleAbs(curved.reshape(len(flat), -1)).reshape(len(flat), 3, count)
    pixels = np.ascontiguousarray(levels.transpose(0, 2, 1)).reshape(1, -1, 3)
    features = np.empty((2, 3, count, 3))
    average = np.full(len(flat), 1.0 / len(flat), np.float32)
    conversions = (pixels, cv2.cvtColor(pixels, cv2.COLOR_BGR2HSV), cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB))
    for position, converted in enumerate(conversions):
        values = converted.reshape(len(flat), -1).astype(np.float32)
        mean = average @ values
        values -= mean
        values *= values
        features[0, position] = mean.reshape(count, 3)
        features[1, position] = np.sqrt(average @ values).reshape(count, 3)
    return np.asarray(features.transpose(2, 0, 1, 3).reshape(count, FEATURE_COUNT))
