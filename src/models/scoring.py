"""What calibrated support vector machines answer, without the cost of scikit-learn's input checks.

``CalibratedClassifierCV.predict_proba`` of sixteen SVMs takes some ten milliseconds for one row, nearly all of it
validation and Python loops over pairs of classes: five times all other work on a thumbnail. What it computes is short:
kernel values, one weighted sum and one vote for each pair of classes (libsvm; scikit-learn adds the squashed sum of
confidences), a piecewise linear function of each class's score (isotonic regression), and the mean over the SVMs.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack
from scipy.spatial.distance import cdist
from sklearn.calibration import CalibratedClassifierCV
from sklearn.svm import SVC
from sklearn.utils import gen_batches

ROWS_AT_ONCE: Final = 512
"""Rows scored at once, so that the kernel values of some thousand support vectors stay small (some 20 MB)."""


class SvmScorer:
    """The same numbers as ``predict_proba`` of what :func:`src.models.grids.fit_calibrated` fits, and distances."""

    def __init__(self, calibrated: CalibratedClassifierCV) -> None:
        members = calibrated.calibrated_classifiers_
        svcs = [member.estimator for member in members]
        self._kernel = svcs[0]
        self._vectors, places = np.unique(
            np.concatenate([svc.support_vectors_ for svc in svcs]), axis=0, return_inverse=True
        )
        own_places = np.split(places.ravel(), np.cumsum([len(svc.support_vectors_) for svc in svcs])[:-1])
        class_count = len(calibrated.classes_)
        first, second = np.triu_indices(class_count, 1)  # the pairs, in libsvm's order
        pairs = np.zeros((class_count, class_count), dtype=np.intp)
        pairs[first, second] = pairs[second, first] = np.arange(len(first))
        self._signs = np.equal.outer(np.arange(class_count), first) * 1.0 - np.equal.outer(
            np.arange(class_count), second
        )
        weights = []
        for svc, own in zip(svcs, own_places, strict=True):
            opponent, vector = np.nonzero(svc.dual_coef_)
            owner = np.repeat(np.arange(class_count), svc.n_support_)[vector]
            pair = pairs[owner, opponent + (opponent >= owner)]  # a class is no opponent of its own
            sums = (svc.dual_coef_[opponent, vector], (pair, own[vector]))
            weights.append(csr_array(sums, shape=(len(first), len(self._vectors))))
        self._weights = vstack(weights, format="csr")
        self._intercepts = np.concatenate([svc.intercept_ for svc in svcs])[:, None]
        self._curves = [
            [(curve.X_thresholds_, curve.y_thresholds_) for curve in member.calibrators] for member in members
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
            and not any(isinstance(svc.gamma, str) for svc in svcs)  # "scale" follows the rows of each
        )

    def score(self, rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Compute probabilities of scaled rows, and how far each is from the nearest support vector.

        For rows of shape (n, features), n ≥ 1, the shapes are (n, classes) and (n,); distances in standard deviations.
        """
        parts = [self._score(rows[part]) for part in gen_batches(len(rows), ROWS_AT_ONCE)]
        probabilities, distances = zip(*parts, strict=True)
        return np.concatenate(probabilities), np.concatenate(distances)

    def _score(self, rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        squares = cdist(self._vectors, rows, "sqeuclidean")
        svc = self._kernel
        if svc.kernel == "poly":
            kernel = (svc.gamma * (self._vectors @ rows.T) + svc.coef0) ** svc.degree
        else:
            kernel = np.exp(-svc.gamma * squares)
        duels = (self._weights @ kernel + self._intercepts).reshape(len(self._curves), -1, len(rows))
        confidences = self._signs @ duels
        votes = self._signs @ np.where(duels < 0, -0.5, 0.5) + (len(self._signs) - 1) / 2
        scores = votes + confidences / (3 * (np.abs(confidences) + 1))  # shape (SVMs, classes, rows)
        shares = np.array(
            [
                [np.interp(values, *curve) for values, curve in zip(own_scores, curves, strict=True)]
                for own_scores, curves in zip(scores, self._curves, strict=True)
            ]
        )
        sums = shares.sum(axis=1, keepdims=True)
        shares = np.where(sums > 0, shares / np.where(sums > 0, sums, 1.0), 1.0 / len(self._signs))
        return shares.mean(axis=0).T, np.sqrt(squares.min(axis=0))
