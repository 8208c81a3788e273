"""What the search for a model costs and gives: ``python -m benchmarks.search PART TABLE.csv``.

repeat
    The study's choice and ours in five shuffled 5-fold cross-validations, each with the scaler inside.
deviations
    Candidates of each family fitted as the search does, and exhaustively, on a sample: accuracy and
    processor seconds side by side, and what the exhaustive search would cost in all.
growth
    Fit seconds of the support vector machine and of the linear families over the number of rows.
predict
    ``predict_model`` over a folder of pictures against the bare extractor (give the folder, not a table).
"""

import argparse
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from benchmarks.figures import show_rows, write_figures
from src.features.image_store import ImageStore
from src.features.measure_batch import ImageBatch, measure_batch
from src.models.artefacts import load_model
from src.models.calibration import find_temperature
from src.models.classifiers import build_classifier, fit_classifier
from src.models.classify_pictures import classify_pictures
from src.models.data import Split, TrainingData, read_training_data
from src.models.decision_scores import build_scorer, compute_softmax
from src.models.evaluate import measure_reliability
from src.models.find_pictures import FoundPictures, find_pictures
from src.models.search_space import SEARCH_SPACES, STUDY_CHOICE, STUDY_FAMILIES, Candidate, SearchUnit
from src.models.shared_fits import score_unit
from src.models.training import group_rows
from src.paths import Workspace

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


def measure_growth(data: TrainingData, sizes: Sequence[int]) -> list[Row]:
    """Processor seconds of one fit over the number of rows; more than the table has are drawn with noise."""
    generator = np.random.default_rng(0)
    candidates = (
        STUDY_CHOICE,
        Candidate("polynomial", {"degree": 2, "C": 1}),
        Candidate("nystroem", {"gamma": 0.01, "C": 100}),
    )
    rows = []
    for size in sizes:
        drawn = generator.integers(0, len(data), size)
        noise = generator.normal(0, 1, (size, data.features.shape[1]))
        more = replace(data.take(drawn), features=data.features[drawn] + noise)
        scaled = StandardScaler().fit_transform(more.features)
        row: Row = {"rows": size}
        for candidate in candidates:
            started = time.process_time()
            fit_classifier(candidate, scaled, more.colours, 0)
            row[candidate.family] = time.process_time() - started
        rows.append(row)
    return rows


def measure_prediction(folder: Path, models_dir: Path) -> list[Row]:
    """Pictures per second of the command and of the bare extractor, in processor and wall-clock time."""
    names = find_pictures([str(folder)], sys.stdin).names
    rows = []

    def note(way: str, work: Callable[[], object]) -> None:
        wall, processor = time.perf_counter(), time.process_time()
        work()
        seconds = time.perf_counter() - wall
        rows.append(
            {
                "way": way,
                "pictures": len(names),
                "seconds": seconds,
                "pictures per second": len(names) / seconds,
                "processor seconds": time.process_time() - processor,
            }
        )

    store = ImageStore("")
    note("read once, so that the files are in memory", lambda: [Path(name).read_bytes() for name in names])
    note("bare extractor, one process", lambda: measure_batch(ImageBatch(store, names)))
    note("classified, one process", lambda: _classify(names, models_dir))
    command = [sys.executable, "-m", "src.models.predict_model", str(folder), "--csv", "-", "--models", str(models_dir)]
    for jobs in ("1", "2"):
        note(
            f"the whole command, start to end, --jobs {jobs}",
            lambda jobs=jobs: subprocess.run([*command, "--jobs", jobs], check=True, capture_output=True),
        )
    return rows


def _classify(names: Sequence[str], models_dir: Path) -> None:
    model = load_model(models_dir)
    for _ in classify_pictures(FoundPictures("", tuple(names), ()), model, jobs=1):
        pass


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one part; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=("repeat", "deviations", "growth", "predict"))
    parser.add_argument("place", type=Path, help="table of features and color; for predict: folder of pictures")
    parser.add_argument("--repeats", type=int, default=5, help="shuffled runs of repeat (default: 5)")
    known = sorted({candidate.family for candidate in REPEATED})
    parser.add_argument("--families", nargs="+", choices=known, default=known, help="of repeat (default: all)")
    parser.add_argument("--rows", type=int, default=2000, help="sample of deviations (default: 2000)")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 4000, 16000], help="rows of growth")
    parser.add_argument("--models", type=Path, default=Workspace().models_dir, help="model of predict")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON too")
    options = parser.parse_args(arguments)
    if options.part == "predict":
        rows = measure_prediction(options.place, options.models)
    else:
        data = group_rows(read_training_data(options.place))
        if options.part == "repeat":
            rows = repeat(data, options.repeats, options.families)
        elif options.part == "deviations":
            rows = compare_deviations(data, options.rows)
        else:
            rows = measure_growth(data, options.sizes)
    show_rows(f"{options.part}: {options.place.name}", rows)
    write_figures(rows, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
