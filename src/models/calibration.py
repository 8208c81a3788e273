"""Probabilities that mean what they say, without changing an answer."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.preprocessing import StandardScaler

from src.models.classifiers import fit_classifier
from src.models.data import Split, TrainingData
from src.models.decision_scores import SMALLEST_PROBABILITY, build_scorer, compute_softmax
from src.models.search_space import Candidate

TEMPERATURE_RANGE: Final = (0.02, 50.0)


def score_out_of_fold(
    data: TrainingData, candidate: Candidate, splits: Sequence[Split], classes: Sequence[str], seed: int
) -> NDArray[np.float64]:
    """Score each row by a model that has not seen it.

    Returns
    -------
    numpy.ndarray
        Scores, float64, shape (n, len(classes)).
    """
    scores = np.empty((len(data), len(classes)))
    for split in splits:
        scaler = StandardScaler().fit(data.features[split.train])
        rows = scaler.transform(data.features[split.train])
        estimator = fit_classifier(candidate, rows, data.colours[split.train], seed)
        scores[split.test] = build_scorer(estimator)(scaler.transform(data.features[split.test]))
    return scores


def find_temperature(scores: NDArray[np.float64], true_places: NDArray[np.intp]) -> float:
    """Find the temperature whose softmax gives the true classes the highest likelihood.

    Parameters
    ----------
    scores
        Of rows that the model has not seen, shape (n, classes).
    true_places
        Column of each row's true class, shape (n,).

    Returns
    -------
    float
        Between 0.02 and 50. One number cannot change the order of the classes of a row.

    Notes
    -----
    Temperature scaling: Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural
    Networks", ICML 2017.
    """
    rows = np.arange(len(scores))

    def loss(logarithm: float) -> float:
        chosen = compute_softmax(scores, float(np.exp(logarithm)))[rows, true_places]
        return float(-np.log(np.maximum(chosen, SMALLEST_PROBABILITY)).mean())

    low, high = np.log(TEMPERATURE_RANGE)
    return float(np.exp(minimize_scalar(loss, bounds=(low, high), method="bounded").x))
