"""Class scores of a fitted estimator, without the cost of its input checks.

``SVC.predict`` spends most of the 0.4 ms of a single row on validation, and again on a Python loop
over pairs of classes. What it computes is short: the kernel values K(x, sv), one weighted sum for
each pair of classes, one vote for each pair (libsvm; scikit-learn adds the squashed sum of
confidences so that votes never tie, as ``break_ties=True`` does).
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.svm import SVC

__all__ = ["Scorer", "SupportVectorScorer", "build_scorer", "compute_softmax"]

Scorer = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Scaled features, float64, shape (n, features) → scores, shape (n, classes); the largest is the prediction."""

CHUNK_ELEMENTS: Final = 1 << 22
"""Kernel values held at once (32 MB)."""

SMALLEST_PROBABILITY: Final = 1e-12


class SupportVectorScorer:
    """The decision function of an RBF ``SVC``, shape ``ovr``, in a few numpy operations.

    Parameters
    ----------
    estimator
        A fitted ``SVC(kernel="rbf")``.
    """

    def __init__(self, estimator: SVC) -> None:
        vectors = np.asarray(estimator.support_vectors_, dtype=np.float64)
        gamma = float(estimator._gamma)  # noqa: SLF001 - resolves "scale" and "auto"
        class_count = len(estimator.classes_)
        self._doubled = np.ascontiguousarray(2 * gamma * vectors)
        self._vector_norms = gamma * np.einsum("ij,ij->i", vectors, vectors)
        self._gamma = gamma
        self._class_count = class_count
        # libsvm's sign for two classes is the opposite of what scikit-learn shows.
        sign = -1.0 if class_count == 2 else 1.0
        self._coefficients = sign * np.asarray(estimator.dual_coef_, dtype=np.float64)
        self._intercepts = sign * np.asarray(estimator.intercept_, dtype=np.float64)
        self._starts = np.concatenate([[0], np.cumsum(estimator.n_support_)[:-1]])
        self._first, self._second = np.triu_indices(class_count, 1)
        pairs = np.arange(len(self._first))
        signs = np.zeros((class_count, len(pairs)))
        signs[self._first, pairs] = 1.0
        signs[self._second, pairs] = -1.0
        self._pair_signs = signs

    def __call__(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score scaled rows, shape (n, features)."""
        step = max(1, CHUNK_ELEMENTS // len(self._doubled))
        if len(features) <= step:
            return self._score(features)
        return np.concatenate([self._score(features[start : start + step]) for start in range(0, len(features), step)])

    def _score(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        exponents = self._doubled @ features.T
        exponents -= self._vector_norms[:, None]
        exponents -= self._gamma * np.einsum("ij,ij->i", features, features)
        kernel = np.exp(exponents, out=exponents)  # (support vectors, n)
        # sums[c, p]: over the support vectors of class c, weighted for its p-th opponent
        sums = np.stack(
            [
                self._coefficients[:, start:end] @ kernel[start:end]
                for start, end in zip(self._starts, [*self._starts[1:], len(kernel)], strict=True)
            ]
        )
        decisions = sums[self._first, self._second - 1] + sums[self._second, self._first]
        decisions += self._intercepts[:, None]  # (pairs, n); positive is a vote for the first of the pair
        confidences = self._pair_signs @ decisions
        votes = self._pair_signs @ np.where(decisions < 0, -0.5, 0.5) + (self._class_count - 1) / 2
        scores: NDArray[np.float64] = (votes + confidences / (3 * (np.abs(confidences) + 1))).T
        return scores


def build_scorer(estimator: Any) -> Scorer:
    """Choose how to score with a fitted scikit-learn classifier.

    Parameters
    ----------
    estimator
        Fitted on scaled features, with ``classes_``.

    Returns
    -------
    Scorer
        Scores whose argmax is ``estimator.predict``: the decision function where there is one,
        else the logarithm of ``predict_proba``.
    """
    if type(estimator) is SVC and estimator.kernel == "rbf" and isinstance(estimator.support_vectors_, np.ndarray):
        return SupportVectorScorer(estimator)
    if hasattr(estimator, "predict_proba"):
        return lambda features: np.log(np.maximum(estimator.predict_proba(features), SMALLEST_PROBABILITY))
    return lambda features: _as_columns(np.asarray(estimator.decision_function(features), dtype=np.float64))


def _as_columns(decisions: NDArray[np.float64]) -> NDArray[np.float64]:
    return decisions if decisions.ndim == 2 else np.stack([-decisions, decisions], axis=1)


def compute_softmax(scores: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Make probabilities of scores.

    Parameters
    ----------
    scores
        Shape (n, classes).
    temperature
        Above 0; larger is less sure. The order of the classes does not depend on it.

    Returns
    -------
    numpy.ndarray
        float64, shape (n, classes), rows sum to 1.

    Notes
    -----
    Temperature scaling: Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural
    Networks", ICML 2017.
    """
    scaled = scores / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    np.exp(scaled, out=scaled)
    scaled /= scaled.sum(axis=1, keepdims=True)
    return scaled
