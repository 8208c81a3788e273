"""The 18 numbers."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.features.extract_features import extract_features
from src.features.measure_image import measure_image
from src.features.schema import CHANNELS, FEATURE_COUNT, FEATURE_NAMES


def measure_by_numpy(image: np.ndarray) -> np.ndarray:
    """Measure the way of the study: numpy's mean and population deviation of each channel."""
    spaces = image, cv2.cvtColor(image, cv2.COLOR_BGR2HSV), cv2.cvtColor(image, cv2.COLOR_BGR2LAB)
    channels = [space[:, :, number] for space in spaces for number in range(3)]
    return np.array([np.mean(channel) for channel in channels] + [np.std(channel) for channel in channels])


def test_names_stand_in_the_order_of_the_study() -> None:
    assert FEATURE_COUNT == len(FEATURE_NAMES) == 18
    assert FEATURE_NAMES[0] == "b_bgr_mean"
    assert FEATURE_NAMES[:9] == tuple(f"{channel}_mean" for channel in CHANNELS)
    assert FEATURE_NAMES[9:] == tuple(f"{channel}_std" for channel in CHANNELS)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 2**32 - 1), st.integers(0, 255), st.integers(0, 255))
def test_equal_to_numpy(height: int, width: int, seed: int, low: int, span: int) -> None:
    high = min(255, low + span)
    image = np.random.default_rng(seed).integers(low, high + 1, (height, 2 * width, 3), dtype=np.uint8)
    image = image[:, ::2]  # a view is measured as its copy
    features = extract_features(image)
    assert (features.dtype, features.shape) == (np.float64, (18,))
    np.testing.assert_allclose(features, measure_by_numpy(image), rtol=0, atol=1e-9)


@pytest.mark.parametrize(("height", "width"), [(218, 218), (1_500, 2_000)])
@pytest.mark.parametrize("shade", [1, 100, 254])
def test_nearly_uniform_pictures_are_exact(height: int, width: int, shade: int) -> None:
    image = np.full((height, width, 3), shade, np.uint8)
    image[height // 2, width // 3] += 1
    np.testing.assert_allclose(extract_features(image), measure_by_numpy(image), rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("pixel", "hsv", "lab"),
    [((0, 0, 255), (0, 255, 255), (136, 208, 195)), ((255, 255, 255), (0, 0, 255), (255, 128, 128))],
)
def test_known_colours(pixel: tuple[int, ...], hsv: tuple[int, ...], lab: tuple[int, ...]) -> None:
    features = extract_features(np.full((4, 4, 3), pixel, np.uint8))
    assert features[:9].tolist() == [*pixel, *hsv, *lab]


@pytest.mark.parametrize(
    ("shape", "kind"), [((4, 4), "uint8"), ((4, 4, 4), "uint8"), ((4, 4, 3), "float32"), ((0, 4, 3), "uint8")]
)
def test_other_arrays_are_refused(shape: tuple[int, ...], kind: str) -> None:
    with pytest.raises(ValueError, match="expected a BGR image"):
        extract_features(np.zeros(shape, kind))


@pytest.mark.reference
def test_the_magpie_has_its_published_features(shared_dir: Path) -> None:
    reference = shared_dir / "reference"
    expected = json.loads((reference / "study_results.json").read_text("utf-8"))["the_magpie"]["features"]
    features = measure_image((reference / "the_magpie_218.jpg").read_bytes())
    np.testing.assert_allclose(features, [expected[name] for name in FEATURE_NAMES], rtol=0, atol=1e-9)
