"""Measure how well the gallery stands in for real art: ``python -m src.gallery.calibration.measure --rows TABLE``.

Compares the dataset of a workspace, which came from the gallery, with real labelled rows: the distance of every
feature's distribution, and how SVMs trained on it do on real rows and paintings. Writes the tables of
``references/gallery_calibration.md`` and its figures; the figures of unseen rows come from
:mod:`src.gallery.calibration.held_out`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.pipeline import make_pipeline

from src.colours import STUDY_COLOURS
from src.command import run_command
from src.errors import EXIT_DONE, UsageError
from src.features.schema import FEATURE_NAMES
from src.gallery.calibration.held_out import CANDIDATES, RESULTS_NAME
from src.gallery.calibration.labelled_rows import find_study_rows, read_labelled_rows
from src.gallery.calibration.report import CalibrationReport, FilingScore, write_report
from src.gallery.filing.colour_index import load_colour_index
from src.gallery.settings import DEFAULT_SEED
from src.models.data import TrainingData, read_training_data
from src.models.grids import fit_calibrated
from src.models.pictures import MeasuredPictures, measure_labelled_pictures, read_labels
from src.parallel import add_parallel_arguments, parallel_backend
from src.paths import PROJECT_ROOT, Workspace

Namer = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.str_]]
"""Features (n, 18) → colours (n,)."""


def measure_distances(gallery: TrainingData, rows: TrainingData) -> dict[str, float]:
    """Return the Kolmogorov-Smirnov distance of each feature, the rows weighted to the gallery's class counts."""
    weights = balance_weights(rows.colours, gallery.class_counts)
    return {
        name: measure_ks_distance(gallery.features[:, position], rows.features[:, position], weights)
        for position, name in enumerate(FEATURE_NAMES)
    }


def measure_ks_distance(
    first: npt.NDArray[np.float64], second: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]
) -> float:
    """Measure the Kolmogorov-Smirnov distance of two samples, of which the second is weighted.

    Parameters
    ----------
    first, second
        The samples, shapes (m,) and (n,).
    weights
        A weight for each value of the second, shape (n,), with sum 1.

    Returns
    -------
    float
        The largest difference of the two cumulative distributions, 0-1. With equal weights this is
        the statistic of :func:`scipy.stats.ks_2samp`.
    """
    places = np.concatenate([first, second])
    order = np.argsort(second, kind="stable")
    cumulated = np.concatenate([[0.0], np.cumsum(weights[order])])
    below_first = np.searchsorted(np.sort(first), places, side="right") / len(first)
    below_second = cumulated[np.searchsorted(second[order], places, side="right")]
    return float(np.abs(below_first - below_second).max())


def balance_weights(labels: npt.NDArray[np.str_], counts: Mapping[str, float]) -> npt.NDArray[np.float64]:
    """Give each row a weight, so that the classes weigh what the counts say.

    Parameters
    ----------
    labels
        The class of each row, shape (n,).
    counts
        What each class should weigh, in any unit; a class that is not named weighs nothing.

    Returns
    -------
    numpy.ndarray
        float64, shape (n,), with sum 1.
    """
    names, places, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    wanted = np.array([counts.get(str(name), 0.0) for name in names])
    weights = (wanted / sizes)[places]
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def score_filing(name: str, give_names: Namer, rows: TrainingData, paintings: MeasuredPictures | None) -> FilingScore:
    """Score a classifier, or the index itself, on real rows and real paintings."""
    right = give_names(rows.features) == rows.colours
    recalls: dict[str, float] = {}
    agreement = float("nan")
    if paintings is not None:
        agrees = give_names(paintings.features) == paintings.colours
        agreement = float(agrees.mean())
        recalls = {
            colour: float(agrees[paintings.colours == colour].mean())
            for colour in STUDY_COLOURS
            if (paintings.colours == colour).any()
        }
    is_study = find_study_rows(rows)
    study = float(right[is_study].mean()) if is_study.any() else float("nan")
    return FilingScore(name, float(right.mean()), study, agreement, recalls)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m src.gallery.calibration.measure", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=PROJECT_ROOT, help="whose dataset (default: the project)")
    parser.add_argument("--rows", type=Path, required=True, metavar="TABLE", help="real rows: 18 features and color")
    parser.add_argument("--images", type=Path, metavar="DIR", help="score on real pictures as well")
    parser.add_argument("--labels", type=Path, metavar="FILE.csv", help="their colours")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="of the gallery (%(default)s)")
    parser.add_argument("--output", type=Path, default=PROJECT_ROOT / "references", help="folder (%(default)s)")
    add_parallel_arguments(parser, default_jobs=1)
    options = parser.parse_args(arguments)
    return run_command(lambda: _run(options), "interrupted: nothing was written")


def _run(options: argparse.Namespace) -> int:
    if (options.images is None) != (options.labels is None):
        raise UsageError("--images and --labels belong together: name both, or none")
    rows = read_labelled_rows(options.rows)
    with parallel_backend(options.jobs, options.dask):
        report = _measure(options, rows)
    write_report(report, options.output)
    sys.stdout.write(report.as_text() + "\n")
    return EXIT_DONE


def _measure(options: argparse.Namespace, rows: TrainingData) -> CalibrationReport:
    paintings = None
    if options.labels is not None:
        paintings = measure_labelled_pictures(options.images, read_labels(options.labels), crop=True)
    gallery = read_training_data(Workspace(options.workspace).processed_table)
    index = load_colour_index()
    scores = [score_filing("the index itself", index.name, rows, paintings)]
    for candidate in CANDIDATES:
        scaler, classifier = fit_calibrated(candidate, gallery.features, gallery.colours)
        fitted = make_pipeline(scaler, classifier)
        scores.append(score_filing(candidate.label, fitted.predict, rows, paintings))
    held_out = options.output / RESULTS_NAME
    return CalibrationReport(
        seed=options.seed,
        distances=measure_distances(gallery, rows),
        scores=tuple(scores),
        held_out=json.loads(held_out.read_text(encoding="utf-8")) if held_out.is_file() else None,
        filed_share=float((index.name(gallery.features) == gallery.colours).mean()),
        gallery=pd.DataFrame(gallery.features, columns=list(FEATURE_NAMES)),
        real=pd.DataFrame(rows.features, columns=list(FEATURE_NAMES)),
        real_weights=balance_weights(rows.colours, gallery.class_counts),
    )


if __name__ == "__main__":
    sys.exit(main())
