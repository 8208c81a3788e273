"""A picture's 18 numbers: mean and standard deviation of nine colour channels."""

import cv2
import numpy as np

from src.features.schema import FEATURE_COUNT, BGRImage, FeatureVector

__all__ = ["extract_features"]


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
    features = np.empty(FEATURE_COUNT)
    half = FEATURE_COUNT // 2
    for position, converted in enumerate(
        (image, cv2.cvtColor(image, cv2.COLOR_BGR2HSV), cv2.cvtColor(image, cv2.COLOR_BGR2LAB))
    ):
        means, deviations = cv2.meanStdDev(converted)
        features[3 * position : 3 * position + 3] = means[:, 0]
        features[half + 3 * position : half + 3 * position + 3] = deviations[:, 0]
    return features
