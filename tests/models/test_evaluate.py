import numpy as np
import pytest

from src.models.evaluate import evaluate


def test_scores_of_a_small_case_worked_out_by_hand() -> None:
    true = np.asarray(["RED", "RED", "BLUE", "TEAL", "GRAY"])
    probabilities = np.asarray([[0.1, 0.8, 0.1], [0.6, 0.3, 0.1], [0.9, 0.05, 0.05], [0.7, 0.2, 0.1], [0.2, 0.2, 0.6]])
    found = evaluate(true, probabilities, ("BLUE", "RED", "TEAL"))
    # answers: RED, BLUE, BLUE, BLUE, TEAL
    assert found.accuracy == pytest.approx(2 / 5)
    assert (found.near_errors, found.far_errors) == (1, 2)  # TEAL as BLUE is near; RED as BLUE, GRAY as TEAL are far
    assert found.classes == ("GRAY", "BLUE", "TEAL", "RED")
    assert found.confusion.tolist() == [[0, 0, 1, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 1]]
    recall = {colour: score["recall"] for colour, score in found.per_class.items()}
    assert recall == {"GRAY": 0.0, "BLUE": 1.0, "TEAL": 0.0, "RED": 0.5}
    f1 = {"GRAY": 0.0, "BLUE": 0.5, "TEAL": 0.0, "RED": 2 / 3}
    assert found.macro_f1 == pytest.approx(np.mean(list(f1.values())))


def test_calibration_error_of_bins_worked_out_by_hand() -> None:
    probabilities = np.asarray([[0.95, 0.05, 0, 0], [0.97, 0.03, 0, 0], [0.35, 0.3, 0.2, 0.15], [0.39, 0.3, 0.2, 0.11]])
    found = evaluate(np.asarray(["RED", "BLUE", "RED", "BLUE"]), probabilities, ("RED", "BLUE", "TEAL", "PINK"))
    assert found.reliability.counts.tolist() == [2, 2]
    # |0.37 - 0.5| and |0.96 - 0.5|, half of the rows each
    assert found.expected_calibration_error == pytest.approx((0.13 + 0.46) / 2)
