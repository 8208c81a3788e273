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
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVC

__all__ = ["BlendScorer", "ProductsScorer", "Scorer", "SupportVectorScorer", "build_scorer", "compute_softmax"]

Scorer = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Scaled features, float64, shape (n, features) → scores, shape (n, classes); the largest is the prediction."""

CHUNK_ELEMENTS: Final = 1 << 22
"""Kernel values held at once (32 MB)."""

SMALLEST_PROBABILITY: Final = 1e-12
HAIR: Final = 1e-6


class SupportVectorScorer:
    """An RBF ``SVC`` in a few numpy operations: its decision function, or scores that tell how sure it is.

    The decision function counts votes, ten for nearly every winner of eleven classes, so a softmax of
    it is as sure of everything. The scores are the log-likelihood of each class under its duels,
    sum of log sigmoid(d); where the winner by votes is not the likeliest, it is put level with the
    likeliest, a hair ahead, so that the largest score always is what ``predict`` says.

    Parameters
    ----------
    estimator
        A fitted ``SVC(kernel="rbf", break_ties=True)``.
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
        self._is_second = (signs < 0).astype(np.float64)

    def __call__(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score scaled rows, shape (n, features), as shape (n, classes)."""
        return self._in_chunks(features, self._score_likelihood)

    def compute_decisions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute ``decision_function`` of scaled rows: votes and squashed confidences, shape (n, classes)."""
        return self._in_chunks(features, lambda rows: self._count_votes(self._duel(rows)).T)

    def _in_chunks(
        self, features: NDArray[np.float64], score: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        step = max(1, CHUNK_ELEMENTS // len(self._doubled))
        if len(features) <= step:
            return score(features)
        return np.concatenate([score(features[start : start + step]) for start in range(0, len(features), step)])

    def _duel(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the decision of each pair of classes, shape (pairs, n); positive is for the first."""
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
        decisions: NDArray[np.float64] = sums[self._first, self._second - 1] + sums[self._second, self._first]
        decisions += self._intercepts[:, None]
        return decisions

    def _count_votes(self, decisions: NDArray[np.float64]) -> NDArray[np.float64]:
        confidences = self._pair_signs @ decisions
        votes = self._pair_signs @ np.where(decisions < 0, -0.5, 0.5) + (self._class_count - 1) / 2
        scores: NDArray[np.float64] = votes + confidences / (3 * (np.abs(confidences) + 1))
        return scores

    def _score_likelihood(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        decisions = self._duel(features)
        # log sigmoid(-d) is log sigmoid(d) - d
        won = -np.logaddexp(0.0, -decisions)
        scores = np.abs(self._pair_signs) @ won - self._is_second @ decisions
        winners = self._count_votes(decisions).argmax(axis=0)
        columns = np.arange(len(winners))
        highest = scores.max(axis=0)
        is_behind = scores[winners, columns] < highest
        scores[winners[is_behind], columns[is_behind]] = highest[is_behind] + HAIR
        result: NDArray[np.float64] = scores.T
        return result


class ProductsScorer:
    """Log-probabilities of a logistic regression on scaled products of features, in one matrix product.

    Parameters
    ----------
    pipeline
        Fitted ``PolynomialFeatures(2, include_bias=False)``, ``StandardScaler``, multinomial
        ``LogisticRegression``.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        products, scaler, regression = (step for _, step in pipeline.steps)
        powers = products.powers_
        # Each product as a pair of columns of (1, x1 … xn): x itself is 1 · x.
        self._left, self._right = np.asarray([_list_factors(row) for row in powers]).T
        coefficients = np.asarray(regression.coef_, dtype=np.float64)
        intercepts = np.asarray(regression.intercept_, dtype=np.float64)
        weights = coefficients / scaler.scale_
        offsets = intercepts - weights @ scaler.mean_
        if len(regression.classes_) == 2:  # one row of weights, for the second class
            weights = np.concatenate([np.zeros_like(weights), weights])
            offsets = np.concatenate([[0.0], offsets])
        self._weights = np.ascontiguousarray(weights.T)
        self._offsets = offsets

    def __call__(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score scaled rows, shape (n, features)."""
        padded = np.concatenate([np.ones((len(features), 1)), features], axis=1)
        scores: NDArray[np.float64] = padded[:, self._left] * padded[:, self._right] @ self._weights + self._offsets
        scores -= scores.max(axis=1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return scores


def _list_factors(powers: NDArray[np.int64]) -> tuple[int, int]:
    """Positions, in (1, x1 … xn), of the two factors of a product of degree 1 or 2."""
    factors = np.repeat(np.arange(1, len(powers) + 1), powers).tolist()
    return (0, factors[0]) if len(factors) == 1 else (factors[0], factors[1])


class BlendScorer:
    """Logarithm of the mean probability of a calibrated ``SVC`` and a :class:`ProductsScorer`.

    Parameters
    ----------
    voting
        A fitted soft ``VotingClassifier`` of the family ``blend``.
    """

    def __init__(self, voting: VotingClassifier) -> None:
        calibrated, products = voting.estimators_
        inner = calibrated.calibrated_classifiers_[0]
        self._vectors = SupportVectorScorer(inner.estimator)
        self._temperature = 1.0 / float(inner.calibrators[0].beta_)
        self._products = ProductsScorer(products)

    def __call__(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score scaled rows, shape (n, features)."""
        mean = compute_softmax(self._vectors.compute_decisions(features), self._temperature)
        mean += np.exp(self._products(features))
        return np.log(np.maximum(mean / 2, SMALLEST_PROBABILITY))


def build_scorer(estimator: Any) -> Scorer:
    """Choose how to score with a fitted scikit-learn classifier.

    Parameters
    ----------
    estimator
        Fitted on scaled features, with ``classes_``.

    Returns
    -------
    Scorer
        Scores whose argmax is ``estimator.predict``.
    """
    if type(estimator) is SVC and estimator.kernel == "rbf" and isinstance(estimator.support_vectors_, np.ndarray):
        return SupportVectorScorer(estimator)
    if _is_products(estimator):
        return ProductsScorer(estimator)
    if type(estimator) is VotingClassifier and _is_blend(estimator):
        return BlendScorer(estimator)
    if hasattr(estimator, "predict_proba"):
        return lambda features: np.log(np.maximum(estimator.predict_proba(features), SMALLEST_PROBABILITY))
    return lambda features: _as_columns(np.asarray(estimator.decision_function(features), dtype=np.float64))


def _is_products(estimator: Any) -> bool:
    kinds = [type(step) for _, step in estimator.steps] if type(estimator) is Pipeline else []
    if kinds != [PolynomialFeatures, StandardScaler, LogisticRegression]:
        return False
    products = estimator.steps[0][1]
    return products.degree <= 2 and not products.include_bias


def _is_blend(voting: VotingClassifier) -> bool:
    if voting.voting != "soft" or voting.weights is not None or len(voting.estimators_) != 2:
        return False
    calibrated, products = voting.estimators_
    if type(calibrated) is not CalibratedClassifierCV or calibrated.method != "temperature":
        return False
    members = calibrated.calibrated_classifiers_
    is_one = len(members) == 1 and type(members[0].estimator) is SVC and members[0].estimator.kernel == "rbf"
    # of two classes the calibration takes one column of decisions, which is not worth a case of its own
    return is_one and len(voting.classes_) > 2 and _is_products(products)


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
