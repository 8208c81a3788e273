"""How far two samples of one number are apart."""

import numpy as np
from numpy.typing import NDArray


def measure_ks_distance(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    first_weights: NDArray[np.float64] | None = None,
    second_weights: NDArray[np.float64] | None = None,
) -> float:
    """Measure the Kolmogorov–Smirnov distance of two samples, which may be weighted.

    Parameters
    ----------
    first, second
        The samples, shapes (m,) and (n,).
    first_weights, second_weights
        A weight for each value, of any sum; equal weights by default.

    Returns
    -------
    float
        The largest difference of the two cumulative distributions, 0-1. Without weights this is
        the statistic of :func:`scipy.stats.ks_2samp`.
    """
    values = np.concatenate([first, second])
    sorted_values = np.sort(values)
    distances = np.abs(
        _cumulate(first, first_weights, sorted_values) - _cumulate(second, second_weights, sorted_values)
    )
    return float(distances.max())


def balance_weights(labels: NDArray[np.str_], counts: dict[str, float]) -> NDArray[np.float64]:
    """Give each row a weight, so that the classes weigh what the counts say.

    Parameters
    ----------
    labels
        The class of each row, shape (n,).
    counts
        What each class should weigh, in any unit; a class that is not named weighs nothing.

    Returns
    -------
    numpy.ndarray
        float64, shape (n,), with sum 1.
    """
    names, places, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    wanted = np.array([counts.get(str(name), 0.0) for name in names])
    weights = (wanted / sizes)[places]
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _cumulate(
    sample: NDArray[np.float64], weights: NDArray[np.float64] | None, places: NDArray[np.float64]
) -> NDArray[np.float64]:
    order = np.argsort(sample, kind="stable")
    share = np.full(len(sample), 1 / len(sample)) if weights is None else weights[order] / weights.sum()
    sums = np.concatenate([[0.0], np.cumsum(share)])
    return np.asarray(sums[np.searchsorted(sample[order], places, side="right")])
