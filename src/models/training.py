"""One training: group the rows, search, calibrate, measure on the held-out quarter, fit and save."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import StandardScaler

from src.errors import UsageError
from src.models.artefacts import ColourModel, ModelCard, save_model
from src.models.calibration import find_temperature, score_out_of_fold
from src.models.classifiers import fit_classifier
from src.models.data import HELD_OUT_FOLDS, Split, TrainingData, check_training_data, find_groups, hash_pictures
from src.models.decision_scores import build_scorer, compute_softmax
from src.models.evaluate import Evaluation, evaluate
from src.models.search import CandidateResult, ProgressReport, run_search
from src.models.search_cache import SearchCache
from src.models.search_results import RESULTS_NAME, write_results
from src.models.search_space import SEARCH_SPACES, STUDY_CHOICE, Candidate

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


def group_rows(
    data: TrainingData, image_dir: Path | None = None, cache: Path | None = None, card: ModelCard | None = None
) -> TrainingData:
    """Find rows of one picture by features, address and, where the files are, perceptual hash.

    Where they are not, a card of a model that was trained on the same rows tells what the hashes
    said, so that the same splits follow from the table alone.
    """
    doubles = card.data.get("doubles") if card is not None and card.data.get("sha256") == data.digest else None
    if doubles is not None and not _has_pictures(data, image_dir):
        groups = np.arange(len(data))
        for rows in doubles:
            groups[rows] = rows[0]
        return replace(data, groups=groups)
    hashes = None
    if image_dir is not None and _has_pictures(data, image_dir):
        hashes = hash_pictures([image_dir / name for name in data.filenames], cache)
    return replace(data, groups=find_groups(data.features, hashes, data.images or None))


def _has_pictures(data: TrainingData, image_dir: Path | None) -> bool:
    return image_dir is not None and bool(data.filenames) and (image_dir / data.filenames[0]).is_file()


def fit_candidate(
    candidate: Candidate, features: NDArray[np.float64], colours: NDArray[np.str_], seed: int
) -> tuple[StandardScaler, Any]:
    """Fit scaler and classifier to rows.

    Fitted without column names, so that lists and arrays are taken without a warning.
    """
    scaler = StandardScaler().fit(features)
    return scaler, fit_classifier(candidate, scaler.transform(features), colours, seed)


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
    scaler, estimator = fit_candidate(best.candidate, data.features, data.colours, settings.seed)
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
    scaler, estimator = fit_candidate(candidate, data.features[split.train], data.colours[split.train], seed)
    scores = build_scorer(estimator)(scaler.transform(data.features[split.test]))
    classes = [str(name) for name in estimator.classes_]
    return evaluate(data.colours[split.test], compute_softmax(scores, temperature), classes)


def _describe_data(data: TrainingData, settings: TrainingSettings) -> dict[str, Any]:
    return {
        "table": data.name,
        "sha256": data.digest,
        "rows": len(data),
        "pictures": len(np.unique(data.groups)),
        "doubles": data.doubles,
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
