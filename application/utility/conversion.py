"""From an upload to pixels: limits first, then the one decoder."""

from dataclasses import dataclass
from typing import Final

from src.errors import ImageDecodeError, ImageTooLargeError
from src.features.decode_image import decode_image
from src.features.image_header import read_header
from src.features.schema import BGRImage

__all__ = ["SIGNATURE_BYTES", "ImageLimits", "check_signature", "convert_upload"]

SIGNATURE_BYTES: Final = 12
"""So many bytes tell the type of a picture."""


@dataclass(frozen=True)
class ImageLimits:
    """What one picture may cost."""

    maximum_bytes: int
    maximum_pixels: int


def check_signature(beginning: bytes) -> None:
    """Refuse a type that is not served by its first bytes, before the rest has arrived.

    Raises
    ------
    ImageTypeError
        If :data:`SIGNATURE_BYTES` are there and are of no type served.
    """
    if len(beginning) >= SIGNATURE_BYTES:
        try:
            read_header(beginning)
        except ImageDecodeError:
            return  # the type is right; that it is not whole yet is no surprise


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
