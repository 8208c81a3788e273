"""The scale step: a large picture is reduced to about a thumbnail's area before it is measured."""

import math
from typing import Final

import cv2
import numpy as np

from src.features.schema import BGRImage

__all__ = ["REDUCE_ABOVE_PIXELS", "THUMBNAIL_PIXELS", "THUMBNAIL_SIDE", "reduce_image"]

THUMBNAIL_SIDE: Final = 218
"""Side of the study's thumbnails, in pixels."""

THUMBNAIL_PIXELS: Final = THUMBNAIL_SIDE**2

REDUCE_ABOVE_PIXELS: Final = 2 * THUMBNAIL_PIXELS
"""A picture of at most this area stays untouched, so that published features stay exact."""


def reduce_image(image: BGRImage) -> BGRImage:
    """Bring a large picture to about a thumbnail's area, whole and with its aspect kept.

    What is learned from 218 × 218 thumbnails is asked about pictures of any size; standard
    deviations depend on the scale, so both are measured at the same one. Training, prediction and
    serving call this same function.

    Parameters
    ----------
    image
        BGR uint8, shape (H, W, 3).

    Returns
    -------
    BGRImage
        The same array if its area is at most :data:`REDUCE_ABOVE_PIXELS`, else a new one of about
        :data:`THUMBNAIL_PIXELS`, each pixel the average of the area that it covers.
    """
    height, width = image.shape[:2]
    if height * width <= REDUCE_ABOVE_PIXELS:
        return image
    scale = math.sqrt(THUMBNAIL_PIXELS / (height * width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
