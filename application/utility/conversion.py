"""From an upload to pixels: limits first, then the one decoder."""

from dataclasses import dataclass

from src.errors import ImageTooLargeError
from src.features.measure_image import Picture, read_picture


@dataclass(frozen=True)
class ImageLimits:
    """What one picture may cost."""

    maximum_bytes: int
    maximum_memory: int


def convert_upload(content: bytes, limits: ImageLimits) -> Picture:
    """Read a picture that somebody sent.

    Parameters
    ----------
    content
        The whole file.
    limits
        What it may cost; checked before any pixel is decoded.

    Returns
    -------
    Picture
        Reduced and in sRGB, with what its file was.

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
    return read_picture(content, limits.maximum_memory)
