"""Fit the colour index to real labelled rows: ``python -m src.gallery.calibration.fit_colour_index --rows CSV``.

The rows (18 features and ``color``) are third-party data and not part of the project; what is kept is the
model: ``src/gallery/filing/colour_index.json``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, PolynomialFeatures, StandardScaler
from sklearn.svm import SVC

from src.colours import order_colours
from src.command import run_command
from src.errors import EXIT_DONE
from src.features.schema import FEATURE_NAMES
from src.files import write_text
from src.gallery.calibration.chips import make_chips
from src.gallery.calibration.labelled_rows import RARE_ROWS, read_labelled_rows, smear_rows
from src.gallery.filing.colour_index import COLOUR_INDEX_FILE, ColourIndex
from src.gallery.filing.palettes import to_free

SMEARED_ROWS: Final = 200_000
"""Number of invented rows that are added, each a real row moved by a random part of the rows' own covariance."""

SMEAR: Final = 0.4
"""How far the invented rows are moved, as a share of the rows' spread."""

CHIPS: Final = 20_000

CHIP_DISTANCE: Final = 3.5
"""A chip nearer than this to real rows (the third nearest, in standard deviations) is left out: there the rows say
how the site files, and nine real rows in ten lie within 2.2 of others."""

HIDDEN_UNITS: Final = (96, 96)

EPOCHS: Final = ((3e-3, 24), (5e-4, 8))
"""Step size of the optimiser (Adam), and for how many passes over the rows."""

RARE_WEIGHT: Final = 20.0
"""Weight of rows of rare colours, which their larger neighbours would swallow otherwise."""


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

    Invented rows (:func:`smear_rows`), labelled by a teacher (:func:`build_teacher`), tell the network how the colours
    lie where rows are few, and keep it from following single rows.

    Parameters
    ----------
    features
        float64, shape (n, 18).
    colours
        The label of each row, shape (n,).
    """
    invented = smear_rows(features, SMEARED_ROWS, SMEAR)
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


def save_colour_index(index: ColourIndex, path: Path, about: str) -> None:
    """Write the index as readable JSON, weights rounded to four places."""
    stored = {
        "about": about,
        "classes": list(index.classes),
        "features": list(FEATURE_NAMES),
        "mean": index.mean.round(4).tolist(),
        "scale": index.scale.round(4).tolist(),
        "layers": [
            {"weights": weights.round(4).tolist(), "intercepts": intercepts.round(4).tolist()}
            for weights, intercepts in index.layers
        ],
    }
    text = json.dumps(stored, indent=1)
    on_one_line = re.sub(r"(?<=\[)[^][{}]*(?=\])", lambda numbers: " ".join(numbers[0].split()), text)
    write_text(path, on_one_line + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit on all rows, write the file."""
    parser = argparse.ArgumentParser(prog="python -m src.gallery.calibration.fit_colour_index", description=__doc__)
    parser.add_argument("--rows", type=Path, required=True, metavar="TABLE", help="real rows: 18 features and color")
    parser.add_argument("--output", type=Path, default=COLOUR_INDEX_FILE, help="where to write (%(default)s)")
    options = parser.parse_args(arguments)
    return run_command(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    rows = read_labelled_rows(options.rows)
    about = (
        "Neural network of rectified units, fitted by src/gallery/calibration/fit_colour_index.py to "
        f"{len(rows)} real labelled rows, invented rows and chips"
    )
    save_colour_index(fit_colour_index(rows.features, rows.colours), options.output, about)
    sys.stdout.write(f"wrote {options.output}\n")
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
