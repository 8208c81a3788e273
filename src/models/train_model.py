"""Choose a support vector machine by cross-validation, measure it on a held-out quarter, and save it.

Usage::

    python -m src.models.train_model [--workspace DIR] [--families svm … | study | svms | all]
    python -m src.models.train_model --data TABLE.csv --models DIR --quick

The table needs the 18 features and ``color``; whatever colours it holds become the classes. Every family that is
named is searched and reported; one of the best support vector machines is measured on the quarter that the search never
saw, then fitted to all rows and saved. A stopped search goes on where it was.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from src.command import open_console, run_command
from src.errors import ModelMismatchError, UsageError
from src.files import check_folder
from src.models.artefacts import CARD_NAME, ColourModel, ModelCard, parse_card, save_model
from src.models.data import HELD_OUT_FOLDS, TrainingData, check_training_data, group_rows, read_training_data
from src.models.evaluate import Evaluation, evaluate, show_evaluation
from src.models.grids import FAMILIES, STUDY_CHOICE, SVM_FAMILIES, Candidate, fit_calibrated, list_candidates
from src.models.scoring import SvmScorer
from src.models.search import RESULTS_NAME, run_search, write_results
from src.parallel import add_parallel_arguments, parallel_backend
from src.paths import PROJECT_ROOT, Workspace

SVM_ROW_LIMIT: Final = 40_000
"""More rows than this make a support vector machine's fit longer than minutes (quadratic and more)."""

FAMILIAR_SHARE: Final = 0.998
"""Share of the held-out rows that count as like those that the model learned from."""

SHOWN_CANDIDATES: Final = 8


class TrainingSummary(NamedTuple):
    """The saved model, the search's results, and the chosen candidate on the quarter that was held out."""

    model: ColourModel
    results: pd.DataFrame
    test: Evaluation


def train(
    data: TrainingData,
    models_dir: Path,
    candidates: Sequence[Candidate],
    *,
    folds: int = 5,
    seed: int = 0,
    cache_dir: Path | None = None,
) -> TrainingSummary:
    """Search, measure, fit and save; fits run where :func:`src.parallel.parallel_backend` says.

    The rows are grouped (:func:`src.models.data.group_rows`), and one of the candidates is a support vector machine.

    Raises
    ------
    TrainingDataError
        If the rows cannot be split and learned from.
    UsageError
        If there are more rows than a support vector machine can take.
    """
    check_training_data(data, folds)
    if len(data) > SVM_ROW_LIMIT:
        raise UsageError(
            f"{len(data):,} rows are too many for a support vector machine (limit {SVM_ROW_LIMIT:,}): "
            f"use --sample {SVM_ROW_LIMIT}"
        )
    held_out = data.split_folds(HELD_OUT_FOLDS, seed)[0]
    learning = data.take(held_out.train)
    results = run_search(learning, candidates, learning.split_folds(folds, seed), cache_dir)
    best = results[results["classifier"].isin(SVM_FAMILIES)].iloc[0]
    candidate: Candidate = best["candidate"]
    scaler, classifier = fit_calibrated(candidate, learning.features, learning.colours, seed)
    unseen = scaler.transform(data.features[held_out.test])
    test = evaluate(data.colours[held_out.test], classifier.predict_proba(unseen), classifier.classes_.tolist())
    distance = None
    if SvmScorer.fits(classifier):
        distance = float(np.quantile(SvmScorer(classifier).score(unseen)[1], FAMILIAR_SHARE))
    scaler, classifier = fit_calibrated(candidate, data.features, data.colours, seed)
    model = save_model(
        models_dir,
        scaler,
        classifier,
        family=candidate.family,
        parameters=candidate.parameters,
        familiar_distance=distance,
        data={
            "table": data.name,
            "sha256": data.digest,
            "rows": len(data),
            "pictures": len(np.unique(data.groups)),
            "doubles": data.doubles,
            "class_counts": data.class_counts,
            "seed": seed,
            "folds": folds,
        },
        scores={
            "cross_validation_accuracy": float(best["mean_test_score"]),
            "cross_validation_deviation": float(best["std_test_score"]),
            "test_accuracy": test.accuracy,
            "test_macro_f1": test.macro_f1,
            "test_expected_calibration_error": test.expected_calibration_error,
            "test_rows": test.count,
            "test_near_errors": test.near_errors,
            "test_far_errors": test.far_errors,
            "test_recall": {colour: score["recall"] for colour, score in test.per_class.items()},
            "test_confusion": {"classes": list(test.classes), "rows": test.confusion.tolist()},
        },
    )
    write_results(results, models_dir / RESULTS_NAME)
    return TrainingSummary(model, results, test)


