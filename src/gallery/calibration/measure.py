"""Measure how well the gallery stands in for real art: ``python -m src.gallery.calibration.measure``.

Paints the gallery's thumbnails, measures them as the pipeline would, and compares them with real labelled rows:
the distance of every feature's distribution, and how a support vector machine taught by the gallery does on real
rows and paintings. Writes the tables of ``references/gallery_calibration.md`` and its figures.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import Pipeline, make_pipeline

from src.colours import SITE_COLOURS, STUDY_COLOURS
from src.errors import EXIT_DONE, EXIT_INTERRUPTED, ProjectError
from src.features.schema import FEATURE_NAMES
from src.gallery.calibration.fit_colour_index import fit_colour_index, read_chosen_penalty
from src.gallery.calibration.fit_palettes import fit_palettes
from src.gallery.calibration.labelled_rows import DEFAULT_ROWS, LabelledRows, read_labelled_rows
from src.gallery.calibration.report import CalibrationReport, FilingScore, write_report
from src.gallery.collection.catalogue import apportion
from src.gallery.filing.colour_index import ColourIndex, load_colour_index
from src.gallery.filing.palettes import PaletteModel, build_palettes, load_palettes
from src.gallery.painter.describe import describe
from src.gallery.painter.painting import measure_thumbnail, measure_tiny
from src.gallery.settings import DEFAULT_SEED
from src.models.labelled_pictures import measure_labelled_pictures, read_labels
from src.models.search_space import STUDY_CHOICE, Candidate
from src.models.training import fit_candidate
from src.parallel import add_parallel_arguments, map_with_progress, parallel_backend
from src.paths import PROJECT_ROOT

STUDY_ARTWORKS: Final = 16_311
HELD_OUT_SHARE: Final = 0.25
CANDIDATES: Final = (
    STUDY_CHOICE,
    Candidate("svm_extended", {"C": 3000, "gamma": 0.001}),
    Candidate("polynomial", {"degree": 2, "C": 10}),
    Candidate("blend", {"logistic_C": 10}),
)
"""The classifiers that the gallery teaches, one of each kind that the search may choose; the first is the study's."""


@dataclass(frozen=True, eq=False)
class GallerySample:
    """Artworks of a gallery, measured.

    Attributes
    ----------
    features
        Of the thumbnails, float64, shape (n, 18).
    colours
        Under which each is filed, shape (n,).
    tiny_features
        Of the tiny renderings that they are filed by, float64, shape (n, 18).
    """

    features: npt.NDArray[np.float64]
    colours: npt.NDArray[np.str_]
    tiny_features: npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Task:
    seed: int
    number: int
    palettes: PaletteModel | None
    index: ColourIndex | None


def paint_sample(
    seed: int,
    artworks: int,
    palettes: PaletteModel | None = None,
    index: ColourIndex | None = None,
) -> GallerySample:
    """Paint and measure a gallery in the class proportions of the study.

    Parameters
    ----------
    seed, artworks
        Of the gallery.
    palettes, index
        Other models than the committed ones, to test how the method carries over to rows it never saw.
    """
    counts = apportion(artworks)
    tasks = [
        _Task(seed, SITE_COLOURS.index(colour) + len(SITE_COLOURS) * position, palettes, index)
        for colour, count in counts.items()
        for position in range(count)
    ]
    batches = [tasks[start : start + 64] for start in range(0, len(tasks), 64)]
    measured = np.vstack(
        list(map_with_progress(_measure_batch, batches, description="painting", total=len(batches), unit="batches"))
    )
    colours = np.array([SITE_COLOURS[task.number % len(SITE_COLOURS)] for task in tasks])
    half = len(FEATURE_NAMES)
    return GallerySample(measured[:, :half], colours, measured[:, half:])


def _measure_batch(tasks: list[_Task]) -> npt.NDArray[np.float64]:
    return np.vstack(list(_measure_tasks(tasks)))


def _measure_tasks(tasks: list[_Task]) -> Iterator[npt.NDArray[np.float64]]:
    for task in tasks:
        painting = describe(task.seed, task.number, palettes=task.palettes, index=task.index)
        yield np.concatenate((measure_thumbnail(painting), measure_tiny(painting)))


