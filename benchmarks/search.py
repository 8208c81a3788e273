"""Classifiers on a table of real rows: repeated cross-validation, and how well they are calibrated.

``python -m benchmarks.search ROWS.csv`` scores the SVMs that may be shipped, as they are shipped (calibrated),
in shuffled 5-fold cross-validations of the table.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedKFold

from benchmarks.measuring import show_rows, write_figures
from src.models.data import TrainingData, read_training_data
from src.models.evaluate import evaluate
from src.models.grids import STUDY_CHOICE, Candidate, fit_calibrated

CANDIDATES = (
    STUDY_CHOICE,
    Candidate("svm", {"C": 1000, "gamma": 0.01}),
    Candidate("svm_extended", {"C": 3000, "gamma": 0.003}),
    Candidate("svm_polynomial", {"degree": 2, "C": 10}),
)


def repeat(data: TrainingData, repeats: int) -> list[dict[str, Any]]:
    """Accuracy and calibration error of each candidate, as means over shuffled 5-fold runs."""
    rows = []
    for candidate in CANDIDATES:
        accuracies, errors = [], []
        for seed in range(repeats):
            probabilities = np.empty((len(data), len(data.class_counts)))
            for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(data.features, data.colours):
                scaler, classifier = fit_calibrated(candidate, data.features[train], data.colours[train])
                probabilities[test] = classifier.predict_proba(scaler.transform(data.features[test]))
            found = evaluate(data.colours, probabilities, classifier.classes_.tolist())
            accuracies.append(found.accuracy)
            errors.append(found.expected_calibration_error)
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("table", type=Path, help="18 features and color")
    parser.add_argument("--repeats", type=int, default=5, help="runs of five folds (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON too")
    options = parser.parse_args(arguments)
    rows = repeat(read_training_data(options.table), options.repeats)
    show_rows(options.table.name, rows)
    write_figures(rows, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
