"""How well the gallery teaches unseen real art: ``python -m src.gallery.calibration.held_out --rows TABLE``.

Colour index and palettes are fitted to three quarters of the real labelled rows, a gallery of the study's size is
painted from them, SVMs are trained on that gallery, and scored on the last quarter; four times, so that each quarter
is held out once and each row scored once. Writes ``references/held_out.json``.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from src.colours import SITE_COLOURS
from src.command import run_command
from src.errors import EXIT_DONE
from src.files import write_text
from src.gallery.calibration.fit import fit_colour_index, fit_palettes, read_labelled_rows
from src.gallery.collection.catalogue import apportion
from src.gallery.filing.colour_index import ColourIndex
from src.gallery.filing.palettes import Palette, build_palettes
from src.gallery.painter.describe import describe
from src.gallery.painter.painting import measure_thumbnail
from src.gallery.settings import DEFAULT_SEED
from src.models.data import TrainingData
from src.models.evaluate import evaluate
from src.models.grids import STUDY_CHOICE, Candidate, fit_calibrated
from src.parallel import add_parallel_arguments, map_with_progress, parallel_backend
from src.paths import PROJECT_ROOT

STUDY_ARTWORKS: Final = 16_311
SPLITS: Final = 4
CANDIDATES: Final = (
    STUDY_CHOICE,
    Candidate("svm", {"C": 1000, "gamma": 0.01}),
    Candidate("svm_extended", {"C": 3000, "gamma": 0.003}),
    Candidate("svm_extended", {"C": 3000, "gamma": 0.005}),
)
"""The study's SVM and others that the search may choose."""

RESULTS_NAME: Final = "held_out.json"


def paint_gallery(
    seed: int, artworks: int, palettes: Mapping[str, Palette], index: ColourIndex
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.str_]]:
    """Paint and measure a gallery in the class proportions of the default one.

    Returns the features of the thumbnails, float64, shape (artworks, 18), and the colour under which each is filed.
    """
    paintings = [
        describe(seed, SITE_COLOURS.index(colour) + len(SITE_COLOURS) * position, palettes=palettes, index=index)
        for colour, count in apportion(artworks).items()
        for position in range(count)
    ]
    return np.vstack([measure_thumbnail(each) for each in paintings]), np.array([each.colour for each in paintings])


def find_study_rows(rows: TrainingData) -> npt.NDArray[np.bool_]:
    """Say of each row whether its label is the site's own (the hard rows): shape (n,)."""
    return np.array([origin == "study" for origin in rows.origins] or [False] * len(rows))


def measure_split(
    split: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]], rows: TrainingData, seed: int, artworks: int
) -> dict[str, dict[str, float]]:
    """Score the index and calibrated SVMs on rows that none of them has seen.

    The split holds the numbers of the rows that are learned from and of those that are held out; the gallery is
    painted in between. Returns, by name, the accuracy on all of these rows, on those of the study if there are any,
    and the calibration error.
    """
    part, test = (rows.take(numbers) for numbers in split)
    index = fit_colour_index(part.features, part.colours)
    palettes = build_palettes(fit_palettes(part, index))
    gallery = paint_gallery(seed, artworks, palettes, index)
    scores = {"the index": _count_right(index.name(test.features), test)}
    for source, (features, colours) in (("the gallery", gallery), ("the real rows", (part.features, part.colours))):
        for candidate in CANDIDATES:
            scaler, classifier = fit_calibrated(candidate, features, colours)
            probabilities = classifier.predict_proba(scaler.transform(test.features))
            found = evaluate(test.colours, probabilities, classifier.classes_.tolist())
            scores[f"{candidate.label}, trained on {source}"] = {
                **_count_right(classifier.classes_[probabilities.argmax(axis=1)], test),
                "calibration_error": found.expected_calibration_error,
            }
    return scores


def _count_right(answers: npt.NDArray[np.str_], rows: TrainingData) -> dict[str, float]:
    is_right = answers == rows.colours
    scores = {"rows": float(is_right.mean())}
    if (is_study := find_study_rows(rows)).any():
        scores["study_rows"] = float(is_right[is_study].mean())
    return scores


def summarise(splits: Sequence[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Mean of every figure over the splits, and its spread (standard deviation) as ``…_spread``."""
    summary: dict[str, dict[str, float]] = {name: {} for name in splits[0]}
    for name, figures in splits[0].items():
        for figure in figures:
            values = [split[name][figure] for split in splits]
            summary[name][figure] = round(float(np.mean(values)), 4)
            summary[name][f"{figure}_spread"] = round(float(np.std(values)), 4)
    return summary


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the file."""
    parser = argparse.ArgumentParser(prog="python -m src.gallery.calibration.held_out", description=__doc__)
    parser.add_argument("--rows", type=Path, required=True, metavar="TABLE", help="real rows: 18 features and color")
    parser.add_argument("--artworks", type=int, default=STUDY_ARTWORKS, help="of each gallery (%(default)s)")
    parser.add_argument("--splits", type=int, default=SPLITS, help="parts, each held out once (%(default)s)")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="of the gallery (%(default)s)")
    parser.add_argument("--output", type=Path, default=PROJECT_ROOT / "references", help="folder (%(default)s)")
    add_parallel_arguments(parser)
    options = parser.parse_args(arguments)
    return run_command(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    rows = read_labelled_rows(options.rows)
    strata = np.char.add(rows.colours, np.where(find_study_rows(rows), "/study", "/painting"))
    quarters = StratifiedKFold(options.splits, shuffle=True, random_state=0)
    splits = quarters.split(rows.features, strata)
    measure = partial(measure_split, rows=rows, seed=options.seed, artworks=options.artworks)
    with threadpool_limits(1), parallel_backend(options.jobs, options.dask):  # one thread, as fit.py has it
        scores = list(map_with_progress(measure, splits, description="held out", total=options.splits, unit="splits"))
    found = {"artworks": options.artworks, "rows": len(rows), "splits": options.splits, "scores": summarise(scores)}
    text = json.dumps(found, indent=1) + "\n"
    write_text(options.output / RESULTS_NAME, text)
    sys.stdout.write(text)
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
