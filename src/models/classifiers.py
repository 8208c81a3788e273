"""From a candidate to an unfitted scikit-learn classifier, and to the pipeline around it."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVC

from src.models.search_space import SEARCH_SPACES, Candidate

SVM_CACHE_MEGABYTES: Final = 500
TEMPERATURE_FOLDS: Final = 3


def build_classifier(candidate: Candidate, seed: int) -> Any:
    """Build the classifier of a candidate; it takes scaled features.

    Parameters
    ----------
    candidate
        Of any family of :data:`SEARCH_SPACES`.
    seed
        Where the family draws random numbers.
    """
    parameters = {**SEARCH_SPACES[candidate.family].fixed, **candidate.parameters}
    return _BUILDERS[candidate.family](seed, **parameters)


def _build_svm(_seed: int, **parameters: Any) -> SVC:
    return SVC(cache_size=SVM_CACHE_MEGABYTES, **parameters)


def _build_network(seed: int, **parameters: Any) -> MLPClassifier:
    return MLPClassifier(random_state=seed, **parameters)


def _build_logistic(_seed: int, **parameters: Any) -> LogisticRegression:
    return LogisticRegression(**parameters)


def _build_forest(seed: int, **parameters: Any) -> RandomForestClassifier:
    return RandomForestClassifier(random_state=seed, **parameters)


def _build_boosting(seed: int, **parameters: Any) -> GradientBoostingClassifier:
    return GradientBoostingClassifier(random_state=seed, **parameters)


def _build_polynomial(_seed: int, degree: int, **parameters: Any) -> Pipeline:
    return Pipeline(
        [
            ("products", PolynomialFeatures(degree, include_bias=False)),
            ("scaler", StandardScaler()),
            ("classifier", LogisticRegression(**parameters)),
        ]
    )


def _build_nystroem(seed: int, gamma: float, n_components: int, **parameters: Any) -> Pipeline:
    return Pipeline(
        [
            ("kernel", Nystroem(gamma=gamma, n_components=n_components, random_state=seed)),
            ("classifier", LogisticRegression(**parameters)),
        ]
    )


def _build_blend(
    seed: int,
    machines: Sequence[tuple[float, float]],
    logistic_C: float,  # noqa: N803 - C as in scikit-learn
    **parameters: Any,
) -> VotingClassifier:
    members = [
        (
            f"svm_{number}",
            CalibratedClassifierCV(
                _build_svm(seed, C=C, gamma=gamma), method="temperature", ensemble=False, cv=TEMPERATURE_FOLDS
            ),
        )
        for number, (C, gamma) in enumerate(machines, 1)
    ]
    polynomial = _build_polynomial(seed, C=logistic_C, **parameters)
    return VotingClassifier([*members, ("polynomial", polynomial)], voting="soft")


_BUILDERS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "svm": _build_svm,
        "svm_extended": _build_svm,
        "neural_network": _build_network,
        "logistic_regression": _build_logistic,
        "random_forest": _build_forest,
        "gradient_boosting": _build_boosting,
        "polynomial": _build_polynomial,
        "nystroem": _build_nystroem,
        "blend": _build_blend,
    }
)


def fit_classifier(candidate: Candidate, rows: NDArray[np.floating[Any]], colours: NDArray[np.str_], seed: int) -> Any:
    """Build the classifier of a candidate and fit it to scaled rows.

    Two warnings are expected and kept quiet: candidates that stop at their ``max_iter`` are scored as
    they are, as the study did, and a kernel of few rows has fewer components than asked for.
    """
    classifier = build_classifier(candidate, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", message="n_components > n_samples", category=UserWarning)
        return classifier.fit(rows, colours)


def build_pipeline(candidate: Candidate, seed: int) -> Pipeline:
    """Build scaler and classifier as one, so that no split lets the scaler see its test side."""
    return Pipeline([("scaler", StandardScaler()), ("classifier", build_classifier(candidate, seed))])
