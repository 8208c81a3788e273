"""Pictures and figures as files: whole, small, the same bytes each time."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from src.errors import UsageError
from src.features.decode_image import decode_image
from src.features.image_header import read_header
from src.visualization.class_counts import plot_class_counts
from src.visualization.picture_file import encode_picture, render_figure, save_figure, save_picture

PICTURE = np.tile(np.arange(0, 240, 10, dtype=np.uint8)[:, None, None], (1, 30, 3))


@pytest.mark.parametrize(
    ("suffix", "media_type"), [(".jpg", "jpeg"), (".JPEG", "jpeg"), (".png", "png"), (".webp", "webp")]
)
def test_a_picture_comes_back(suffix: str, media_type: str) -> None:
    content = encode_picture(PICTURE, suffix, quality=95)
    assert read_header(content).media_type == f"image/{media_type}"
    back = decode_image(content)
    assert back.shape == PICTURE.shape
    assert np.abs(back.astype(int) - PICTURE).mean() < 3


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.gif"):
        encode_picture(PICTURE, ".gif")
    with pytest.raises(UsageError, match=r"figure\.pdf"):
        save_figure(plot_class_counts({"RED": 1}), tmp_path / "figure.pdf")
    with pytest.raises(UsageError, match="image/gif"):
        render_figure(plot_class_counts({"RED": 1}), "image/gif")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".svg"])
def test_the_same_figure_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    paths = [save_figure(plot_class_counts({"RED": 3, "BLUE": 4}), tmp_path / f"{turn}{suffix}") for turn in "ab"]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert paths[0].stat().st_size > 1000


def test_a_chart_keeps_its_colours_in_a_palette(tmp_path: Path) -> None:
    path = save_figure(plot_class_counts({"RED": 30, "BLUE": 40}), tmp_path / "counts.png")
    drawn = Image.open(path)
    assert drawn.mode == "P"
    colours = {colour for count, colour in drawn.convert("RGB").getcolors(1 << 16) if count > 500}
    assert {(255, 255, 255), (0xD5, 0, 0), (0x2A, 0x56, 0xC6)} <= colours
    assert path.stat().st_size < 40_000


def test_a_picture_is_written_whole(tmp_path: Path) -> None:
    save_picture(PICTURE, tmp_path / "deep" / "picture.png")
    assert (decode_image((tmp_path / "deep" / "picture.png").read_bytes()) == PICTURE).all()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["picture.png"]
