"""The whole way from the bytes of a picture to its features, for training and serving alike."""

from src.features.decode_image import MAXIMUM_PIXELS, decode_image
from src.features.extract_features import extract_features
from src.features.reduce_image import reduce_image
from src.features.schema import FeatureVector


def measure_image(content: bytes, maximum_pixels: int = MAXIMUM_PIXELS) -> FeatureVector:
    """Decode, reduce and measure one picture.

    Parameters
    ----------
    content
        The whole file: JPEG, PNG or WebP.
    maximum_pixels
        Pictures that declare more are refused before decoding.

    Returns
    -------
    FeatureVector
        float64, shape (18,).

    Raises
    ------
    ImageError
        As :func:`src.features.decode_image.decode_image` says.
    """
    return extract_features(reduce_image(decode_image(content, maximum_pixels)))
