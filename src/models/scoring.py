"""What calibrated support vector machines answer, without the cost of scikit-learn's input checks.

``CalibratedClassifierCV.predict_proba`` of seven SVMs takes several milliseconds for one row, nearly all of it
validation and Python loops over pairs of classes. What it computes is short: kernel values, one weighted sum and one
vote for each pair of classes (libsvm; scikit-learn adds the squashed sum of confidences), a piecewise linear function
of each class's score (isotonic regression), and the mean over the SVMs. They were fitted to nearly the same rows, so
kernel values are computed once for each row that is a support vector of any of them.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.calibration import CalibratedClassifierCV
from sklearn.svm import SVC

_Curve = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Scores, ascending, and the probability at each."""

ROWS_AT_ONCE: Final = 512
"""Rows scored at once, so that the kernel values of some thousand support vectors stay small (some 20 MB)."""


class SvmScorer:
    """The same numbers as ``predict_proba`` of what :func:`src.models.grids.fit_calibrated` fits.

    Parameters
    ----------
    calibrated
        Fitted to three or more classes; the kernel is RBF or polynomial.
    """

    def __init__(self, calibrated: CalibratedClassifierCV) -> None:
        members = calibrated.calibrated_classifiers_
        vectors = [member.estimator.support_vectors_ for member in members]
        self._vectors, places = np.unique(np.concatenate(vectors), axis=0, return_inverse=True)
        own_places = np.split(places.reshape(-1), np.cumsum([len(own) for own in vectors])[:-1])
        self._norms = np.einsum("ij,ij->i", self._vectors, self._vectors)
        first = members[0].estimator
        self._is_polynomial = first.kernel == "poly"
        self._degree, self._shift = first.degree, first.coef0
        self._gamma = float(first._gamma)  # noqa: SLF001 - resolves "scale" and "auto"
        self._members = [
            (
                _Svc(member.estimator, own),
                [(curve.X_thresholds_, curve.y_thresholds_) for curve in member.calibrators],
            )
            for member, own in zip(members, own_places, strict=True)
        ]

    @staticmethod
    def fits(estimator: Any) -> bool:
        """Whether an estimator is one whose answers this class knows how to compute."""
        svcs = [member.estimator for member in getattr(estimator, "calibrated_classifiers_", ())]
        return (
            isinstance(estimator, CalibratedClassifierCV)
            and estimator.method == "isotonic"
            and len(estimator.classes_) > 2
            and all(isinstance(svc, SVC) and svc.kernel in {"rbf", "poly"} for svc in svcs)
            and len({svc._gamma for svc in svcs}) == 1  # noqa: SLF001 - "scale" follows the rows of each
        )

    def predict_proba(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute probabilities of scaled rows, shape (n, features), as shape (n, classes)."""
        return np.concatenate([self._score(part) for part in _split(rows)])

    def _score(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        products = self._vectors @ rows.T
        if self._is_polynomial:
            kernel = (self._gamma * products + self._shift) ** self._degree
        else:
            squares = self._norms[:, None] + np.einsum("ij,ij->i", rows, rows) - 2 * products
            kernel = np.exp(-self._gamma * squares)
        return np.asarray(np.mean([_calibrate(svc.decide(kernel), curves) for svc, curves in self._members], axis=0))

    def measure_distance(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Measure how far scaled rows are from the nearest support vector: shape (n,), in standard deviations."""
        return np.concatenate([cdist(part, self._vectors).min(axis=1) for part in _split(rows)])


def _split(rows: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    return [rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE)]


def _calibrate(scores: NDArray[np.float64], curves: Sequence[_Curve]) -> NDArray[np.float64]:
    """Turn the scores of an SVM into probabilities, both of shape (n, classes); equal ones where all are 0."""
    shares = np.column_stack([np.interp(column, *curve) for column, curve in zip(scores.T, curves, strict=True)])
    sums = shares.sum(axis=1, keepdims=True)
    return np.where(sums > 0, shares / np.where(sums > 0, sums, 1.0), 1.0 / len(curves))


class _Svc:
    """The decision function of one ``SVC`` of three or more classes, whose vectors have places among those of all."""

    def __init__(self, estimator: SVC, places: NDArray[np.intp]) -> None:
        self._places = places
        self._weights = np.asarray(estimator.dual_coef_, dtype=np.float64)
        self._intercepts = np.asarray(estimator.intercept_, dtype=np.float64)
        self._ends = np.cumsum(estimator.n_support_)
        class_count = len(estimator.classes_)
        self._first, self._second = np.triu_indices(class_count, 1)
        self._signs = np.zeros((class_count, len(self._first)))
        self._signs[self._first, np.arange(len(self._first))] = 1.0
        self._signs[self._second, np.arange(len(self._first))] = -1.0

    def decide(self, kernel: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute ``decision_function``, shape (n, classes), from kernel values of all vectors, shape (vectors, n)."""
        kernel = kernel[self._places]
        # sums[c, p]: over the support vectors of class c, weighted for its p-th opponent
        starts = (0, *self._ends[:-1])
        sums = np.stack(
            [self._weights[:, start:end] @ kernel[start:end] for start, end in zip(starts, self._ends, strict=True)]
        )
        duels = sums[self._first, self._second - 1] + sums[self._second, self._first] + self._intercepts[:, None]
        confidences = self._signs @ duels
        votes = self._signs @ np.where(duels < 0, -0.5, 0.5) + (len(self._signs) - 1) / 2
        return np.asarray((votes + confidences / (3 * (np.abs(confidences) + 1))).T)
