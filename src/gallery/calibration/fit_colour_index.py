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
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from src.colours import order_colours
from src.errors import EXIT_DONE, ProjectError
from src.features.schema import FEATURE_NAMES
from src.files import write_text
from src.gallery.calibration.labelled_rows import DEFAULT_ROWS, RARE_ROWS, LabelledRows, read_labelled_rows, smear_rows
from src.gallery.filing.colour_index import COLOUR_INDEX_FILE, ColourIndex, quadratic_terms

CANDIDATES: Final = (1.0, 3.0, 10.0)
"""Inverse strengths of the L2 penalty on the standardised terms."""

FOLDS: Final = 4

SMEARED_ROWS: Final = 16_000
"""So many invented rows are added, each a real row moved by a random part of the rows' own covariance."""

SMEAR: Final = 0.4
"""How far the invented rows are moved, as a share of the rows' spread."""

RARE_WEIGHT: Final = 3.0
"""Rows of rare colours weigh so much, lest their larger neighbours swallow them."""

ITERATIONS: Final = 200
"""Steps of the optimiser; more change no cross-validated figure."""


def fit_colour_index(
    features: npt.NDArray[np.float64], colours: npt.NDArray[np.str_], inverse_penalty: float
) -> ColourIndex:
    """Fit the multinomial model to the rows and to what lies between them.

    A support vector machine of the study's kind is fitted to the rows first and labels the invented rows
    (:func:`smear_rows`): they tell the smaller model how the colours lie where rows are few, and keep it from
    following single rows.

    Parameters
    ----------
    features
        float64, shape (n, 18).
    colours
        The label of each row, shape (n,).
    inverse_penalty
        ``C`` of scikit-learn's logistic regression; the penalty acts on terms of unit variance.
    """
    teacher = make_pipeline(StandardScaler(), SVC(C=100, gamma=0.01)).fit(features, colours)
    invented = smear_rows(features, SMEARED_ROWS, SMEAR)
    everything = np.vstack((features, invented))
    labels = np.concatenate((colours, teacher.predict(invented)))
    first = StandardScaler().fit(features)
    terms = quadratic_terms(first.transform(everything))
    second = StandardScaler().fit(terms)
    names, counts = np.unique(colours, return_counts=True)
    weights = np.where(np.isin(labels, names[counts < RARE_ROWS]), RARE_WEIGHT, 1.0)
    model = LogisticRegression(C=inverse_penalty, max_iter=ITERATIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose, see ITERATIONS
        model.fit(second.transform(terms), labels, sample_weight=weights)
    classes = order_colours(str(name) for name in model.classes_)
    order = [list(model.classes_).index(name) for name in classes]
    coefficients = model.coef_[order] / second.scale_
    intercepts = model.intercept_[order] - coefficients @ second.mean_
    return ColourIndex(classes, first.mean_, first.scale_, intercepts, coefficients)


def cross_validate(rows: LabelledRows, inverse_penalty: float) -> npt.NDArray[np.str_]:
    """Return for each row the colour given by an index that was fitted without its fold."""
    predicted = rows.colours.copy()
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for fitted, held_out in folds.split(rows.features, rows.strata):
        index = fit_colour_index(rows.features[fitted], rows.colours[fitted], inverse_penalty)
        predicted[held_out] = np.array(index.classes)[index.scores(rows.features[held_out]).argmax(axis=1)]
    return predicted


def read_chosen_penalty(path: Path = COLOUR_INDEX_FILE) -> float:
    """Return the inverse penalty with which the stored index was fitted."""
    return float(json.loads(path.read_text(encoding="utf-8"))["inverse_penalty"])


def save_colour_index(index: ColourIndex, path: Path, about: str, inverse_penalty: float) -> None:
    """Write the index as readable JSON, coefficients rounded to four places."""
    stored = {
        "about": about,
        "inverse_penalty": inverse_penalty,
        "classes": list(index.classes),
        "features": list(FEATURE_NAMES),
        "terms": "linear: the standardised features; products: features i and j for j >= i, row by row",
        "mean": index.mean.round(4).tolist(),
        "scale": index.scale.round(4).tolist(),
        "colours": {
            name: {
                "intercept": round(float(index.intercepts[position]), 4),
                "linear": index.coefficients[position, : len(FEATURE_NAMES)].round(4).tolist(),
                "products": index.coefficients[position, len(FEATURE_NAMES) :].round(4).tolist(),
            }
            for position, name in enumerate(index.classes)
        },
    }
    text = json.dumps(stored, indent=1)
    write_text(path, _join_numbers(text))


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
    """Choose the penalty by cross-validation, fit on all rows, write the file."""
    parser = argparse.ArgumentParser(prog="python -m src.gallery.calibration.fit_colour_index", description=__doc__)
    parser.add_argument("--rows", type=Path, default=DEFAULT_ROWS, help="CSV of 18 features and color (%(default)s)")
    parser.add_argument("--output", type=Path, default=COLOUR_INDEX_FILE, help="where to write (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        rows = read_labelled_rows(options.rows)
        best, best_accuracy = CANDIDATES[0], 0.0
        for candidate in CANDIDATES:
            predicted = cross_validate(rows, candidate)
            right = predicted == rows.colours
            accuracy = float(right.mean())
            hard = float(right[rows.is_study].mean()) if rows.is_study.any() else float("nan")
            sys.stdout.write(f"C={candidate:<5g} {FOLDS}-fold accuracy {accuracy:.4f}, study rows {hard:.4f}\n")
            sys.stdout.flush()
            if accuracy > best_accuracy:
                best, best_accuracy = candidate, accuracy
        index = fit_colour_index(rows.features, rows.colours, best)
        about = (
            "Multinomial logistic model fitted by src/gallery/calibration/fit_colour_index.py to "
            f"{len(rows.colours)} real "
            f"labelled rows; C={best:g}, {FOLDS}-fold accuracy {best_accuracy:.4f}"
        )
        save_colour_index(index, options.output, about, best)
    except ProjectError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"wrote {options.output}\n")
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