def _show_summary(console: Console, summary: TrainingSummary) -> None:
    """Show the best candidates, the best of each family, and the test of the winner."""
    table = Table("family", "parameters", "mean", "std", "fit s", title="Cross-validation", title_justify="left")
    is_first = ~summary.results["classifier"].duplicated()
    for row in summary.results[is_first | (summary.results.index < SHOWN_CANDIDATES)].itertuples():
        figures = f"{row.mean_test_score:.4f}", f"{row.std_test_score:.4f}", f"{row.mean_fit_seconds:.2f}"
        table.add_row(str(row.classifier).replace("_", " "), str(row.params), *figures)
    table.caption = f"all {len(summary.results)} candidates: {RESULTS_NAME}"
    console.print(table)
    show_evaluation(console, "held-out quarter", summary.test)
    console.print(f"saved, fitted to all rows: {summary.model.card.family}, version {summary.model.version}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m src.models.train_model",
        description="Choose a support vector machine by cross-validation, measure it on unseen rows, and save it.",
    )
    parser.add_argument("--workspace", type=Path, default=PROJECT_ROOT, help="folder with data/ and models/")
    parser.add_argument("--data", type=Path, help="table to learn from (default: the workspace's final dataset)")
    parser.add_argument("--models", type=Path, help="folder for the model (default: the workspace's models/)")
    families = f"{', '.join(FAMILIES)}; study, svms, all"
    parser.add_argument("--families", nargs="+", default=["svm"], metavar="NAME", help=families)
    parser.add_argument("--quick", action="store_true", help="fit the study's winner alone")
    parser.add_argument("--folds", type=int, default=5, help="folds of the cross-validation (default: 5)")
    parser.add_argument("--seed", type=int, default=0, help="seed of splits and estimators (default: 0)")
    parser.add_argument("--sample", type=int, default=0, metavar="ROWS", help="learn from a sample of this size")
    add_parallel_arguments(parser)
    parser.add_argument("--fresh", action="store_true", help="repeat fits that an earlier search has kept")
    options = parser.parse_args(arguments)
    return run_command(lambda: _run(options), "interrupted: finished fits are kept; the same command goes on from here")


def _run(options: argparse.Namespace) -> int:
    console = open_console()
    workspace = Workspace(options.workspace)
    for name, least, most in (("folds", 2, sys.maxsize), ("sample", 0, sys.maxsize), ("seed", 0, 2**32 - 1)):
        if not least <= getattr(options, name) <= most:
            limit = f"at least {least}" if most == sys.maxsize else f"{least} to {most}"
            raise UsageError(f"--{name} {getattr(options, name)}: expected {limit}")
    candidates = list_candidates(options.families)
    if not any(candidate.family in SVM_FAMILIES for candidate in candidates):
        raise UsageError(f"a support vector machine is shipped: expected one of {', '.join(SVM_FAMILIES)} too")
    if options.quick:
        candidates = [STUDY_CHOICE]
    models_dir = options.models or workspace.models_dir
    data = read_training_data(options.data or workspace.processed_table)
    image_dir = workspace.image_dir if options.data is None else None
    with parallel_backend(options.jobs, options.dask):
        check_folder(models_dir, "the model")
        cache_dir = None if options.fresh else _choose_cache(workspace.search_cache_dir)
        data = group_rows(data, image_dir, _read_earlier_card(models_dir))
        counts = "  ".join(f"{name} {count:,}" for name, count in data.class_counts.items())
        console.print(f"{data.name}: {len(data):,} rows of {len(np.unique(data.groups)):,} pictures   {counts}")
        if options.sample:
            data = data.sample(options.sample, options.seed)
        summary = train(data, models_dir, candidates, folds=options.folds, seed=options.seed, cache_dir=cache_dir)
    _show_summary(console, summary)
    console.print(f"model: {models_dir}")
    return 0


def _read_earlier_card(models_dir: Path) -> ModelCard | None:
    """Read the card of the model that will be replaced, if it is one of this format."""
    path = models_dir / CARD_NAME
    try:
        return parse_card(path.read_bytes(), path)
    except (ModelMismatchError, OSError):
        return None


def _choose_cache(folder: Path) -> Path | None:
    """Give the folder where fits are kept, or None where it cannot be written: the training goes on without."""
    try:
        check_folder(folder, "finished fits")
    except UsageError as error:
        sys.stderr.write(f"note: fits are not kept, so a stopped search begins anew: {error}\n")
        return None
    return folder


if __name__ == "__main__":
    sys.exit(main())
