"""Data for the figures: made, seeded, of every kind that they take."""

import numpy as np
import pandas as pd
import pytest

from src.colours import STUDY_COLOURS
from src.features.schema import FEATURE_NAMES, BGRImage


@pytest.fixture(scope="session")
def frame() -> pd.DataFrame:
    """Rows of the 18 features, 12 of each of the study's colours, each colour in a place of its own."""
    generator = np.random.default_rng(7)
    middles = generator.uniform(40, 140, (len(STUDY_COLOURS), len(FEATURE_NAMES)))
    labels = np.repeat(STUDY_COLOURS, 12)
    rows = np.repeat(middles, 12, axis=0) + generator.normal(0, 6, (len(labels), len(FEATURE_NAMES)))
    return pd.DataFrame(np.clip(rows, 0, 179), columns=list(FEATURE_NAMES)).assign(color=labels)


@pytest.fixture(scope="session")
def images() -> list[BGRImage]:
    """Pictures of several shapes: each one colour, with a stripe."""
    pictures = []
    for number, (height, width) in enumerate([(60, 40), (40, 60), (50, 50), (218, 218), (30, 90)]):
        picture = np.full((height, width, 3), (40 * number, 120, 255 - 40 * number), dtype=np.uint8)
        picture[: height // 4] = (0, 0, 255)
        pictures.append(picture)
    return pictures
