"""Fit the colour index to real labelled rows: ``python -m src.gallery.calibration.fit_colour_index --rows CSV``.

The rows (18 features and ``color``) are third-party data and not part of the project; what is kept is the
model: ``src/gallery/filing/colour_index.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVC

from src.colours import order_colours
from src.errors import EXIT_DONE, ProjectError
from src.features.schema import FEATURE_NAMES
from src.files import write_text
from src.gallery.calibration.chips import make_chips
from src.gallery.calibration.labelled_rows import DEFAULT_ROWS, RARE_ROWS, read_labelled_rows, smear_rows
from src.gallery.filing.colour_index import COLOUR_INDEX_FILE, ColourIndex

SMEARED_ROWS: Final = 100_000
"""Number of invented rows that are added, each a real row moved by a random part of the rows' own covariance."""

SMEAR: Final = 0.4
"""How far the invented rows are moved, as a share of the rows' spread."""

CHIPS: Final = 20_000

CHIP_DISTANCE: Final = 3.5
"""A chip nearer than this to real rows (the third nearest, in standard deviations) is left out: there the rows say
how the site files, and nine real rows in ten lie within 2.2 of others."""

HIDDEN_UNITS: Final = (64, 64)

EPOCHS: Final = ((3e-3, 24), (5e-4, 8))
"""Step size of the optimiser (Adam), and for how many passes over the rows."""

RARE_WEIGHT: Final = 3.0
"""Weight of rows of rare colours, which their larger neighbours would swallow otherwise."""


class Teacher:
    """Two classifiers of real rows that vote by the mean of their probabilities.

    A support vector machine of the study's kind, and a logistic regression on products of features: on rows that
    neither has seen the two together are right more often than each by itself.

    Parameters
    ----------
    features
        float64, shape (n, 18).
    colours
        The label of each row, shape (n,).
    """

    def __init__(self, features: npt.NDArray[np.float64], colours: npt.NDArray[np.str_]) -> None:
        svm = CalibratedClassifierCV(SVC(C=100, gamma=0.01), method="temperature", ensemble=False, cv=3)
        products = PolynomialFeatures(2, include_bias=False)
        regression = LogisticRegression(C=1, max_iter=300)
        self._members = (
            make_pipeline(StandardScaler(), svm),
            make_pipeline(StandardScaler(), products, StandardScaler(), regression),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # more steps change no answer
            for member in self._members:
                member.fit(features, colours)

    def name(self, features: npt.NDArray[np.float64]) -> npt.NDArray[np.str_]:
        """Return the colour of each row: shape (n,) from (n, 18)."""
        probabilities = sum(member.predict_proba(features) for member in self._members)
        return np.asarray(self._members[0].classes_[np.argmax(probabilities, axis=1)])


def fit_colour_index(features: npt.NDArray[np.float64], colours: npt.NDArray[np.str_]) -> ColourIndex:
    """Fit the network to the rows, to what lies between them, and to chips of all colours where no row is near.

    Invented rows (:func:`smear_rows`) that a :class:`Teacher` labels tell the network how the colours lie where
    rows are few, and keep it from following single rows.

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
    rows = np.vstack((features, invented, chips[is_far]))
    labels = np.concatenate((colours, Teacher(features, colours).name(invented), chip_colours[is_far]))
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
    write_text(path, _join_numbers(json.dumps(stored, indent=1)))


def _join_numbers(text: str) -> str:
    """Put the numbers of a list on one line."""
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        if inside:
            lines[-1] += line.strip() if line.strip().startswith("]") else line.strip().replace(",", ", ")
            inside = not line.strip().startswith("]")
        else:
            lines.append(line)
            inside = line.rstrip().endswith("[")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit on all rows, write the file."""
    parser = argparse.ArgumentParser(prog="python -m src.gallery.calibration.fit_colour_index", description=__doc__)
    parser.add_argument("--rows", type=Path, default=DEFAULT_ROWS, help="CSV of 18 features and color (%(default)s)")
    parser.add_argument("--output", type=Path, default=COLOUR_INDEX_FILE, help="where to write (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        rows = read_labelled_rows(options.rows)
        index = fit_colour_index(rows.features, rows.colours)
        about = (
            "Neural network of rectified units, fitted by src/gallery/calibration/fit_colour_index.py to "
            f"{len(rows.colours)} real labelled rows, invented rows and chips"
        )
        save_colour_index(index, options.output, about)
    except ProjectError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"wrote {options.output}\n")
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
