"""From an upload to pixels: limits first, then the one decoder."""

from dataclasses import dataclass

from src.errors import ImageTooLargeError
from src.features.decode_image import decode_image
from src.features.schema import BGRImage


@dataclass(frozen=True)
class ImageLimits:
    """What one picture may cost."""

    maximum_bytes: int
    maximum_pixels: int


def convert_upload(content: bytes, limits: ImageLimits) -> BGRImage:
    """Decode a picture that somebody sent.

    Parameters
    ----------
    content
        The whole file.
    limits
        What it may cost; checked before any pixel is decoded.

    Returns
    -------
    BGRImage
        uint8, shape (H, W, 3), channels blue, green, red; of the size that was sent.

    Raises
    ------
    ImageTypeError, ImageTooLargeError, ImageDecodeError
        As :func:`src.features.decode_image.decode_image` says.
    """
    if len(content) > limits.maximum_bytes:
        raise ImageTooLargeError(
            f"the picture has {len(content):,} bytes: expected at most {limits.maximum_bytes:,}; "
            "send a smaller or more compressed file"
        )
    return decode_image(content, limits.maximum_pixels)
