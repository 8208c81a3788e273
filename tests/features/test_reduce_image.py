"""The scale step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.features.reduce_image import REDUCE_ABOVE_PIXELS, THUMBNAIL_PIXELS, reduce_image


@pytest.mark.parametrize(("height", "width"), [(218, 218), (308, 308), (1, 1), (10, 9_504)])
def test_up_to_twice_a_thumbnail_stays_untouched(height: int, width: int) -> None:
    picture = np.zeros((height, width, 3), np.uint8)
    assert height * width <= REDUCE_ABOVE_PIXELS
    assert reduce_image(picture) is picture


@settings(max_examples=150, deadline=None)
@given(height=st.integers(100, 2_000), width=st.integers(100, 2_000))
def test_larger_ones_come_near_a_thumbnail_and_keep_their_aspect(height: int, width: int) -> None:
    picture = np.zeros((height, width, 3), np.uint8)
    reduced = reduce_image(picture)
    if height * width <= REDUCE_ABOVE_PIXELS:
        assert reduced is picture
        return
    high, wide = reduced.shape[:2]
    assert 0.49 * THUMBNAIL_PIXELS < high * wide < 1.51 * THUMBNAIL_PIXELS
    assert abs((wide / high) / (width / height) - 1) < 1 / min(high, wide) + 0.01


def test_each_pixel_is_the_average_of_its_square() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (654, 872, 3), dtype=np.uint8)
    reduced = reduce_image(picture)
    assert reduced.shape == (218, 290, 3)
    kept = picture[:, 1:871].astype(float)  # 872 = 290 × 3 + 2: one column left out on either side
    averages = kept.reshape(218, 3, 290, 3, 3).mean(axis=(1, 3))
    assert np.abs(reduced - averages).max() <= 0.5


@pytest.mark.parametrize(("height", "width"), [(1, 1_000_000), (1_000_000, 1), (2, 500_000), (3, 40_000)])
def test_a_thread_of_a_picture_is_reduced_too(height: int, width: int) -> None:
    reduced = reduce_image(np.full((height, width, 3), 7, np.uint8))
    assert reduced.shape[0] * reduced.shape[1] <= REDUCE_ABOVE_PIXELS
    assert (reduced == 7).all()
