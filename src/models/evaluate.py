"""How good a set of answers is, as data: accuracy, classes, near and far misses, calibration."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from src.colours import are_neighbours, order_colours

CALIBRATION_BINS: Final = 15
"""Bins of equal width between 0 and 1, as in Guo et al., ICML 2017."""


@dataclass(frozen=True)
class ClassScore:
    """Scores of one colour; each 0-1, ``count`` rows of it."""

    colour: str
    count: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Reliability:
    """Confidence against accuracy, in bins of confidence.

    Attributes
    ----------
    confidence, accuracy
        Means of each bin; NaN where it is empty. Shape (bins,).
    counts
        Rows in each bin.
    """

    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    counts: NDArray[np.intp]

    @property
    def expected_calibration_error(self) -> float:
        """Mean distance of confidence and accuracy, weighted by rows."""
        filled = self.counts > 0
        gaps = np.abs(self.confidence[filled] - self.accuracy[filled])
        return float(np.average(gaps, weights=self.counts[filled]))


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
    class_scores
        One for each true colour.
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
    class_scores: tuple[ClassScore, ...]
    reliability: Reliability

    @property
    def expected_calibration_error(self) -> float:
        """See :attr:`Reliability.expected_calibration_error`."""
        return self.reliability.expected_calibration_error

    def to_json(self) -> dict[str, Any]:
        """Give everything as plain numbers, lists and dictionaries."""
        scores = [asdict(score) for score in self.class_scores]
        return {
            "count": self.count,
            "accuracy": self.accuracy,
            "macro_f1": self.macro_f1,
            "near_errors": self.near_errors,
            "far_errors": self.far_errors,
            "expected_calibration_error": self.expected_calibration_error,
            "classes": list(self.classes),
            "confusion": self.confusion.tolist(),
            "per_class": {score.pop("colour"): score for score in scores},
        }


def measure_reliability(confidence: NDArray[np.float64], is_right: NDArray[np.bool_]) -> Reliability:
    """Compare how sure the answers are, 0-1, with how often they are right, both of shape (n,).

    A value on an edge of :data:`CALIBRATION_BINS` counts to the lower bin.
    """
    edges = np.linspace(0.0, 1.0, CALIBRATION_BINS + 1)
    places = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, CALIBRATION_BINS - 1)
    counts = np.bincount(places, minlength=CALIBRATION_BINS)
    filled = np.where(counts > 0, counts, np.nan)
    return Reliability(
        confidence=np.bincount(places, weights=confidence, minlength=CALIBRATION_BINS) / filled,
        accuracy=np.bincount(places, weights=is_right.astype(np.float64), minlength=CALIBRATION_BINS) / filled,
        counts=counts,
    )


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
    truly_present = order_colours(true_colours.tolist())
    precision, recall, f1, support = precision_recall_fscore_support(
        true_colours, answers, labels=list(truly_present), zero_division=0.0
    )
    wrong = zip(true_colours[~is_right].tolist(), answers[~is_right].tolist(), strict=True)
    near = sum(are_neighbours(true, answer) for true, answer in wrong)
    return Evaluation(
        count=len(true_colours),
        accuracy=float(is_right.mean()),
        macro_f1=float(np.mean(f1)),
        near_errors=near,
        far_errors=int(np.count_nonzero(~is_right)) - near,
        classes=present,
        confusion=confusion_matrix(true_colours, answers, labels=list(present)),
        class_scores=tuple(
            ClassScore(name, int(support[place]), float(precision[place]), float(recall[place]), float(f1[place]))
            for place, name in enumerate(truly_present)
        ),
        reliability=measure_reliability(probabilities.max(axis=1), is_right),
    )


def build_class_table(evaluation: Evaluation) -> Table:
    """Build a table of precision, recall and F1 of each colour."""
    table = Table(title="Each colour", title_justify="left")
    table.add_column("colour")
    for heading in ("rows", "precision", "recall", "F1"):
        table.add_column(heading, justify="right")
    for score in evaluation.class_scores:
        values = (f"{value:.3f}" for value in (score.precision, score.recall, score.f1))
        table.add_row(score.colour, f"{score.count:,}", *values)
    return table
