"""Embedded colour profiles: the same picture to the eye gives the same numbers."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from src.features.extract_features import extract_features
from src.features.measure_image import measure_image, read_picture
from tests.support.picture_files import encode, make_pixels, save

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SWAPPED = SRGB.replace(b"rXYZ", b"xXYZ").replace(b"bXYZ", b"rXYZ").replace(b"xXYZ", b"bXYZ")
"""Its red is blue and its blue is red, whatever its name says."""

CURVE = SRGB.index(b"para\0\0\0\0")
LINEAR = SRGB[:CURVE] + b"para\0\0\0\0\0\0\0\0\0\1\0\0" + SRGB[CURVE + 16 :]
"""Levels are shares of light: an exponent of 1 (ICC.1:2010, 10.16)."""

GREY = LINEAR.replace(b"RGB XYZ ", b"GRAYXYZ ").replace(b"rTRC", b"kTRC")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_in_another_space_is_converted(kind: str) -> None:
    options = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}.get(kind, {})
    picture = read_picture(encode(make_pixels()[:, :, ::-1], kind, icc_profile=SWAPPED, **options))
    assert picture.profile == ("converted", "sRGB built-in")
    assert np.abs(picture.image.astype(int) - make_pixels()).mean() < (1 if kind == "JPEG" else 0.01)


@pytest.mark.parametrize(("mode", "profile"), [("RGB", LINEAR), ("L", GREY)])
def test_a_quarter_of_the_light_is_137_in_srgb(mode: str, profile: bytes) -> None:
    picture = read_picture(save(Image.new(mode, (8, 8), (64, 64, 64)[: len(mode)]), "PNG", icc_profile=profile))
    assert picture.profile.action == "converted"
    assert picture.image == pytest.approx(137, abs=2)


@pytest.mark.parametrize(("profile", "action"), [(None, "none"), (SRGB, "srgb")])
def test_without_a_profile_and_in_srgb_the_numbers_stay_to_the_bit(profile: bytes | None, action: str) -> None:
    content = encode(make_pixels(), "PNG", icc_profile=profile)
    assert read_picture(content).profile.action == action
    np.testing.assert_array_equal(measure_image(content), extract_features(make_pixels()))


@pytest.mark.parametrize(
    ("mode", "profile", "words"),
    [
        ("RGB", b"not a profile at all" * 20, "cannot be used"),
        ("RGB", SWAPPED[:200], "cannot be used"),
        ("RGB", GREY, "is one of GRAY"),
        ("CMYK", SWAPPED, "are as stored"),
    ],
)
def test_a_profile_that_cannot_be_used_leaves_the_picture_as_it_is(mode: str, profile: bytes, words: str) -> None:
    image = Image.fromarray(make_pixels()).convert(mode)
    picture = read_picture(save(image, "JPEG", icc_profile=profile))
    assert picture.profile.action == "kept"
    assert words in picture.profile.detail
    np.testing.assert_array_equal(picture.image, read_picture(save(image, "JPEG")).image)


def test_the_conversion_comes_after_the_reduction() -> None:
    large = read_picture(encode(make_pixels(1200, 1600), "JPEG", icc_profile=SWAPPED))
    assert (large.width, large.height) == (1600, 1200)
    assert large.image.shape[0] < 400
    assert large.profile.action == "converted"
