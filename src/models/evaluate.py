"""How good a set of answers is, as data: accuracy, classes, near and far misses, calibration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from sklearn.metrics import classification_report, confusion_matrix

from src.colours import are_neighbours, order_colours

CALIBRATION_BINS: Final = 15
"""Bins of equal width between 0 and 1, as in Guo et al., ICML 2017."""


class Reliability(NamedTuple):
    """Mean confidence and accuracy in each bin of confidence (NaN where it is empty) and its rows; shape (bins,)."""

    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    counts: NDArray[np.intp]


@dataclass(frozen=True)
class Evaluation:
    """All there is to say of answers to rows whose colour is known.

    Attributes
    ----------
    count
        Rows.
    accuracy, macro_f1
        0-1. The macro mean is over the colours that occur among the true ones.
    near_errors, far_errors
        Rows named a neighbouring colour (:data:`src.colours.NEIGHBOURS`), or another one.
    classes
        Colours that occur, true or answered, in the site's order: rows and columns of the matrix.
    confusion
        Shape (classes, classes): rows true, columns answered, counts.
    per_class
        For each true colour its ``count`` of rows, and ``precision``, ``recall`` and ``f1``, 0-1.
    reliability
        Of the first answer's probability.
    """

    count: int
    accuracy: float
    macro_f1: float
    near_errors: int
    far_errors: int
    classes: tuple[str, ...]
    confusion: NDArray[np.intp]
    per_class: Mapping[str, Mapping[str, float]]
    reliability: Reliability

    @property
    def expected_calibration_error(self) -> float:
        """Mean distance of confidence and accuracy, weighted by rows."""
        confidence, accuracy, counts = self.reliability
        filled = counts > 0
        return float(np.average(np.abs(confidence[filled] - accuracy[filled]), weights=counts[filled]))

    def to_json(self) -> dict[str, Any]:
        """Give everything as plain numbers, lists and dictionaries."""
        return {
            "count": self.count,
            "accuracy": self.accuracy,
            "macro_f1": self.macro_f1,
            "near_errors": self.near_errors,
            "far_errors": self.far_errors,
            "expected_calibration_error": self.expected_calibration_error,
            "classes": list(self.classes),
            "confusion": self.confusion.tolist(),
            "per_class": self.per_class,
        }


def evaluate(true_colours: NDArray[np.str_], probabilities: NDArray[np.float64], classes: Sequence[str]) -> Evaluation:
    """Score probabilities against what is known.

    Parameters
    ----------
    true_colours
        Shape (n,), n ≥ 1; may hold colours that the model does not know: those rows are errors.
    probabilities
        Shape (n, len(classes)).
    classes
        The colour of each column.
    """
    answers = np.asarray(classes)[probabilities.argmax(axis=1)]
    is_right = answers == true_colours
    present = order_colours([*true_colours.tolist(), *answers.tolist()])
    report = classification_report(
        true_colours, answers, labels=list(order_colours(true_colours.tolist())), output_dict=True, zero_division=0.0
    )
    wrong = zip(true_colours[~is_right].tolist(), answers[~is_right].tolist(), strict=True)
    near = sum(are_neighbours(true, answer) for true, answer in wrong)
    return Evaluation(
        count=len(true_colours),
        accuracy=float(is_right.mean()),
        macro_f1=float(report["macro avg"]["f1-score"]),
        near_errors=near,
        far_errors=int(np.count_nonzero(~is_right)) - near,
        classes=present,
        confusion=confusion_matrix(true_colours, answers, labels=list(present)),
        per_class={
            name: {
                "count": int(scores["support"]),
                "precision": float(scores["precision"]),
                "recall": float(scores["recall"]),
                "f1": float(scores["f1-score"]),
            }
            for name, scores in report.items()
            if name in present
        },
        reliability=_measure_reliability(probabilities.max(axis=1), is_right),
    )


def _measure_reliability(confidence: NDArray[np.float64], is_right: NDArray[np.bool_]) -> Reliability:
    """Compare how sure the answers are with how often they are right; an edge counts to the lower bin."""
    edges = np.linspace(0.0, 1.0, CALIBRATION_BINS + 1)
    places = np.digitize(confidence, edges[1:-1], right=True)
    counts = np.bincount(places, minlength=CALIBRATION_BINS)
    filled = np.where(counts > 0, counts, np.nan)
    sure, right = (np.bincount(places, weights=each, minlength=CALIBRATION_BINS) for each in (confidence, is_right))
    return Reliability(sure / filled, right / filled, counts)


def build_class_table(evaluation: Evaluation) -> Table:
    """Build a table of precision, recall and F1 of each colour."""
    table = Table(title="Each colour", title_justify="left")
    table.add_column("colour")
    for heading in ("rows", "precision", "recall", "F1"):
        table.add_column(heading, justify="right")
    for colour, score in evaluation.per_class.items():
        table.add_row(colour, f"{score['count']:,}", *(f"{score[name]:.3f}" for name in ("precision", "recall", "f1")))
    return table
