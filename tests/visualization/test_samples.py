"""Distances of samples, weights, and who stands near whom."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from src.colours import STUDY_COLOURS
from src.features.schema import FEATURE_NAMES
from src.visualization.distributions import balance_weights, measure_ks_distance
from src.visualization.maps import find_neighbourhoods, measure_similarity, pick_pictures


def test_the_distance_is_that_of_scipy() -> None:
    generator = np.random.default_rng(1)
    first, second = generator.normal(0, 1, 300), generator.normal(0.3, 1.2, 200).round(1)
    assert measure_ks_distance(first, second) == pytest.approx(ks_2samp(first, second).statistic, abs=1e-12)
    assert measure_ks_distance(first, first) == 0


def test_a_weight_counts_as_so_many_rows() -> None:
    generator = np.random.default_rng(2)
    first, second = generator.normal(0, 1, 50), generator.normal(0.5, 1, 40)
    times = generator.integers(1, 5, 50)
    repeated = measure_ks_distance(np.repeat(first, times), second)
    assert measure_ks_distance(first, second, times.astype(float)) == pytest.approx(repeated, abs=1e-12)


def test_weights_give_the_classes_their_counts() -> None:
    labels = np.array(["RED"] * 8 + ["BLUE"] * 2 + ["PINK"])
    weights = balance_weights(labels, {"RED": 1.0, "BLUE": 3.0})
    assert weights.sum() == pytest.approx(1)
    assert weights[labels == "BLUE"].sum() == pytest.approx(0.75)
    assert weights[labels == "PINK"].sum() == 0


def test_pictures_of_separate_colours_are_among_their_own(frame: pd.DataFrame) -> None:
    around = find_neighbourhoods(frame[list(FEATURE_NAMES)].to_numpy(), frame["color"].tolist(), count=5)
    assert around.colours == STUDY_COLOURS
    assert np.allclose(around.shares.sum(axis=1), 1)
    assert around.own_shares.mean() > 0.95
    assert np.diag(measure_similarity(around)).min() > 0.9


def test_a_picture_filed_wrongly_is_the_odd_one(frame: pd.DataFrame) -> None:
    labels = frame["color"].tolist()
    place = labels.index("RED")
    labels[place] = "BLUE"
    around = find_neighbourhoods(frame[list(FEATURE_NAMES)].to_numpy(), labels, count=5)
    assert pick_pictures(around, "BLUE", "odd", 1) == [place]
    assert place not in pick_pictures(around, "BLUE", "typical", 5)
    assert len(pick_pictures(around, "BLUE", "borderline", 3)) == 3
    assert all(labels[row] == "BLUE" for row in pick_pictures(around, "BLUE", "typical", 50))
