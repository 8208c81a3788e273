"""Pictures and figures as files: whole, small, the same bytes each time."""

from pathlib import Path

import numpy as np
import pytest

from src.errors import UsageError
from src.features.decode_image import decode_image
from src.features.image_header import read_header
from src.visualization.data_figures import plot_class_counts
from src.visualization.output import encode_picture, save_figure

PICTURE = np.tile(np.arange(0, 240, 10, dtype=np.uint8)[:, None, None], (1, 30, 3))


@pytest.mark.parametrize(("suffix", "media_type"), [(".jpg", "jpeg"), (".JPEG", "jpeg"), (".png", "png")])
def test_a_picture_comes_back(suffix: str, media_type: str) -> None:
    content = encode_picture(PICTURE, suffix)
    assert read_header(content).media_type == f"image/{media_type}"
    back = decode_image(content)
    assert back.shape == PICTURE.shape
    assert np.abs(back.astype(int) - PICTURE).mean() < 3


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.gif"):
        encode_picture(PICTURE, ".gif")
    with pytest.raises(UsageError, match=r"\.pdf"):
        save_figure(plot_class_counts({"RED": 1}), tmp_path / "figure.pdf")
    assert list(tmp_path.iterdir()) == []
