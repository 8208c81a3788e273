"""Hue as what it is, an angle: where its plain mean, which the 18 features hold, misleads."""

import cv2
import numpy as np
from numpy.typing import NDArray

from src.features.schema import BGRImage


def average_hue(hues: NDArray[np.uint8]) -> float:
    """Return the circular mean of hues.

    Parameters
    ----------
    hues
        In half-degrees, 0-179, of any shape.

    Returns
    -------
    float
        The direction of the mean of unit vectors, in half-degrees, 0 to below 180.

    Notes
    -----
    N. I. Fisher, "Statistical Analysis of Circular Data", Cambridge 1993, section 2.3.
    """
    angles = np.deg2rad(2.0 * hues)
    return float(np.rad2deg(np.arctan2(np.sin(angles).mean(), np.cos(angles).mean())) / 2 % 180)


def measure_hue_gap(image: BGRImage) -> float:
    """Return how far the plain mean of a picture's hue lies from the circular one.

    Parameters
    ----------
    image
        BGR uint8, shape (H, W, 3).

    Returns
    -------
    float
        In half-degrees, 0-90.
    """
    hues = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2HSV)[:, :, 0], dtype=np.uint8)
    gap = abs(float(hues.mean()) - average_hue(hues))
    return min(gap, 180 - gap)
