"""What the search tries, as data: the families of classifiers and the grid of each.

The support vector machines are searched over the study's whole grid and what lies beyond it, and the best of them is
shipped. The other families are reported beside it; their grids are the study's, thinned where neighbours differ little.
"""

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import ParameterGrid, StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVC

from src.errors import UsageError

ENSEMBLE_SIZE: Final = 16
"""Support vector machines whose probabilities are averaged, each fitted to all parts of the rows but one."""


@dataclass(frozen=True)
class Candidate:
    """One point of a family's grid: what scikit-learn's ``set_params`` takes."""

    family: str
    parameters: Mapping[str, Any]

    @property
    def label(self) -> str:
        """For tables: ``C=100, gamma=0.01``."""
        return ", ".join(f"{name.split('__')[-1]}={value}" for name, value in self.parameters.items())


class Family(NamedTuple):
    """A kind of classifier: unfitted, for scaled features, and the values of each parameter to try."""

    classifier: Any
    grid: Mapping[str, tuple[Any, ...]]


_make_svm = partial(SVC, break_ties=True, cache_size=500)  # megabytes

FAMILIES: Final[Mapping[str, Family]] = {
    "svm": Family(_make_svm(), {"C": (0.1, 1, 10, 100, 1000), "gamma": (1, 0.1, 0.01, 0.001, 0.0001)}),
    "svm_extended": Family(_make_svm(), {"C": (30, 300, 3000), "gamma": (0.001, 0.003, 0.005, 0.02)}),
    "svm_polynomial": Family(_make_svm(kernel="poly", coef0=1, gamma=0.05), {"degree": (2, 3), "C": (1, 10)}),
    "neural_network": Family(
        MLPClassifier(alpha=1, max_iter=60, early_stopping=True, n_iter_no_change=10, batch_size=200, random_state=0),
        {"hidden_layer_sizes": ((100,), (200,), (50, 50)), "solver": ("adam",)},
    ),
    "logistic_regression": Family(LogisticRegression(max_iter=500), {"C": (0.1, 1, 5, 20)}),
    "random_forest": Family(RandomForestClassifier(random_state=0), {"max_depth": (15, 25), "n_estimators": (50, 170)}),
    "gradient_boosting": Family(
        GradientBoostingClassifier(learning_rate=1, n_iter_no_change=20, random_state=0),
        {"max_depth": (1,), "n_estimators": (5, 50)},
    ),
    "polynomial": Family(  # logistic regression on products of features
        make_pipeline(PolynomialFeatures(2, include_bias=False), StandardScaler(), LogisticRegression(max_iter=300)),
        {"logisticregression__C": (1, 10)},
    ),
}

SVM_FAMILIES: Final = ("svm", "svm_extended", "svm_polynomial")
"""Whose best candidate is shipped."""

STUDY_FAMILIES: Final = ("svm", "neural_network", "logistic_regression", "random_forest", "gradient_boosting")
"""The five of the study, in its order of success."""

STUDY_CHOICE: Final = Candidate("svm", {"C": 100, "gamma": 0.01})
"""What the study's own search chose."""

_GROUPS: Final = {"study": STUDY_FAMILIES, "svms": SVM_FAMILIES, "all": tuple(FAMILIES)}


def list_candidates(names: Iterable[str]) -> list[Candidate]:
    """Every point of the grids of families, or of groups of them, in their order; UsageError if a name is unknown."""
    families: dict[str, Family] = {}
    for name in names:
        if name not in FAMILIES and name not in _GROUPS:
            raise UsageError(f"unknown family {name!r}: expected some of {', '.join((*FAMILIES, *_GROUPS))}")
        families |= {family: FAMILIES[family] for family in _GROUPS.get(name, (name,))}
    return [
        Candidate(name, {parameter: point[parameter] for parameter in family.grid})
        for name, family in families.items()
        for point in ParameterGrid(family.grid)
    ]


def build_classifier(candidate: Candidate) -> Any:
    """Build the unfitted classifier of a candidate; it takes scaled features."""
    return clone(FAMILIES[candidate.family].classifier).set_params(**candidate.parameters)


def build_pipeline(candidate: Candidate) -> Pipeline:
    """Build scaler and classifier as one, so that no split lets the scaler see its test side."""
    return Pipeline([("scaler", StandardScaler()), ("classifier", build_classifier(candidate))])


def fit_pipeline(candidate: Candidate, features: NDArray[np.float64], colours: NDArray[np.str_]) -> Pipeline:
    """Fit scaler and classifier; networks that stop at their ``max_iter`` are taken as they are, as in the study."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return build_pipeline(candidate).fit(features, colours)


def fit_calibrated(
    candidate: Candidate, features: NDArray[np.float64], colours: NDArray[np.str_], seed: int = 0
) -> tuple[StandardScaler, CalibratedClassifierCV]:
    """Fit a scaler, and an ensemble of calibrated SVMs.

    Each of :data:`ENSEMBLE_SIZE` support vector machines leaves out a part of the rows, by which its scores are turned
    into probabilities; the answer is the mean of these. The scores count votes between pairs of classes, ten for
    nearly every winner of eleven, and only their fractions tell how close a vote was: isotonic regression makes use
    of these, one temperature for all scores cannot.

    The candidate is of one of :data:`SVM_FAMILIES`; features have the shape (n, 18), unscaled, with at least two rows
    of each colour. They are an array without column names, so that the fitted scaler takes lists without a warning.
    """
    scaler = StandardScaler().fit(features)
    parts = min(ENSEMBLE_SIZE, int(np.unique(colours, return_counts=True)[1].min()))
    calibrated = CalibratedClassifierCV(
        build_classifier(candidate),
        method="isotonic",
        ensemble=True,
        cv=StratifiedKFold(parts, shuffle=True, random_state=seed),
    )
    # Back from other processes, the same values would be pickled as other bytes.
    with joblib.parallel_config(backend="sequential"):
        calibrated.fit(scaler.transform(features), colours)
    return scaler, calibrated
