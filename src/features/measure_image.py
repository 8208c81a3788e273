"""The whole way from the bytes of a picture to its features, for training and serving alike."""

from collections.abc import Callable
from dataclasses import dataclass

from src.features.colour_profile import ProfileOutcome, convert_to_srgb
from src.features.decode_image import MAXIMUM_MEMORY, decode_pixels
from src.features.extract_features import extract_features
from src.features.image_header import read_header
from src.features.reduce_image import reduce_image
from src.features.schema import BGRImage, FeatureVector


@dataclass(frozen=True)
class Picture:
    """A picture as the features see it, and what its file was.

    Attributes
    ----------
    image
        BGR uint8, shape (H, W, 3): scaled, in sRGB.
    kind
        ``JPEG``, ``PNG`` … (:data:`src.features.image_header.IMAGE_KINDS`).
    width, height
        Of the whole picture as it is shown, before scaling.
    profile
        What was done about its colour profile.
    """

    image: BGRImage
    kind: str
    width: int
    height: int
    profile: ProfileOutcome


def read_picture(
    content: bytes,
    maximum_memory: int = MAXIMUM_MEMORY,
    scale: Callable[[BGRImage], BGRImage] = reduce_image,
) -> Picture:
    """Decode a picture as :func:`src.features.decode_image.decode_image` does, scale it and convert it to sRGB.

    Colours are converted last, on few pixels.
    """
    header = read_header(content)
    whole = decode_pixels(content, header, maximum_memory)
    image, profile = convert_to_srgb(scale(whole), header.profile, header.mode)
    return Picture(image, header.kind, whole.shape[1], whole.shape[0], profile)


def measure_image(content: bytes, maximum_memory: int = MAXIMUM_MEMORY) -> FeatureVector:
    """Read one picture as :func:`read_picture` does and measure it: float64, shape (18,)."""
    return extract_features(read_picture(content, maximum_memory).image)
