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
        decisions, likelihoods = self.compute_both(features)
        return _put_ahead(likelihoods, decisions.argmax(axis=1))

    def compute_both(self, features: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Compute ``decision_function`` and log-likelihoods of scaled rows, each of shape (n, classes)."""
        step = max(1, CHUNK_ELEMENTS // len(self._doubled))
        parts = [self._score(features[start : start + step]) for start in range(0, len(features), step)]
        if len(parts) == 1:
            return parts[0]
        decisions, likelihoods = zip(*parts, strict=True)
        return np.concatenate(decisions), np.concatenate(likelihoods)

    def _score(self, features: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        duels = self._duel(features)
        confidences = self._pair_signs @ duels
        votes = self._pair_signs @ np.where(duels < 0, -0.5, 0.5) + (self._class_count - 1) / 2
        decisions = votes + confidences / (3 * (np.abs(confidences) + 1))
        # log sigmoid(-d) is log sigmoid(d) - d
        won = -np.logaddexp(0.0, -duels)
        likelihoods = np.abs(self._pair_signs) @ won - self._is_second @ duels
        return decisions.T, likelihoods.T

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
    """Support vector machines and a :class:`ProductsScorer` that vote by the mean of their probabilities.

    The winner is the one of the ``VotingClassifier``; how sure it is comes from the mean of the
    informative scores, as in :class:`SupportVectorScorer`.

    Parameters
    ----------
    voting
        A fitted soft ``VotingClassifier`` of the family ``blend``.
    """

    def __init__(self, voting: VotingClassifier) -> None:
        *calibrated, products = voting.estimators_
        inner = [machine.calibrated_classifiers_[0] for machine in calibrated]
        self._machines = [SupportVectorScorer(machine.estimator) for machine in inner]
        self._temperatures = [1.0 / float(machine.calibrators[0].beta_) for machine in inner]
        self._products = ProductsScorer(products)

    def __call__(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score scaled rows, shape (n, features), as shape (n, classes)."""
        winners, mean = self._average(features)
        scores = np.log(np.maximum(mean, SMALLEST_PROBABILITY))
        return _put_ahead(scores, winners.argmax(axis=1))

    def compute_probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute ``predict_proba`` of scaled rows, shape (n, classes)."""
        return self._average(features)[0]

    def _average(self, features: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Average the members' probabilities: as the classifier has them, and the informative ones."""
        voted = np.exp(self._products(features))
        informed = voted.copy()
        for machine, temperature in zip(self._machines, self._temperatures, strict=True):
            decisions, likelihoods = machine.compute_both(features)
            voted += compute_softmax(decisions, temperature)
            informed += compute_softmax(likelihoods, 1.0)
        members = len(self._machines) + 1
        return voted / members, informed / members


def _put_ahead(scores: NDArray[np.float64], winners: NDArray[np.intp]) -> NDArray[np.float64]:
    """Put each row's winner level with the highest score and a hair ahead, where it is behind."""
    rows = np.arange(len(winners))
    highest = scores.max(axis=1)
    is_behind = scores.argmax(axis=1) != winners
    scores[rows[is_behind], winners[is_behind]] = highest[is_behind] + HAIR
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
    if voting.voting != "soft" or voting.weights is not None or len(voting.estimators_) < 2:
        return False
    *machines, products = voting.estimators_
    # of two classes the calibration takes one column of decisions, which is not worth a case of its own
    return len(voting.classes_) > 2 and _is_products(products) and all(map(_is_calibrated_machine, machines))


def _is_calibrated_machine(calibrated: Any) -> bool:
    if type(calibrated) is not CalibratedClassifierCV or calibrated.method != "temperature":
        return False
    members = calibrated.calibrated_classifiers_
    return len(members) == 1 and type(members[0].estimator) is SVC and members[0].estimator.kernel == "rbf"


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
