"""Fit the colour index and the palettes to real labelled rows: ``python -m src.gallery.calibration.fit --rows TABLE``.

The rows (18 features and ``color``) are third-party data and not part of the project; what is kept are the models:
``colour_index.json`` and ``palettes.json`` in ``src/gallery/filing``. No row is kept.
"""

import argparse
import json
import re
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, PolynomialFeatures, StandardScaler
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from src.colours import SITE_COLOURS, order_colours
from src.command import run_command
from src.errors import EXIT_DONE, UsageError
from src.features.schema import FEATURE_COUNT, FEATURE_NAMES
from src.files import write_text
from src.gallery.calibration.chips import make_chips
from src.gallery.filing.colour_index import COLOUR_INDEX_FILE, ColourIndex, is_gray, load_colour_index
from src.gallery.filing.palettes import PALETTES_FILE, Component, from_free, to_free
from src.models.data import TrainingData, read_training_data

SMEARED_ROWS: Final = 200_000
"""Number of invented rows that the index learns from, each a real row moved by a random part of the rows' own
covariance."""

SMEAR: Final = 0.4
"""How far these are moved, as a share of the rows' spread."""

CHIPS: Final = 20_000

CHIP_DISTANCE: Final = 3.5
"""A chip nearer than this to real rows (the third nearest, in standard deviations) is left out: there the rows say
how the site files, and nine real rows in ten lie within 2.2 of others."""

HIDDEN_UNITS: Final = (96, 96)

EPOCHS: Final = ((3e-3, 24), (5e-4, 8))
"""Step size of the optimiser (Adam), and for how many passes over the rows."""

RARE_ROWS: Final = 150
"""A colour with fewer rows than this is rare, and treated with more care."""

RARE_WEIGHT: Final = 20.0
"""Weight of rows of rare colours, which their larger neighbours would swallow otherwise."""

COMPONENTS: Final = 30
RARE_COMPONENTS: Final = 8

PALETTE_ROWS: Final = 250_000
"""Number of invented rows that the palettes are fitted to; of these about two thousand fall to each rare colour."""

MOST_ROWS: Final = 20_000
"""Of one colour no more invented rows than this are fitted to; it bounds the time."""


def read_labelled_rows(path: Path) -> TrainingData:
    """Read real rows: a table with the 18 features, ``color`` and, if known, ``origin`` (study or painting)."""
    if not path.is_file():
        raise UsageError(
            f"{path} is not there: this command needs real labelled rows, a CSV with the columns "
            f"{', '.join(FEATURE_NAMES)}, color and, if known, origin (study or painting); name yours with --rows"
        )
    return read_training_data(path)


def smear_rows(features: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.float64]:
    """Invent rows: rows drawn at random, each moved by a random part of all rows' covariance.

    They lie where pictures lie, and between the rows that are known. The moves are made in the free numbers of
    :mod:`src.gallery.filing.palettes`.
    """
    generator = np.random.Generator(np.random.PCG64(20230101))
    free = to_free(features)
    root = np.linalg.cholesky(np.cov(free.T))
    drawn = free[generator.integers(0, len(free), count)]
    return from_free(drawn + SMEAR * generator.standard_normal(drawn.shape) @ root.T)


def build_teacher() -> VotingClassifier:
    """Build four classifiers of real rows that vote by the mean of their probabilities.

    SVMs and logistic regressions on products of features, one of each on the features as they are and one on their
    free numbers (:func:`src.gallery.filing.palettes.to_free`): on rows that none has seen the four together are right
    more often than each by itself.
    """

    def build_svm(c: float, gamma: float) -> CalibratedClassifierCV:
        return CalibratedClassifierCV(SVC(C=c, gamma=gamma), method="temperature", ensemble=False, cv=3)

    free = FunctionTransformer(to_free)
    products = PolynomialFeatures(2, include_bias=False)
    regression = LogisticRegression(C=1, max_iter=300)
    members = [
        ("svm", make_pipeline(StandardScaler(), build_svm(3000, 0.003))),
        ("svm of free numbers", make_pipeline(free, StandardScaler(), build_svm(1000, 0.003))),
        ("products", make_pipeline(StandardScaler(), products, StandardScaler(), regression)),
        ("products of free numbers", make_pipeline(free, StandardScaler(), products, StandardScaler(), regression)),
    ]
    return VotingClassifier(members, voting="soft")


