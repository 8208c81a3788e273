"""The scale step: a large picture is reduced to about a thumbnail's area before it is measured."""

import math
from typing import Final

import cv2
import numpy as np

from src.features.schema import BGRImage

THUMBNAIL_SIDE: Final = 218
"""Side of the study's thumbnails, in pixels."""

THUMBNAIL_PIXELS: Final = THUMBNAIL_SIDE**2

REDUCE_ABOVE_PIXELS: Final = 2 * THUMBNAIL_PIXELS
"""A picture of at most this area stays untouched, so that published features stay exact."""


def reduce_image(image: BGRImage) -> BGRImage:
    """Bring a large picture to about a thumbnail's area, whole and with its aspect kept.

    What is learned from 218 × 218 thumbnails is asked about pictures of any size; standard
    deviations depend on the scale, so both are measured at about the same one. Training,
    prediction and serving call this same function.

    Returns
    -------
    BGRImage
        The same array if its area is at most :data:`REDUCE_ABOVE_PIXELS`. Else a new one in which
        each pixel is the average of ``n`` × ``n`` pixels, ``n`` being the whole number that brings
        the area nearest to :data:`THUMBNAIL_PIXELS`: within 0.5 to 1.5 of it, closer the larger the
        picture. What does not fill a pixel at the edges, less than one of its sides, is left out
        in equal parts.

    Notes
    -----
    Averaging whole pixels takes OpenCV's integer paths, which are much faster than its averaging of parts of
    pixels, and which no processor rounds otherwise.
    """
    height, width = image.shape[:2]
    if height * width <= REDUCE_ABOVE_PIXELS:
        return image
    rows, columns = _choose_factors(height, width)
    high, wide = height // rows, width // columns
    top, left = (height - high * rows) // 2, (width - wide * columns) // 2
    kept = image[top : top + high * rows, left : left + wide * columns]
    return cv2.resize(kept, (wide, high), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _choose_factors(height: int, width: int) -> tuple[int, int]:
    """Return how many rows and columns become one; equal but for pictures thinner than that."""
    ratio = height * width / THUMBNAIL_PIXELS
    # n(n - 1) < ratio <= n(n + 1): the n whose square is nearest to the ratio by factor
    factor = math.ceil(math.sqrt(ratio + 0.25) - 0.5)
    if height < factor:
        return height, max(1, min(width, round(ratio / height)))
    if width < factor:
        return max(1, min(height, round(ratio / width))), width
    return factor, factor


def crop_thumbnail(image: BGRImage) -> BGRImage:
    """Cut the largest centred square out of a picture and bring it to 218 × 218, as the site's thumbnails are.

    Each pixel is the average of what it covers where the picture is larger.
    """
    height, width = image.shape[:2]
    side = min(height, width)
    upper, left = (height - side) // 2, (width - side) // 2
    square = image[upper : upper + side, left : left + side]
    method = cv2.INTER_AREA if side > THUMBNAIL_SIDE else cv2.INTER_LINEAR
    return cv2.resize(square, (THUMBNAIL_SIDE, THUMBNAIL_SIDE), interpolation=method).astype(np.uint8, copy=False)
