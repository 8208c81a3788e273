"""A picture's 18 numbers: mean and standard deviation of nine colour channels."""

import cv2
import numpy as np
from numpy.typing import NDArray

from src.features.schema import BGRImage, FeatureVector


def extract_features(image: BGRImage) -> FeatureVector:
    """Measure the pixels that are given, as they are.

    Large pictures go through :func:`src.features.reduce_image.reduce_image` first; that step is
    the caller's, so that this one stays a pure function of the pixels.

    Parameters
    ----------
    image
        BGR uint8, shape (H, W, 3), with at least one pixel.

    Returns
    -------
    FeatureVector
        float64, shape (18,), in the order of :data:`src.features.schema.FEATURE_NAMES`: the means
        of B, G, R (0-255), H (half-degrees, 0-179), S, V (0-255), L, a, b (0-255), then the
        population standard deviations of the same nine. Equal to ``numpy.mean`` and ``numpy.std``
        to 1e-9.

    Raises
    ------
    ValueError
        If the array is not uint8, shape (H, W, 3) with at least one pixel.

    Notes
    -----
    The mean of hue is not a circular mean: red wraps around at 0/180, as in the study.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(
            f"expected a BGR image: uint8, shape (H, W, 3), at least one pixel; got {image.dtype}, shape {image.shape}"
        )
    statistics = [
        cv2.meanStdDev(converted)
        for converted in (image, cv2.cvtColor(image, cv2.COLOR_BGR2HSV), cv2.cvtColor(image, cv2.COLOR_BGR2LAB))
    ]
    means = np.concatenate([mean[:, 0] for mean, _ in statistics])
    deviations = np.concatenate([deviation[:, 0] for _, deviation in statistics])
    return _make_exact(means, deviations, image.shape[0] * image.shape[1])


def _make_exact(means: NDArray[np.float64], deviations: NDArray[np.float64], pixels: int) -> FeatureVector:
    """Free nine means and deviations of OpenCV's rounding.

    ``cv2.meanStdDev`` takes the square of the mean from the mean of the squares, which leaves an
    error of up to 1e-6 in the deviation of a nearly uniform picture. Both sums are whole numbers
    far below 2**53, so rounding gives them back exactly, and taken around the whole number nearest
    to the mean they never cancel. The result is the same on every processor.
    """
    sums = np.rint(means * pixels)
    squares = np.rint((deviations * deviations + means * means) * pixels)
    centres = np.rint(means)
    offsets = (sums - centres * pixels) / pixels
    spreads = (squares - 2 * centres * sums + centres * centres * pixels) / pixels
    return np.concatenate([sums / pixels, np.sqrt(np.maximum(spreads - offsets * offsets, 0))])
