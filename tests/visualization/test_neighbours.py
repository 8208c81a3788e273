import numpy as np
import pandas as pd

from src.colours import STUDY_COLOURS
from src.features.schema import FEATURE_NAMES
from src.visualization.neighbours import find_neighbourhoods, measure_similarity, pick_pictures


def test_pictures_of_separate_colours_are_among_their_own(frame: pd.DataFrame) -> None:
    around = find_neighbourhoods(frame[list(FEATURE_NAMES)].to_numpy(), frame["color"].tolist(), count=5)
    assert around.colours == STUDY_COLOURS
    assert np.allclose(around.shares.sum(axis=1), 1)
    assert np.diag(measure_similarity(around)).mean() > 0.95
    assert np.diag(measure_similarity(around)).min() > 0.9


def test_a_picture_filed_wrongly_is_the_outlier(frame: pd.DataFrame) -> None:
    labels = frame["color"].tolist()
    place = labels.index("RED")
    labels[place] = "BLUE"
    around = find_neighbourhoods(frame[list(FEATURE_NAMES)].to_numpy(), labels, count=5)
    assert pick_pictures(around, "BLUE", "outlier", 1) == [place]
    assert place not in pick_pictures(around, "BLUE", "typical", 5)
    assert len(pick_pictures(around, "BLUE", "borderline", 3)) == 3
    assert all(labels[row] == "BLUE" for row in pick_pictures(around, "BLUE", "typical", 50))
