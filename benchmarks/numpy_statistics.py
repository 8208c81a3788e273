"""The 18 features as a first version takes them: OpenCV's conversions, NumPy's mean and std.

The study's loop is one of the two; its rates on record, 121 images/s for the features and about 90
requests/s for its service, are those of :func:`measure_by_image`.
"""

import cv2
import numpy as np
from numpy.typing import NDArray


def measure_by_image(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Measure 18 features of BGR uint8, shape (H, W, 3), each statistic over a whole image: ``axis=(0, 1)``.

    8 ms for a thumbnail: NumPy's innermost loop is over the three channels.
    """
    spaces = _convert(image)
    return np.concatenate([space.mean(axis=(0, 1)) for space in spaces] + [space.std(axis=(0, 1)) for space in spaces])


def measure_by_channels(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Measure the same channel by channel: four to five times as fast."""
    channels = [space[:, :, number] for space in _convert(image) for number in range(3)]
    return np.array([np.mean(channel) for channel in channels] + [np.std(channel) for channel in channels])


def _convert(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    spaces = image, cv2.cvtColor(image, cv2.COLOR_BGR2HSV), cv2.cvtColor(image, cv2.COLOR_BGR2LAB)
    return tuple(space.astype(np.uint8, copy=False) for space in spaces)
