"""The style: legible, distinct without colour vision, and no lasting change of matplotlib's settings."""

import itertools

import cv2
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from src.colours import LEGIBLE_SWATCHES, SWATCHES
from src.visualization.style import FAR, NEAR, OKABE_ITO, OURS, REFERENCE, choose_ink

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB
COLOUR_BLINDNESS = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def linearise(colour: str) -> np.ndarray:
    encoded = np.array(to_rgb(colour))
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def see(colour: str, matrix: tuple[tuple[float, ...], ...]) -> np.ndarray:
    """CIE Lab of a colour as it is seen."""
    linear = np.clip(np.array(matrix) @ linearise(colour), 0, 1)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return cv2.cvtColor(encoded.astype(np.float32)[None, None], cv2.COLOR_RGB2LAB)[0, 0]


@pytest.mark.parametrize("kind", COLOUR_BLINDNESS)
def test_series_stay_apart_without_colour_vision(kind: str) -> None:
    matrix = COLOUR_BLINDNESS[kind]
    for first, second in itertools.combinations({OURS, REFERENCE, NEAR, FAR}, 2):
        assert np.linalg.norm(see(first, matrix) - see(second, matrix)) > 15


def measure_contrast(first: str, second: str) -> float:
    luminances = sorted(float(np.array([0.2126, 0.7152, 0.0722]) @ linearise(colour)) for colour in (first, second))
    return (luminances[1] + 0.05) / (luminances[0] + 0.05)


@pytest.mark.parametrize("background", sorted({*SWATCHES.values(), *LEGIBLE_SWATCHES.values(), *OKABE_ITO}))
def test_text_on_a_swatch_is_legible(background: str) -> None:
    assert measure_contrast(choose_ink(background), background) >= 3.9
