"""Pictures as files: whole and small."""

import numpy as np
import pytest

from src.features.decode_image import decode_image
from src.features.image_header import read_header
from src.visualization.output import encode_picture

PICTURE = np.tile(np.arange(0, 240, 10, dtype=np.uint8)[:, None, None], (1, 30, 3))


@pytest.mark.parametrize(("suffix", "media_type"), [(".jpg", "jpeg"), (".JPEG", "jpeg"), (".png", "png")])
def test_a_picture_comes_back(suffix: str, media_type: str) -> None:
    content = encode_picture(PICTURE, suffix)
    assert read_header(content).media_type == f"image/{media_type}"
    back = decode_image(content)
    assert back.shape == PICTURE.shape
    assert np.abs(back.astype(int) - PICTURE).mean() < 3
