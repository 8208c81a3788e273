"""How good a set of answers is, as data and for people: accuracy, classes, near and far misses, calibration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from src.colours import are_neighbours, order_colours

CALIBRATION_BINS: Final = 15
"""Bins of equal width between 0 and 1, as in Guo et al., ICML 2017; an edge counts to the lower one."""


class Reliability(NamedTuple):
    """Mean confidence and accuracy of each bin of confidence that has rows, and how many: shape (bins with rows,)."""

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
    expected_calibration_error
        Mean distance of confidence and accuracy over the bins, weighted by rows.
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
    expected_calibration_error: float
    classes: tuple[str, ...]
    confusion: NDArray[np.intp]
    per_class: Mapping[str, Mapping[str, float]]
    reliability: Reliability


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
    known, present = order_colours(true_colours.tolist()), order_colours([*true_colours.tolist(), *answers.tolist()])
    scores = precision_recall_fscore_support(true_colours, answers, labels=list(known), zero_division=0.0)
    precision, recall, f1, count = (of_colours.tolist() for of_colours in scores)
    wrong = zip(true_colours[~is_right].tolist(), answers[~is_right].tolist(), strict=True)
    near = sum(are_neighbours(true, answer) for true, answer in wrong)
    reliability = _measure_reliability(probabilities.max(axis=1), is_right)
    distances = np.abs(reliability.confidence - reliability.accuracy)
    return Evaluation(
        count=len(true_colours),
        accuracy=float(is_right.mean()),
        macro_f1=float(np.mean(f1)),
        near_errors=near,
        far_errors=int(np.count_nonzero(~is_right)) - near,
        expected_calibration_error=float(np.average(distances, weights=reliability.counts)),
        classes=present,
        confusion=confusion_matrix(true_colours, answers, labels=list(present)),
        per_class={
            colour: {"count": count[row], "precision": precision[row], "recall": recall[row], "f1": f1[row]}
            for row, colour in enumerate(known)
        },
        reliability=reliability,
    )


def _measure_reliability(confidence: NDArray[np.float64], is_right: NDArray[np.bool_]) -> Reliability:
    bins = np.digitize(confidence, np.linspace(0.0, 1.0, CALIBRATION_BINS + 1)[1:-1], right=True)
    _, places, counts = np.unique(bins, return_inverse=True, return_counts=True)
    return Reliability(np.bincount(places, confidence) / counts, np.bincount(places, is_right) / counts, counts)


def show_evaluation(console: Console, name: str, evaluation: Evaluation) -> None:
    """Print the scores, those of each colour, and which colour was taken for which."""
    errors = evaluation.near_errors + evaluation.far_errors
    console.rule(Text.assemble((name, "bold"), f": {evaluation.count:,} rows"), align="left")
    console.print(
        f"accuracy {evaluation.accuracy:.4f}   macro F1 {evaluation.macro_f1:.4f}   "
        f"expected calibration error {evaluation.expected_calibration_error:.4f}\n"
        f"{errors:,} errors: {evaluation.near_errors:,} near misses (neighbouring colours), "
        f"{evaluation.far_errors:,} far ones"
    )
    table = Table("colour", title="Each colour", title_justify="left")
    for heading in ("rows", "precision", "recall", "F1"):
        table.add_column(heading, justify="right")
    for colour, score in evaluation.per_class.items():
        table.add_row(colour, f"{score['count']:,}", *(f"{score[name]:.3f}" for name in ("precision", "recall", "f1")))
    console.print(table)
    title = Text.assemble("True colour by row; ", ("near", "yellow"), " and ", ("far", "red"), " misses")
    table = Table("", title=title, title_justify="left")
    for colour in evaluation.classes:
        table.add_column(colour, justify="right", min_width=4)
    for true, counts in zip(evaluation.classes, evaluation.confusion.tolist(), strict=True):
        cells = []
        for said, count in zip(evaluation.classes, counts, strict=True):
            style = "bold" if said == true else "yellow" if are_neighbours(true, said) else "red"
            cells.append(Text(str(count), style) if count else Text("·"))
        table.add_row(true, *cells)
    console.print(table)
