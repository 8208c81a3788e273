"""Embedded colour profiles: the same picture to the eye gives the same numbers."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from src.features.extract_features import extract_features
from src.features.measure_image import measure_image, read_picture
from tests.support.colour_profiles import make_grey_profile, make_profile
from tests.support.picture_files import encode, make_pixels, save

MUTED = (make_pixels() // 2 + 50).astype(np.uint8)  # colours that every space holds
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def convert(pixels: np.ndarray, profile: bytes) -> np.ndarray:
    """Give BGR pixels of sRGB in another space."""
    there = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    image = ImageCms.profileToProfile(Image.fromarray(pixels[:, :, ::-1].copy()), SRGB, there)
    return np.asarray(image)[:, :, ::-1]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(("name", "gamma"), [("Display P3", 2.2), ("Adobe RGB", 2.2), ("sRGB", 1.0)])
def test_a_picture_in_another_space_is_converted(kind: str, name: str, gamma: float) -> None:
    options = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}.get(kind, {})
    profile = make_profile(name, gamma)
    picture = read_picture(encode(convert(MUTED, profile), kind, icc_profile=profile, **options))
    assert (picture.profile.action, picture.profile.detail) == ("converted", name)
    difference = np.abs(picture.image.astype(int) - MUTED)
    assert difference.mean() < 2
    ignored = np.abs(convert(MUTED, profile).astype(int) - MUTED)
    assert difference.mean() < ignored.mean() / 2


@pytest.mark.parametrize(("profile", "action"), [(None, "none"), (SRGB.tobytes(), "srgb")])
def test_without_a_profile_and_in_srgb_the_numbers_stay_to_the_bit(profile: bytes | None, action: str) -> None:
    content = encode(make_pixels(), "PNG", icc_profile=profile)
    assert read_picture(content).profile.action == action
    np.testing.assert_array_equal(measure_image(content), extract_features(make_pixels()))


@pytest.mark.parametrize(
    ("mode", "profile", "words"),
    [
        ("RGB", b"not a profile at all" * 20, "cannot be used"),
        ("RGB", make_profile("Display P3")[:200], "cannot be used"),
        ("RGB", make_grey_profile(1.8), "is one of GRAY"),
        ("CMYK", make_profile("Display P3"), "are as stored"),
    ],
)
def test_a_profile_that_cannot_be_used_leaves_the_picture_as_it_is(mode: str, profile: bytes, words: str) -> None:
    image = Image.fromarray(make_pixels()[:, :, ::-1].copy()).convert(mode)
    picture = read_picture(save(image, "JPEG", icc_profile=profile))
    assert picture.profile.action == "kept"
    assert words in picture.profile.detail
    np.testing.assert_array_equal(picture.image, read_picture(save(image, "JPEG")).image)


def test_a_grey_picture_takes_a_profile_of_greys() -> None:
    grey = Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (8, 1)))
    picture = read_picture(save(grey, "PNG", icc_profile=make_grey_profile(1.0)))
    assert picture.profile.action == "converted"
    assert picture.image[0, 64, 0] == pytest.approx(137, abs=2), "a quarter of the light is 137 in sRGB"
    assert (picture.image == picture.image[:, :, :1]).all()


def test_the_conversion_comes_after_the_reduction() -> None:
    profile = make_profile("Adobe RGB")
    large = read_picture(encode(make_pixels(1200, 1600), "JPEG", icc_profile=profile))
    assert (large.width, large.height) == (1600, 1200)
    assert large.image.shape[0] < 400
    assert large.profile.action == "converted"
