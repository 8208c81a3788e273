"""What the search for a model costs and gives: ``python -m benchmarks.search PART TABLE.csv``.

repeat
    The study's choice and ours in five shuffled 5-fold cross-validations, each with the scaler inside.
deviations
    Candidates of each family fitted as the search does, and exhaustively, on a sample: accuracy and
    processor seconds side by side, and what the exhaustive search would cost in all.
"""

import argparse
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from benchmarks.measuring import show_rows, write_figures
from src.models.calibration import find_temperature
from src.models.classifiers import build_classifier, fit_classifier
from src.models.data import Split, TrainingData, read_training_data
from src.models.decision_scores import build_scorer, compute_softmax
from src.models.evaluate import measure_reliability
from src.models.search_space import SEARCH_SPACES, STUDY_CHOICE, STUDY_FAMILIES, Candidate, SearchUnit
from src.models.shared_fits import score_unit
from src.models.training import group_rows

Row = dict[str, Any]

REPEATED = (
    STUDY_CHOICE,
    Candidate("svm", {"C": 3000, "gamma": 0.001}),
    Candidate("polynomial", {"degree": 2, "C": 1}),
    Candidate("blend", {"logistic_C": 1}),
)


def repeat(data: TrainingData, repeats: int, families: Sequence[str]) -> list[Row]:
    """Accuracy of chosen candidates as the mean of shuffled 5-fold runs, and their calibration out of fold."""
    rows = []
    classes, places = np.unique(data.colours, return_inverse=True)
    for candidate in REPEATED:
        if candidate.family not in families:
            continue
        accuracies, errors = [], []
        for seed in range(repeats):
            scores = np.empty((len(data), len(classes)))
            for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(data.features, data.colours):
                scaler = StandardScaler().fit(data.features[train])
                fitted = fit_classifier(candidate, scaler.transform(data.features[train]), data.colours[train], 0)
                scores[test] = build_scorer(fitted)(scaler.transform(data.features[test]))
            is_right = scores.argmax(axis=1) == places
            accuracies.append(is_right.mean())
            confidence = compute_softmax(scores, find_temperature(scores, places)).max(axis=1)
            errors.append(measure_reliability(confidence, is_right).expected_calibration_error)
        rows.append(
            {
                "family": candidate.family,
                "parameters": candidate.label,
                "accuracy": float(np.mean(accuracies)),
                "deviation over runs": float(np.std(accuracies)),
                "calibration error": float(np.mean(errors)),
            }
        )
    return rows


def compare_deviations(data: TrainingData, rows_used: int) -> list[Row]:
    """Fit candidates as the search does and exhaustively, on one split of a sample."""
    data = data.sample(rows_used, seed=0)
    split = data.split_folds(5, 0)[0]
    rows = []
    for family in STUDY_FAMILIES:
        for unit in _choose_units(family):
            started = time.process_time()
            shared = score_unit(unit, data.features, data.colours, split, 0)
            shared_seconds = time.process_time() - started
            own = [_fit_exhaustively(candidate, data, split) for candidate in unit.candidates]
            rows.append(
                {
                    "unit": unit.label,
                    "candidates": len(unit.candidates),
                    "largest difference": max(
                        abs(score.accuracy - accuracy) for score, (accuracy, _) in zip(shared, own, strict=True)
                    ),
                    "best here": max(score.accuracy for score in shared),
                    "best exhaustively": max(accuracy for accuracy, _ in own),
                    "seconds here": shared_seconds,
                    "seconds exhaustively": sum(seconds for _, seconds in own),
                }
            )
    return rows


def _choose_units(family: str) -> list[SearchUnit]:
    units = list(SEARCH_SPACES[family].list_units())
    if family == "logistic_regression":
        return units[::6]
    if family == "neural_network":  # both solvers, the extremes of size and of regularisation
        wanted = [((100,), 0), ((400,), 1), ((10, 10, 10), 0.5)]
        return [
            unit
            for unit in units
            for candidate in unit.candidates
            if (candidate.parameters["hidden_layer_sizes"], candidate.parameters["alpha"]) in wanted
        ]
    return units


def _fit_exhaustively(candidate: Candidate, data: TrainingData, split: Split) -> tuple[float, float]:
    scaler = StandardScaler().fit(data.features[split.train])
    classifier = build_classifier(candidate, 0)
    if isinstance(classifier, MLPClassifier):
        classifier.set_params(early_stopping=False, n_iter_no_change=400)
    started = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the study's candidates stop at 500 iterations too
        classifier.fit(scaler.transform(data.features[split.train]), data.colours[split.train])
    accuracy = classifier.score(scaler.transform(data.features[split.test]), data.colours[split.test])
    return float(accuracy), time.process_time() - started


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one part; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=("repeat", "deviations"))
    parser.add_argument("place", type=Path, help="table of features and color")
    parser.add_argument("--repeats", type=int, default=5, help="shuffled runs of repeat (default: 5)")
    known = sorted({candidate.family for candidate in REPEATED})
    parser.add_argument("--families", nargs="+", choices=known, default=known, help="of repeat (default: all)")
    parser.add_argument("--rows", type=int, default=2000, help="sample of deviations (default: 2000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON too")
    options = parser.parse_args(arguments)
    data = group_rows(read_training_data(options.place))
    if options.part == "repeat":
        rows = repeat(data, options.repeats, options.families)
    else:
        rows = compare_deviations(data, options.rows)
    show_rows(f"{options.part}: {options.place.name}", rows)
    write_figures(rows, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
