"""Measure how well the gallery stands in for real art: ``python -m src.gallery.calibration.measure --rows TABLE``.

Compares the dataset of a workspace, which came from the gallery, with real labelled rows: the distance of every
feature's distribution, and how SVMs trained on it do on real rows and paintings. Writes the tables of
``references/gallery_calibration.md`` and its figures; the figures of unseen rows come from
:mod:`src.gallery.calibration.held_out`.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import roc_curve
from sklearn.pipeline import make_pipeline

from src.colours import SITE_COLOURS, STUDY_COLOURS
from src.command import run_command
from src.errors import EXIT_DONE, TableError, UsageError
from src.features.reduce_image import THUMBNAIL_SIDE
from src.features.schema import FEATURE_NAMES
from src.files import write_text
from src.gallery.calibration.fit import read_labelled_rows
from src.gallery.calibration.held_out import CANDIDATES, RESULTS_NAME, find_study_rows
from src.gallery.filing.colour_index import load_colour_index
from src.gallery.filing.palettes import load_palettes
from src.gallery.painter.describe import describe
from src.gallery.painter.painting import paint_crop
from src.gallery.settings import DEFAULT_SEED
from src.models.data import TrainingData, read_training_data
from src.models.grids import fit_calibrated
from src.models.pictures import MeasuredPictures, measure_labelled_pictures, read_labels
from src.models.report import format_table
from src.parallel import add_parallel_arguments, parallel_backend
from src.paths import PROJECT_ROOT, Workspace
from src.visualization.contact_sheet import make_contact_sheet
from src.visualization.data_figures import plot_feature_distributions
from src.visualization.output import save_figure, save_picture

REPORT_NAME: Final = "gallery_calibration.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SHEET_SIDE: Final = 12


def score_filing(
    give_names: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.str_]],
    rows: TrainingData,
    paintings: MeasuredPictures | None,
) -> dict[str, float]:
    """Score a classifier, or the index itself, on real rows and real paintings.

    Returns the shares, 0-1, that it names rightly: of ``rows``, of ``study_rows`` (those with the site's own label), of
    ``paintings``, and of the paintings of each colour by its name; NaN where there are none of a kind.
    """
    right = pd.Series(give_names(rows.features) == rows.colours)
    agrees = pd.Series(dtype=bool)
    if paintings is not None:
        agrees = pd.Series(give_names(paintings.features) == paintings.colours, index=paintings.colours)
    scores = {"rows": right.mean(), "study_rows": right[find_study_rows(rows)].mean(), "paintings": agrees.mean()}
    return scores | {str(colour): share for colour, share in agrees.groupby(level=0).mean().items()}


def measure_distances(gallery: TrainingData, rows: TrainingData) -> dict[str, float]:
    """Return the Kolmogorov-Smirnov distance of each feature, the rows weighted to the gallery's class counts.

    It is the largest difference of two cumulative distributions, which a ROC curve shows against each other.
    """
    is_gallery = np.repeat([True, False], [len(gallery), len(rows)])
    weights = np.concatenate([np.ones(len(gallery)), balance_weights(rows, gallery)])
    distances = {}
    for name, values in zip(FEATURE_NAMES, np.vstack([gallery.features, rows.features]).T, strict=True):
        of_rows, of_gallery, _ = roc_curve(is_gallery, values, sample_weight=weights)
        distances[name] = float(np.abs(of_gallery - of_rows).max())
    return distances


def balance_weights(rows: TrainingData, gallery: TrainingData) -> npt.NDArray[np.float64]:
    """Give each row a weight, shape (n,), so that every class weighs as many rows as the gallery has of it."""
    colours = pd.Series(rows.colours)
    return (colours.map(gallery.class_counts).fillna(0.0) / colours.map(colours.value_counts())).to_numpy()


def describe_held_out(path: Path) -> str:
    """Return the table of scores on rows that nothing had seen, from what ``held_out`` wrote; empty without a file."""
    if not path.is_file():
        return ""
    found = json.loads(path.read_text(encoding="utf-8"))
    figures = ("rows", "study_rows", "calibration_error")
    rows = [
        (name, *(f"{score[key]:.4f} ± {score[f'{key}_spread']:.4f}" if key in score else "–" for key in figures))
        for name, score in found["scores"].items()
    ]
    return (
        f"On rows that neither index nor palettes nor classifier saw: mean and standard deviation over "
        f"{found['splits']} splits, each with another quarter of the {found['rows']:,} rows left out and a gallery "
        f"of {found['artworks']:,} artworks painted from the rest.\n\n"
        + format_table(("classifier", "unseen rows", "unseen study rows", "calibration error"), rows, numbers_from=1)
    )


def describe_scores(scores: Mapping[str, Mapping[str, float]]) -> str:
    """Return the tables of what classifiers, by name, find of rows and paintings that the index has seen."""
    figures = {"rows": "rows (seen by the index)", "study_rows": "study rows (seen)", "paintings": "paintings"}
    rows = [
        (name, *("–" if np.isnan(score[key]) else f"{score[key]:.4f}" for key in figures))
        for name, score in scores.items()
    ]
    text = format_table(("classifier", *figures.values()), rows, numbers_from=1)
    colours = [colour for colour in STUDY_COLOURS if colour in next(iter(scores.values()))]
    if colours:
        rows = [(name, *(f"{score[colour]:.2f}" for colour in colours)) for name, score in scores.items()]
        table = format_table(("classifier", *colours), rows, numbers_from=1)
        text += f"\nShare of each colour's paintings that is found:\n\n{table}"
    return text


def describe_distances(distances: dict[str, float]) -> str:
    """Return the table of the features' distances."""
    channels = [name.removesuffix("_mean") for name in distances if name.endswith("_mean")]
    rows = [
        (channel, *(f"{distances[f'{channel}_{statistic}']:.3f}" for statistic in ("mean", "std")))
        for channel in channels
    ]
    return f"Kolmogorov-Smirnov distance of each feature (largest {max(distances.values()):.3f}):\n\n" + format_table(
        ("channel", "mean", "standard deviation"), rows, numbers_from=1
    )


def write_tables(path: Path, tables: str) -> None:
    """Put tables between the marks of a report; raise TableError if it lacks one."""
    prose = path.read_text(encoding="utf-8") if path.is_file() else f"# Calibration of the gallery\n\n{BEGIN}\n{END}\n"
    if BEGIN not in prose or END not in prose:
        raise TableError(f"{path} lacks the marks {BEGIN} and {END}: expected both, to write the tables between them")
    before, _, rest = prose.partition(BEGIN)
    write_text(path, f"{before}{BEGIN}\n\n{tables}\n\n{END}{rest.partition(END)[2]}")


def make_sheet(seed: int) -> npt.NDArray[np.uint8]:
    """Return a sheet of 12 × 12 artworks, every colour of the study in turn."""
    of_study = (number for number in count() if SITE_COLOURS[number % len(SITE_COLOURS)] in STUDY_COLOURS)
    paintings = (describe(seed, number) for number in islice(of_study, SHEET_SIDE**2))
    return make_contact_sheet(
        [paint_crop(painting, THUMBNAIL_SIDE, THUMBNAIL_SIDE) for painting in paintings], columns=SHEET_SIDE
    )


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
    gallery = read_training_data(Workspace(options.workspace).processed_table)
    index = load_colour_index()
    paintings = None
    with parallel_backend(options.jobs, options.dask):
        if options.labels is not None:
            paintings = measure_labelled_pictures(options.images, read_labels(options.labels), crop=True)
        scores = {"the index itself": score_filing(index.name, rows, paintings)}
        for candidate in CANDIDATES:
            fitted = make_pipeline(*fit_calibrated(candidate, gallery.features, gallery.colours))
            scores[candidate.label] = score_filing(fitted.predict, rows, paintings)
    distances = measure_distances(gallery, rows)
    filed_share = (index.name(gallery.features) == gallery.colours).mean()
    palettes = ", ".join(f"{colour} {len(load_palettes()[colour].shares)}" for colour in SITE_COLOURS)
    seen = (
        f"Index and palettes have seen all {len(rows):,} real rows in what follows, so these figures flatter. "
        f"{len(gallery):,} artworks of the gallery with seed {options.seed}; SVMs trained on them:\n"
    )
    filed = f"{filed_share:.4f} of the thumbnails are filed under the colour of their artwork by the index.\n"
    unseen = describe_held_out(options.output / RESULTS_NAME)
    components = f"Components of the palettes: {palettes}."
    tables = "\n".join((unseen, seen, describe_scores(scores), filed, describe_distances(distances), components))
    write_tables(options.output / REPORT_NAME, tables)
    figure = plot_feature_distributions(
        pd.DataFrame(gallery.features, columns=list(FEATURE_NAMES)),
        pd.DataFrame(rows.features, columns=list(FEATURE_NAMES)),
        distances,
        weights=balance_weights(rows, gallery),
        title="The 18 features of the gallery and of real art",
    )
    save_figure(figure, options.output / "figures" / "gallery_feature_distributions.png")
    save_picture(make_sheet(options.seed), options.output / "figures" / "gallery_contact_sheet.jpg")
    sys.stdout.write(tables + "\n")
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
