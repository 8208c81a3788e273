"""One fold of a search unit: fit once, answer for every candidate that the fit covers.

A forest of 200 trees holds the forests of 10, 20 … in its first trees; boosting holds its stages;
an RBF kernel matrix serves every C. Each gives the answer of a fit of its own (tests compare them).
"""

import time
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from src.models.classifiers import fit_classifier
from src.models.data import Split
from src.models.search_space import SEARCH_SPACES, Candidate, SearchUnit

KERNEL_ROWS: Final = 12_000
"""A kernel matrix of so many rows takes 1.2 GB; more rows are fitted without sharing it."""


@dataclass(frozen=True)
class FoldScore:
    """How one candidate did in one fold.

    Attributes
    ----------
    accuracy
        Share of the fold's test rows that were named right, 0-1.
    fit_seconds
        Processor time of the fit; of a shared one, the candidate's part.
    iterations
        Of estimators that iterate; 0 for others.
    """

    accuracy: float
    fit_seconds: float
    iterations: int = 0


def score_unit(
    unit: SearchUnit, features: NDArray[np.float64], colours: NDArray[np.str_], split: Split, seed: int
) -> list[FoldScore]:
    """Fit a unit on one side of a split and score its candidates on the other.

    Parameters
    ----------
    unit
        Candidates of one family.
    features, colours
        All rows: unscaled, shape (n, 18), and shape (n,).
    split
        Row numbers of the two sides. The scaler sees the training side alone.
    seed
        Of estimators that draw random numbers.

    Returns
    -------
    list of FoldScore
        One for each candidate, in the unit's order.
    """
    scaler = StandardScaler().fit(features[split.train])
    sides = _Sides(
        scaler.transform(features[split.train]),
        colours[split.train],
        scaler.transform(features[split.test]),
        colours[split.test],
    )
    if unit.family == "random_forest":
        return _score_forest(unit, sides, seed)
    if unit.family == "gradient_boosting":
        return _score_boosting(unit, sides, seed)
    if SEARCH_SPACES[unit.family].shared == "C" and len(sides.train_rows) <= KERNEL_ROWS:
        return _score_kernel(unit, sides)
    if unit.family == "neural_network":
        sides = sides.in_single_precision()
    return [_score_alone(candidate, sides, seed) for candidate in unit.candidates]


@dataclass(frozen=True)
class _Sides:
    train_rows: NDArray[Any]
    train_colours: NDArray[np.str_]
    test_rows: NDArray[Any]
    test_colours: NDArray[np.str_]

    def in_single_precision(self) -> "_Sides":
        return _Sides(
            self.train_rows.astype(np.float32),
            self.train_colours,
            self.test_rows.astype(np.float32),
            self.test_colours,
        )

    def measure_accuracy(self, answers: NDArray[np.str_]) -> float:
        return float(np.mean(answers == self.test_colours))


def _score_alone(candidate: Candidate, sides: _Sides, seed: int) -> FoldScore:
    started = time.process_time()
    classifier = fit_classifier(candidate, sides.train_rows, sides.train_colours, seed)
    seconds = time.process_time() - started
    iterations = int(np.max(getattr(classifier, "n_iter_", 0)))
    return FoldScore(sides.measure_accuracy(classifier.predict(sides.test_rows)), seconds, iterations)


def _fit_largest(unit: SearchUnit, sides: _Sides, seed: int) -> tuple[Any, float]:
    largest = max(unit.candidates, key=lambda candidate: candidate.parameters["n_estimators"])
    started = time.process_time()
    classifier = fit_classifier(largest, sides.train_rows, sides.train_colours, seed)
    return classifier, time.process_time() - started


def _score_forest(unit: SearchUnit, sides: _Sides, seed: int) -> list[FoldScore]:
    forest, seconds = _fit_largest(unit, sides, seed)
    rows = sides.test_rows.astype(np.float32)  # what the trees compare; converted once instead of per tree
    summed = np.cumsum([tree.predict_proba(rows) for tree in forest.estimators_], axis=0)
    scores = []
    for candidate in unit.candidates:
        trees = candidate.parameters["n_estimators"]
        answers = forest.classes_[summed[trees - 1].argmax(axis=1)]
        scores.append(FoldScore(sides.measure_accuracy(answers), seconds * trees / len(forest.estimators_)))
    return scores


def _score_boosting(unit: SearchUnit, sides: _Sides, seed: int) -> list[FoldScore]:
    booster, seconds = _fit_largest(unit, sides, seed)
    stages = list(booster.staged_predict(sides.test_rows))
    scores = []
    for candidate in unit.candidates:
        stage = min(candidate.parameters["n_estimators"], len(stages))
        accuracy = sides.measure_accuracy(stages[stage - 1])
        scores.append(FoldScore(accuracy, seconds * stage / len(stages), stage))
    return scores


def _score_kernel(unit: SearchUnit, sides: _Sides) -> list[FoldScore]:
    gamma = unit.candidates[0].parameters["gamma"]
    started = time.process_time()
    train_kernel = rbf_kernel(sides.train_rows, gamma=gamma)
    shared_seconds = (time.process_time() - started) / len(unit.candidates)
    test_kernel = rbf_kernel(sides.test_rows, sides.train_rows, gamma=gamma)
    scores = []
    for candidate in unit.candidates:
        classifier = SVC(kernel="precomputed", C=candidate.parameters["C"], **SEARCH_SPACES[unit.family].fixed)
        started = time.process_time()
        classifier.fit(train_kernel, sides.train_colours)
        seconds = time.process_time() - started + shared_seconds
        accuracy = sides.measure_accuracy(classifier.predict(test_kernel))
        scores.append(FoldScore(accuracy, seconds, int(np.max(classifier.n_iter_))))
    return scores
