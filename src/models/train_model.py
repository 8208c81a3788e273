"""Choose a model by cross-validation, measure it on a held-out quarter, and save it.

Usage::

    python -m src.models.train_model [--workspace DIR] [--families svm … | study | extended | all]
    python -m src.models.train_model --data TABLE.csv --models DIR --quick

The table needs the 18 features and ``color``; whatever colours it holds become the classes. The
best candidate is measured on the quarter that the search never saw, then fitted to all rows and
saved. A stopped search goes on where it was.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from sklearn.preprocessing import StandardScaler

from src.errors import EXIT_INTERRUPTED, ProjectError, UsageError
from src.models.artefacts import ColourModel, save_model
from src.models.calibration import find_temperature, score_out_of_fold
from src.models.classifiers import build_classifier
from src.models.decision_scores import build_scorer, compute_softmax
from src.models.evaluate import Evaluation, evaluate
from src.models.groups import find_groups, hash_pictures
from src.models.search import CandidateResult, ProgressReport, run_search
from src.models.search_cache import SearchCache
from src.models.search_results import RESULTS_NAME, write_results
from src.models.search_space import SEARCH_SPACES, STUDY_CHOICE, Candidate, parse_families
from src.models.train_display import TrainingDisplay
from src.models.training_data import HELD_OUT_FOLDS, Split, TrainingData, check_training_data, read_training_data
from src.parallel import add_parallel_arguments, parallel_backend
from src.paths import PROJECT_ROOT, Workspace

__all__ = ["TrainingSettings", "TrainingSummary", "fit_candidate", "group_rows", "main", "train"]

SVM_ROW_LIMIT: Final = 40_000
"""More rows than this make a support vector machine's fit longer than minutes (quadratic and more);
the linear families take any number, and ``--sample`` draws fewer."""

KERNEL_FAMILIES: Final = frozenset({"svm", "svm_extended", "blend"})


@dataclass(frozen=True)
class TrainingSettings:
    """How to search.

    Attributes
    ----------
    families
        Names of search spaces.
    quick
        Fit the study's winner alone.
    folds
        Of the cross-validation.
    seed
        Of splits and estimators.
    sample
        Learn from so many rows, each colour's share kept; 0 for all.
    """

    families: tuple[str, ...] = ("svm",)
    quick: bool = False
    folds: int = 5
    seed: int = 0
    sample: int = 0


@dataclass(frozen=True)
class TrainingSummary:
    """What a training gave.

    Attributes
    ----------
    model
        As saved: the best candidate, fitted to all rows.
    results
        Every candidate, best first.
    test
        The best candidate, fitted to three quarters, on the fourth.
    """

    model: ColourModel
    results: tuple[CandidateResult, ...]
    test: Evaluation


def group_rows(data: TrainingData, image_dir: Path | None = None, cache: Path | None = None) -> TrainingData:
    """Find rows of one picture by features, address and, where the files are, perceptual hash."""
    hashes = None
    if image_dir is not None and data.filenames and image_dir.is_dir():
        hashes = hash_pictures([image_dir / name for name in data.filenames], cache)
    groups = find_groups(data.features, hashes, data.images or None)
    return TrainingData(data.name, data.features, data.colours, groups, data.filenames, data.images)


def fit_candidate(candidate: Candidate, data: TrainingData, seed: int) -> tuple[StandardScaler, Any]:
    """Fit scaler and classifier to all rows.

    Fitted without column names, so that lists and arrays are taken without a warning.
    """
    scaler = StandardScaler().fit(data.features)
    estimator = build_classifier(candidate, seed)
    estimator.fit(scaler.transform(data.features), data.colours)
    return scaler, estimator


def train(
    data: TrainingData,
    models_dir: Path,
    settings: TrainingSettings,
    *,
    cache_dir: Path | None = None,
    report: Callable[[ProgressReport], None] | None = None,
) -> TrainingSummary:
    """Search, measure, fit and save.

    Parameters
    ----------
    data
        Rows, grouped (:func:`group_rows`).
    models_dir
        Where the model goes.
    settings
        How to search.
    cache_dir
        Where finished fits are kept; ``None`` keeps none.
    report
        Called after each fit of the search.

    Returns
    -------
    TrainingSummary

    Notes
    -----
    Fits run where :func:`src.parallel.parallel_backend` says.

    Raises
    ------
    TrainingDataError
        If the rows cannot be split and learned from.
    UsageError
        If there are more rows than a family can take.
    """
    if settings.sample:
        data = data.sample(settings.sample, settings.seed)
    check_training_data(data, settings.folds)
    families = (STUDY_CHOICE.family,) if settings.quick else settings.families
    too_slow = KERNEL_FAMILIES.intersection(families)
    if len(data) > SVM_ROW_LIMIT and too_slow:
        raise UsageError(
            f"{len(data):,} rows are too many for {', '.join(sorted(too_slow))} (limit {SVM_ROW_LIMIT:,}): "
            f"use --sample {SVM_ROW_LIMIT} or a family whose time is linear, --families polynomial nystroem"
        )
    held_out = data.split_folds(HELD_OUT_FOLDS, settings.seed)[0]
    learning = data.take(held_out.train)
    splits = learning.split_folds(settings.folds, settings.seed)
    results = run_search(
        learning,
        families,
        splits,
        seed=settings.seed,
        cache=SearchCache(cache_dir, learning.digest, settings.seed),
        candidates=(STUDY_CHOICE,) if settings.quick else None,
        report=report,
    )
    best = results[0]
    classes = np.unique(data.colours)
    temperature = _measure_temperature(learning, best.candidate, splits, classes, settings.seed)
    test = _evaluate_held_out(data, best.candidate, held_out, temperature, settings.seed)
    scaler, estimator = fit_candidate(best.candidate, data, settings.seed)
    model = save_model(
        models_dir,
        scaler,
        estimator,
        family=best.candidate.family,
        parameters={**SEARCH_SPACES[best.candidate.family].fixed, **best.candidate.parameters},
        temperature=temperature,
        data=_describe_data(data, settings),
        scores=_describe_scores(best, test),
    )
    write_results(results, models_dir / RESULTS_NAME)
    return TrainingSummary(model, tuple(results), test)


def _measure_temperature(
    data: TrainingData, candidate: Candidate, splits: Sequence[Split], classes: NDArray[np.str_], seed: int
) -> float:
    scores = score_out_of_fold(data, candidate, splits, classes.tolist(), seed)
    return find_temperature(scores, np.searchsorted(classes, data.colours))


def _evaluate_held_out(
    data: TrainingData, candidate: Candidate, split: Split, temperature: float, seed: int
) -> Evaluation:
    scaler, estimator = fit_candidate(candidate, data.take(split.train), seed)
    scores = build_scorer(estimator)(scaler.transform(data.features[split.test]))
    classes = [str(name) for name in estimator.classes_]
    return evaluate(data.colours[split.test], compute_softmax(scores, temperature), classes)


def _describe_data(data: TrainingData, settings: TrainingSettings) -> dict[str, Any]:
    return {
        "table": data.name,
        "sha256": data.digest,
        "rows": len(data),
        "pictures": len(np.unique(data.groups)),
        "class_counts": data.class_counts,
        "seed": settings.seed,
        "folds": settings.folds,
    }


def _describe_scores(best: CandidateResult, test: Evaluation) -> dict[str, Any]:
    return {
        "cross_validation_accuracy": best.mean,
        "cross_validation_deviation": best.deviation,
        "test_accuracy": test.accuracy,
        "test_macro_f1": test.macro_f1,
        "test_expected_calibration_error": test.expected_calibration_error,
        "test_rows": test.count,
        "test_near_errors": test.near_errors,
        "test_far_errors": test.far_errors,
        "test_recall": {score.colour: score.recall for score in test.class_scores},
        "test_confusion": {"classes": list(test.classes), "rows": test.confusion.tolist()},
    }


def build_parser() -> argparse.ArgumentParser:
    """Build the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m src.models.train_model",
        description="Choose a model by cross-validation, measure it on a held-out quarter, and save it.",
    )
    parser.add_argument("--workspace", type=Path, default=PROJECT_ROOT, help="folder with data/ and models/")
    parser.add_argument("--data", type=Path, help="table to learn from (default: the workspace's final dataset)")
    parser.add_argument("--models", type=Path, help="folder for the model (default: the workspace's models/)")
    parser.add_argument(
        "--families",
        nargs="+",
        default=["svm"],
        metavar="NAME",
        help=f"{', '.join(SEARCH_SPACES)}; study, extended, all",
    )
    parser.add_argument("--quick", action="store_true", help="fit the study's winner alone")
    parser.add_argument("--folds", type=int, default=5, help="folds of the cross-validation (default: 5)")
    parser.add_argument("--seed", type=int, default=0, help="seed of splits and estimators (default: 0)")
    parser.add_argument("--sample", type=int, default=0, metavar="ROWS", help="learn from so many rows")
    add_parallel_arguments(parser)
    parser.add_argument("--fresh", action="store_true", help="repeat fits that an earlier search has kept")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = build_parser().parse_args(arguments)
    console = Console()
    workspace = Workspace(options.workspace)
    try:
        for name, least in (("folds", 2), ("sample", 0)):
            if getattr(options, name) < least:
                raise UsageError(f"--{name} {getattr(options, name)}: expected at least {least}")
        settings = TrainingSettings(
            parse_families(options.families), options.quick, options.folds, options.seed, options.sample
        )
        data = read_training_data(options.data or workspace.processed_table)
        image_dir = workspace.image_dir if options.data is None else None
        display = TrainingDisplay(console)
        with parallel_backend(options.jobs, options.dask):
            data = group_rows(data, image_dir, workspace.search_cache_dir / "picture_hashes.json")
            display.show_data(data)
            with display:
                summary = train(
                    data,
                    options.models or workspace.models_dir,
                    settings,
                    cache_dir=None if options.fresh else workspace.search_cache_dir,
                    report=display.advance,
                )
        display.show_summary(summary.results, summary.test, summary.model)
        console.print(f"model: {options.models or workspace.models_dir}", highlight=False)
    except ProjectError as error:
        Console(stderr=True).print(f"[bold red]error:[/bold red] {error}", highlight=False)
        return error.exit_code
    except KeyboardInterrupt:
        Console(stderr=True).print("interrupted: finished fits are kept; the same command goes on from here")
        return EXIT_INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
