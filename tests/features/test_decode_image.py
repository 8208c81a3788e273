"""Bytes to pixels: what each kind of file gives, and that no bytes at all do harm."""

import contextlib
import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from benchmarks.picture_files import list_originals, mutate_images
from src.errors import ImageError, ImageTooLargeError
from src.features.decode_image import decode_image
from src.features.image_header import read_header
from tests.support.picture_cases import GOOD, JPEG, ODD, PROGRESSIVE, REFUSED, declare_size, make_planes
from tests.support.picture_files import HEIGHT, WIDTH, add_alpha, encode, make_pixels, save


@pytest.mark.parametrize("name", GOOD)
def test_good_files_show_their_pixels(name: str) -> None:
    image = decode_image(GOOD[name])
    assert (image.dtype, image.shape) == (np.uint8, (HEIGHT, WIDTH, 3))
    assert image.flags.c_contiguous
    difference = np.abs(image.astype(int) - make_pixels())
    is_lossless = any(word in name for word in ("PNG", "lossless", "BMP", "TIFF"))
    assert difference.max() == 0 if is_lossless else difference.mean() < (20 if name == "GIF" else 3)  # 256 colours


@pytest.mark.parametrize("name", ODD)
def test_odd_files_are_read_as_browsers_read_them(name: str) -> None:
    content, plain = ODD[name]
    np.testing.assert_array_equal(decode_image(content), decode_image(plain))


@pytest.mark.parametrize("name", REFUSED)
def test_others_are_refused_with_the_reason(name: str) -> None:
    content, error, words = REFUSED[name]
    with pytest.raises(error, match=words):
        decode_image(content)


def test_the_cap_is_the_callers() -> None:
    content = encode(make_pixels(), "PNG")
    needed = read_header(content).memory
    assert decode_image(content, needed).shape == (HEIGHT, WIDTH, 3)
    with pytest.raises(ImageTooLargeError, match="send a smaller version"):
        decode_image(content, needed - 1)


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("WEBP", {"lossless": True, "exact": True})])
@pytest.mark.parametrize(("alpha", "kept"), [(0, 0.0), (128, 128 / 255), (254, 254 / 255)])
def test_what_is_transparent_lies_over_white(kind: str, options: dict[str, bool], alpha: int, kept: float) -> None:
    pixels = make_pixels()
    image = decode_image(encode(add_alpha(pixels, alpha), kind, **options))
    expected = pixels * kept + 255 * (1 - kept)
    assert np.abs(image - expected).max() <= 0.5 + 1e-3


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_an_animation_gives_its_first_frame(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    first, *others = (Image.new("RGB", (WIDTH, HEIGHT), (shade, shade, shade)) for shade in (10, 200, 90))
    content = save(first, kind, save_all=True, append_images=others, duration=100, **options)
    assert (decode_image(content) == 10).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_by_its_exif_orientation(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encode(add_alpha(make_pixels(), 255) if kind == "PNG" else make_pixels(), kind, exif=exif)
    turned = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB")
    np.testing.assert_allclose(decode_image(content), np.asarray(turned)[:, :, ::-1], atol=3)


@pytest.mark.parametrize(("content", "bytes_a_pixel"), [(JPEG, 3), (PROGRESSIVE, 6), (make_planes(), 9)])
def test_the_coefficients_of_several_scans_count(content: bytes, bytes_a_pixel: int) -> None:
    content = declare_size(content, 6000, 4000)
    assert read_header(content).memory == pytest.approx(24e6 * bytes_a_pixel, rel=0.01)


def test_mutants_of_every_kind_do_no_harm() -> None:
    """Either a picture or an error of ours; anything else fails the test."""
    for content in mutate_images(list_originals(), 1_500, seed=1):
        with contextlib.suppress(ImageError):
            image = decode_image(content, maximum_memory=10_000_000)
            assert (image.dtype, image.ndim, image.shape[2]) == (np.uint8, 3, 3)