def measure_distances(sample: GallerySample, rows: LabelledRows) -> dict[str, float]:
    """Return the Kolmogorov-Smirnov distance of each feature, the rows weighted to the sample's class counts."""
    weights = balance_weights(rows.colours, _count(sample.colours))
    return {
        name: measure_ks_distance(sample.features[:, position], rows.features[:, position], weights)
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


def balance_weights(labels: npt.NDArray[np.str_], counts: dict[str, float]) -> npt.NDArray[np.float64]:
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


def _count(colours: npt.NDArray[np.str_]) -> dict[str, float]:
    names, counts = np.unique(colours, return_counts=True)
    return {str(name): float(count) for name, count in zip(names, counts, strict=True)}


def draw_colours(index: ColourIndex, sample: GallerySample, seed: int) -> npt.NDArray[np.str_]:
    """Return a colour for each artwork, drawn from the index's probabilities instead of the most probable one."""
    generator = np.random.Generator(np.random.PCG64(seed))
    cumulative = index.probabilities(sample.tiny_features).cumsum(axis=1)
    chance = generator.random((len(cumulative), 1))
    return np.asarray(np.array(index.classes)[(cumulative < chance).sum(axis=1).clip(max=len(index.classes) - 1)])


def train(features: npt.NDArray[np.float64], colours: npt.NDArray[np.str_], candidate: Candidate) -> Pipeline:
    """Fit a classifier as the search does."""
    return make_pipeline(*fit_candidate(candidate, features, colours, seed=0))


def _name(candidate: Candidate) -> str:
    return f"{candidate.family} {candidate.label}"


def score_filing(
    name: str, model: Pipeline | ColourIndex, rows: LabelledRows, paintings: LabelledRows | None
) -> FilingScore:
    """Score a classifier, or the index itself, on real rows and real paintings."""

    def predict(features: npt.NDArray[np.float64]) -> npt.NDArray[np.str_]:
        if isinstance(model, ColourIndex):
            return np.asarray(np.array(model.classes)[model.scores(features).argmax(axis=1)])
        return np.asarray(model.predict(features))

    right = predict(rows.features) == rows.colours
    recalls: dict[str, float] = {}
    agreement = float("nan")
    if paintings is not None:
        agrees = predict(paintings.features) == paintings.colours
        agreement = float(agrees.mean())
        recalls = {
            colour: float(agrees[paintings.colours == colour].mean())
            for colour in STUDY_COLOURS
            if (paintings.colours == colour).any()
        }
    study = float(right[rows.is_study].mean()) if rows.is_study.any() else float("nan")
    return FilingScore(name, float(right.mean()), study, agreement, recalls)


def measure_held_out(rows: LabelledRows, seed: int, artworks: int) -> list[FilingScore]:
    """Fit index and palettes to three quarters of the rows, build a gallery from them, score on the last quarter.

    Classifiers that learned from the three quarters themselves are scored beside those of the gallery.
    """
    split = StratifiedShuffleSplit(1, test_size=HELD_OUT_SHARE, random_state=0)
    fitted, held_out = next(split.split(rows.features, rows.strata))
    part = rows.take(fitted)
    index = fit_colour_index(part.features, part.colours, read_chosen_penalty())
    palettes = build_palettes(fit_palettes(part, index))
    sample = paint_sample(seed, artworks, palettes, index)
    unseen = rows.take(held_out)
    scores = [score_filing("held out: the index", index, unseen, None)]
    for teacher, lessons in (("the gallery", sample), ("the real rows", part)):
        for candidate in CANDIDATES:
            model = train(lessons.features, lessons.colours, candidate)
            name = f"held out: {_name(candidate)}, taught by {teacher}"
            scores.append(score_filing(name, model, unseen, None))
    return scores


def read_paintings(folder: Path, labels: Path) -> LabelledRows:
    """Measure centre-cropped thumbnails of labelled pictures."""
    pictures = measure_labelled_pictures(folder, read_labels(labels), crop=True)
    return LabelledRows(pictures.features, pictures.colours, np.zeros(len(pictures.colours), np.bool_))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m src.gallery.calibration.measure", description=__doc__)
    shared = PROJECT_ROOT.parent / "shared" / "paintings"
    parser.add_argument("--rows", type=Path, default=DEFAULT_ROWS, help="CSV of 18 features and color (%(default)s)")
    parser.add_argument("--images", type=Path, default=shared / "img", help="folder of real pictures (%(default)s)")
    parser.add_argument("--labels", type=Path, default=shared / "manifest.csv", help="their colours (%(default)s)")
    parser.add_argument("--artworks", type=int, default=STUDY_ARTWORKS, help="size of the gallery (%(default)s)")
    parser.add_argument(
        "--held-out-artworks", type=int, default=STUDY_ARTWORKS, help="of the gallery of the held-out test"
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="of the gallery (%(default)s)")
    parser.add_argument("--output", type=Path, default=PROJECT_ROOT / "references", help="folder (%(default)s)")
    add_parallel_arguments(parser, default_jobs=1)
    options = parser.parse_args(arguments)
    try:
        rows = read_labelled_rows(options.rows)
        with parallel_backend(options.jobs, options.dask):
            report = _measure(options, rows)
        write_report(report, options.output)
    except ProjectError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: nothing was written\n")
        return EXIT_INTERRUPTED
    sys.stdout.write(report.as_text() + "\n")
    return EXIT_DONE


def _measure(options: argparse.Namespace, rows: LabelledRows) -> CalibrationReport:
    paintings = read_paintings(options.images, options.labels) if options.labels.is_file() else None
    sample = paint_sample(options.seed, options.artworks)
    index = load_colour_index()
    scores = [score_filing("the index itself", index, rows, paintings)]
    drawn = draw_colours(index, sample, options.seed)
    for filing, colours in (("most probable colour", sample.colours), ("colour drawn", drawn)):
        for candidate in CANDIDATES:
            model = train(sample.features, colours, candidate)
            scores.append(score_filing(f"{_name(candidate)}, {filing}", model, rows, paintings))
    if options.held_out_artworks:
        scores += measure_held_out(rows, options.seed, options.held_out_artworks)
    thumbnail_filing = np.array(index.classes)[index.scores(sample.features).argmax(axis=1)]
    tiny_filing = np.array(index.classes)[index.scores(sample.tiny_features).argmax(axis=1)]
    return CalibrationReport(
        seed=options.seed,
        artworks=len(sample.colours),
        rows=len(rows.colours),
        distances=measure_distances(sample, rows),
        scores=tuple(scores),
        filed_share=float((tiny_filing == sample.colours).mean()),
        thumbnail_agreement=float((thumbnail_filing == sample.colours).mean()),
        gallery=pd.DataFrame(sample.features, columns=list(FEATURE_NAMES)),
        real=pd.DataFrame(rows.features, columns=list(FEATURE_NAMES)),
        real_weights=balance_weights(rows.colours, _count(sample.colours)),
        components={colour: len(load_palettes().means[colour]) for colour in SITE_COLOURS},
    )


if __name__ == "__main__":
    sys.exit(main())
