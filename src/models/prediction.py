"""What the model says of one picture: the colour, how sure it is, and the second guess."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Prediction:
    """The answer for one picture.

    Attributes
    ----------
    colour, probability
        The most probable colour, and its calibrated probability, 0-1.
    second_colour, second_probability
        The next best.
    probabilities
        Every class of the model, most probable first; they sum to 1.
    """

    colour: str
    probability: float
    second_colour: str
    second_probability: float
    probabilities: Mapping[str, float]


def list_predictions(probabilities: NDArray[np.float64], classes: Sequence[str]) -> list[Prediction]:
    """Turn rows of probabilities into answers.

    Parameters
    ----------
    probabilities
        float64, shape (n, number of classes ≥ 2); each row sums to 1.
    classes
        The class of each column.

    Returns
    -------
    list of Prediction
        One per row. Of equal probabilities the first class comes first, as in scikit-learn.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    answers = []
    for row, ranks in zip(probabilities.tolist(), order.tolist(), strict=True):
        first, second = ranks[0], ranks[1]
        answers.append(
            Prediction(
                colour=classes[first],
                probability=row[first],
                second_colour=classes[second],
                second_probability=row[second],
                probabilities={classes[rank]: row[rank] for rank in ranks},
            )
        )
    return answers
