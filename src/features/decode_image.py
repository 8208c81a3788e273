"""Bytes to pixels: the only place of the project that calls ``cv2.imdecode``."""

from typing import Final

import cv2
import numpy as np

from src.errors import ImageDecodeError, ImageTooLargeError
from src.features.image_header import ImageHeader, read_header
from src.features.schema import BGRImage

MAXIMUM_PIXELS: Final = 64_000_000
"""Default cap on width × height: 64 megapixels decode to 192 MB."""

BAND_ROWS: Final = 64
"""So many rows of a transparent picture are laid over white at a time."""


def decode_image(content: bytes, maximum_pixels: int = MAXIMUM_PIXELS) -> BGRImage:
    """Decode a JPEG, PNG or WebP picture as everything in this project sees it.

    The EXIF orientation is applied, grey becomes three equal channels, of 16 bits the upper 8 are
    kept, CMYK becomes BGR by OpenCV's conversion, an animation gives its first frame, and what is
    transparent is laid over white, as a web page shows it.

    Parameters
    ----------
    content
        The whole file.
    maximum_pixels
        Pictures that declare more are refused before any pixel is decoded.

    Returns
    -------
    BGRImage
        uint8, shape (H, W, 3), channels blue, green, red.

    Raises
    ------
    ImageTypeError
        If the bytes are of another type, whatever the file is called.
    ImageTooLargeError
        If the header declares more than ``maximum_pixels``.
    ImageDecodeError
        If the file is empty, truncated or damaged.

    Notes
    -----
    Three limits of OpenCV's decoders: bytes altered inside a JPEG or WebP file that still ends well
    (neither has a checksum) decode to altered pixels; a PNG file with alpha is not turned by its
    EXIF orientation, which no feature depends on but by the reduction of large pictures; the one
    transparent grey of a grey PNG file (its ``tRNS`` chunk) stays grey.
    """
    header = read_header(content)
    if header.pixels > maximum_pixels:
        raise ImageTooLargeError(
            f"the picture declares {header.width} × {header.height} = {header.pixels:,} pixels: "
            f"expected at most {maximum_pixels:,}; send a smaller version"
        )
    flags = cv2.IMREAD_UNCHANGED if header.has_alpha else cv2.IMREAD_COLOR
    buffer = np.frombuffer(content, dtype=np.uint8)
    try:
        image = cv2.imdecode(buffer, flags)
    except cv2.error as error:
        raise _undecodable(header) from error
    if image is None or image.size == 0:
        raise _undecodable(header)
    return _lay_over_white(image) if header.has_alpha else image.astype(np.uint8, copy=False)


def _undecodable(header: ImageHeader) -> ImageDecodeError:
    return ImageDecodeError(
        f"the {header.media_type} content of {header.width} × {header.height} pixels cannot be decoded: "
        "the file is damaged; fetch or export it again"
    )


def _lay_over_white(image: np.ndarray) -> BGRImage:
    """Turn what IMREAD_UNCHANGED gives (1, 3 or 4 channels, 8 or 16 bits) into BGR uint8."""
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)  # as libpng does where there is no alpha
    if image.ndim == 2:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    if image.shape[2] == 4:
        for top in range(0, len(image), BAND_ROWS):  # a whole picture in floats would be large
            band = image[top : top + BAND_ROWS]
            opacity = band[:, :, 3:].astype(np.float32) / 255
            band[:, :, :3] = np.rint(band[:, :, :3] * opacity + 255 * (1 - opacity))
    return np.ascontiguousarray(image[:, :, :3], dtype=np.uint8)