def fit_colour_index(features: npt.NDArray[np.float64], colours: npt.NDArray[np.str_]) -> ColourIndex:
    """Fit the network to the rows, to what lies between them, and to chips of all colours where no row is near.

    Invented rows (:func:`smear_rows`), labelled by a teacher (:func:`build_teacher`), show the network how the colours
    lie where rows are few, and keep it from following single rows.
    """
    invented = smear_rows(features, SMEARED_ROWS)
    scaler = StandardScaler().fit(features)
    chips, chip_colours = make_chips(CHIPS, seed=1)
    neighbours = NearestNeighbors(n_neighbors=3).fit(scaler.transform(features))
    is_far = neighbours.kneighbors(scaler.transform(chips))[0][:, -1] > CHIP_DISTANCE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # more steps change no answer
        invented_colours = build_teacher().fit(features, colours).predict(invented)
    rows = np.vstack((features, invented, chips[is_far]))
    labels = np.concatenate((colours, invented_colours, chip_colours[is_far]))
    names, counts = np.unique(colours, return_counts=True)
    weights = np.where(np.isin(labels, names[counts < RARE_ROWS]), RARE_WEIGHT, 1.0)
    network = MLPClassifier(HIDDEN_UNITS, alpha=1e-3, batch_size=512, random_state=0, warm_start=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose, see EPOCHS
        for step, epochs in EPOCHS:
            network.set_params(learning_rate_init=step, max_iter=epochs)
            network.fit(scaler.transform(rows), labels, sample_weight=weights)
    classes = order_colours(str(name) for name in network.classes_)
    order = [list(network.classes_).index(name) for name in classes]
    layers = list(zip(network.coefs_, network.intercepts_, strict=True))
    layers[-1] = (layers[-1][0][:, order], layers[-1][1][order])
    return ColourIndex(classes, scaler.mean_, scaler.scale_, tuple(layers))


def fit_palettes(rows: TrainingData, index: ColourIndex) -> dict[str, list[Component]]:
    """Fit a mixture of Gaussians over the free numbers to each colour of the site; return its components.

    It is fitted to invented rows that the colour index files under the colour: so the mixture holds what the gallery
    will file there, and rare colours have rows enough. GRAY has no labelled rows: its rule stands in for the index.
    """
    invented = smear_rows(rows.features, PALETTE_ROWS)
    filed = index.name(invented)
    fitted: dict[str, list[Component]] = {}
    for colour in SITE_COLOURS:
        if colour == "GRAY":
            features = rows.features[[is_gray(row) for row in rows.features]]
        else:
            features = invented[filed == colour]
        is_rare = (rows.colours == colour).sum() < RARE_ROWS
        fitted[colour] = _fit_mixture(features, RARE_COMPONENTS if is_rare else COMPONENTS)
    return fitted


def _fit_mixture(features: npt.NDArray[np.float64], components: int) -> list[Component]:
    mixture = GaussianMixture(components, reg_covar=2e-4, random_state=0, max_iter=100)
    mixture.fit(to_free(features[:MOST_ROWS]))
    lower = np.tril_indices(FEATURE_COUNT)
    return [
        {
            "share": round(float(mixture.weights_[number]), 4),
            "mean": mixture.means_[number].round(3).tolist(),
            "root": np.linalg.cholesky(mixture.covariances_[number])[lower].round(3).tolist(),
        }
        for number in range(components)
    ]


def _save(fitted: dict[str, Any], path: Path) -> None:
    """Write readable JSON, each list of numbers on one line."""
    text = json.dumps(fitted, indent=1)
    write_text(path, re.sub(r"(?<=\[)[^][{}]*(?=\])", lambda numbers: " ".join(numbers[0].split()), text) + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit both to all rows, and write them."""
    parser = argparse.ArgumentParser(prog="python -m src.gallery.calibration.fit", description=__doc__)
    parser.add_argument("--rows", type=Path, required=True, metavar="TABLE", help="real rows: 18 features and color")
    parser.add_argument("--output", type=Path, default=COLOUR_INDEX_FILE.parent, help="folder (%(default)s)")
    options = parser.parse_args(arguments)
    with threadpool_limits(1):  # sums of several threads are rounded otherwise, and the training takes another way
        return run_command(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    rows = read_labelled_rows(options.rows)
    about = f"fitted by src/gallery/calibration/fit.py to {len(rows)} real labelled rows"
    index_file, palettes_file = (options.output / path.name for path in (COLOUR_INDEX_FILE, PALETTES_FILE))
    index = fit_colour_index(rows.features, rows.colours)
    stored = {
        "about": f"Neural network of rectified units, {about}, invented rows and chips",
        "classes": list(index.classes),
        "features": list(FEATURE_NAMES),
        "mean": index.mean.round(4).tolist(),
        "scale": index.scale.round(4).tolist(),
        "layers": [
            {"weights": weights.round(4).tolist(), "intercepts": intercepts.round(4).tolist()}
            for weights, intercepts in index.layers
        ],
    }
    _save(stored, index_file)
    palettes = fit_palettes(rows, load_colour_index(index_file))
    about = f"Mixtures of Gaussians over transformed features, {about}"
    _save({"about": about, "features": list(FEATURE_NAMES), "colours": palettes}, palettes_file)
    counts = " ".join(f"{colour} {len(components)}" for colour, components in palettes.items())
    sys.stdout.write(f"components: {counts}\nwrote {index_file} and {palettes_file}\n")
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
