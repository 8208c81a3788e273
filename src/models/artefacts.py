"""A trained model on disk: two joblib files that anything can load, and the card that guards them.

``scaler.joblib`` is a ``StandardScaler``; ``svm_classifier.joblib`` is scikit-learn's calibrator around support vector
machines, whose ``predict`` takes the scaler's output and gives colour names. Both hold scikit-learn classes only.
"""

import hashlib
import io
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import InconsistentVersionWarning

from src.errors import ModelError, ModelMismatchError, ModelMissingError
from src.models.model_card import ModelCard, check_card, parse_card
from src.models.scoring import SvmScorer

SCALER_NAME: Final = "scaler.joblib"
CLASSIFIER_NAME: Final = "svm_classifier.joblib"
CARD_NAME: Final = "model_card.json"
PARTS: Final = (SCALER_NAME, CLASSIFIER_NAME, CARD_NAME)

PUBLISHING: Final = ".publishing"
"""Folder inside a model's folder: of a new model whose files are being moved up."""

READ_ATTEMPTS: Final = 4
"""A reader that meets another process's renames reads again."""

PROBE_ROWS: Final = 256
PROBE_TOLERANCE: Final = 1e-9


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
    is_familiar
        Whether the picture is like those that the model learned from; where it is not, the answer is a guess.
    """

    colour: str
    probability: float
    second_colour: str
    second_probability: float
    probabilities: Mapping[str, float]
    is_familiar: bool = True


class ColourModel:
    """A model in memory, ready for rows of features. Immutable; may be shared by threads.

    Parameters
    ----------
    scaler
        A fitted ``StandardScaler``.
    estimator
        A classifier fitted on scaled features, with string ``classes_``.
    card
        Its card.

    Raises
    ------
    ModelMismatchError
        If scaler, estimator and card do not agree.
    """

    def __init__(self, scaler: Any, estimator: Any, card: ModelCard) -> None:
        self.card = card
        self.scaler = scaler
        self.estimator = estimator
        found = tuple(str(name) for name in getattr(estimator, "classes_", ()))
        if found != card.classes:
            raise ModelMismatchError(
                f"the classifier knows the classes {found}, its card names {card.classes}: train the model again"
            )
        expected = len(card.feature_names)
        for name, part in ((SCALER_NAME, scaler), (CLASSIFIER_NAME, estimator)):
            if getattr(part, "n_features_in_", None) != expected:
                raise ModelMismatchError(
                    f"{name} takes {getattr(part, 'n_features_in_', 'an unknown number of')} features, "
                    f"its card names {expected}: train the model again"
                )
        self._means = np.asarray(scaler.mean_, dtype=np.float64)
        self._scales = np.asarray(scaler.scale_, dtype=np.float64)
        self._scorer = SvmScorer(estimator) if SvmScorer.fits(estimator) else None
        if self._scorer is not None:
            self._check_scorer(self._scorer)
        elif not hasattr(estimator, "predict_proba"):
            raise ModelMismatchError(f"{CLASSIFIER_NAME} holds no probabilities: train the model again")

    def _check_scorer(self, scorer: SvmScorer) -> None:
        """Refuse a classifier whose own answers differ from the ones computed here, on seeded rows."""
        rows = np.random.default_rng(0).normal(size=(PROBE_ROWS, len(self._means)))
        apart = float(np.abs(scorer.predict_proba(rows) - self.estimator.predict_proba(rows)).max())
        if not apart < PROBE_TOLERANCE:
            raise ModelMismatchError(
                f"probabilities differ by {apart:.1g} from those of {CLASSIFIER_NAME} itself: it was not made by this "
                "project's training; train the model again"
            )

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of the columns of probabilities."""
        return self.card.classes

    @property
    def version(self) -> str:
        """12 hexadecimal digits that follow from both files."""
        return self.card.version

    def predict_probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probabilities: those of ``predict_proba`` of the saved classifier.

        Parameters
        ----------
        features
            Unscaled, float64, shape (n, 18), in the order of :data:`FEATURE_NAMES`.

        Returns
        -------
        numpy.ndarray
            float64, shape (n, classes). Its argmax is what ``predict`` of the saved classifier says.

        Raises
        ------
        ValueError
            If the shape is another, or a value is not finite.
        """
        return self._predict(features)[0]

    def _predict(self, features: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Compute probabilities, shape (n, classes), and whether each picture is familiar, shape (n,)."""
        rows = np.asarray(features, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != len(self._means):
            raise ValueError(f"expected features of shape (n, {len(self._means)}), got {rows.shape}")
        if not np.isfinite(rows).all():
            raise ValueError("expected finite features, got NaN or infinity")
        if len(rows) == 0:
            return np.empty((0, len(self.classes))), np.empty(0, np.bool_)
        scaled = (rows - self._means) / self._scales
        if self._scorer is None or self.card.familiar_distance is None:
            return np.asarray(self.estimator.predict_proba(scaled)), np.ones(len(rows), np.bool_)
        probabilities = self._scorer.predict_proba(scaled)
        return probabilities, self._scorer.measure_distance(scaled) <= self.card.familiar_distance

    def predict_colours(self, features: NDArray[np.float64]) -> NDArray[np.str_]:
        """Name the most probable class of each row."""
        colours: NDArray[np.str_] = np.asarray(self.classes)[self.predict_probabilities(features).argmax(axis=1)]
        return colours

    def predict_features(self, features: NDArray[np.float64]) -> list[Prediction]:
        """Answer for rows of unscaled features, shape (n, 18)."""
        probabilities, is_familiar = self._predict(features)
        order = np.argsort(-probabilities, axis=1, kind="stable")  # of equal ones the first, as in scikit-learn
        return [
            Prediction(
                colour=self.classes[ranks[0]],
                probability=row[ranks[0]],
                second_colour=self.classes[ranks[1]],
                second_probability=row[ranks[1]],
                probabilities={self.classes[rank]: row[rank] for rank in ranks},
                is_familiar=familiar,
            )
            for row, ranks, familiar in zip(probabilities.tolist(), order.tolist(), is_familiar.tolist(), strict=True)
        ]


def load_model(models_dir: Path) -> ColourModel:
    """Load a model after checking that it is the one its card describes.

    Hashes, library versions, feature names and classes are compared before anything is unpickled.

    Parameters
    ----------
    models_dir
        Folder with ``scaler.joblib``, ``svm_classifier.joblib`` and ``model_card.json``.

    Returns
    -------
    ColourModel

    Raises
    ------
    ModelMissingError
        If one of the three files is not there.
    ModelMismatchError
        If they do not agree with each other or with the installed libraries.
    """
    card, parts = _read_model(models_dir)
    check_card(card, models_dir / CARD_NAME)
    scaler, estimator = (_unpickle(parts[name], models_dir / name) for name in (SCALER_NAME, CLASSIFIER_NAME))
    return ColourModel(scaler, estimator, card)


def _read_model(models_dir: Path) -> tuple[ModelCard, dict[str, bytes]]:
    """Read the three files of one model, also while another process saves one or after it was killed at that.

    Raises
    ------
    ModelError
        If there is none, or a file may not be read.
    """
    for attempt in range(READ_ATTEMPTS):
        if attempt:
            time.sleep(0.05)
        for places in ((models_dir,), (models_dir / PUBLISHING, models_dir)):
            parts = read_parts(places)
            problem = find_mismatch(parts, models_dir)
            if problem is None:
                return parse_card(parts[CARD_NAME], models_dir / CARD_NAME), parts
    raise problem or ModelMissingError(f"{models_dir} holds no model")


def read_parts(places: Sequence[Path]) -> dict[str, bytes]:
    """Read the files of a model that are there, each from the first of some folders that has it."""
    return {name: content for name in PARTS if (content := _read_first(places, name)) is not None}


def _read_first(places: Sequence[Path], name: str) -> bytes | None:
    for place in places:
        try:
            return (place / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise ModelMismatchError(
                f"{place / name} cannot be read ({error.strerror}): expected a file of a model; name another folder"
            ) from error
    return None


def find_mismatch(parts: Mapping[str, bytes], models_dir: Path) -> ModelError | None:
    """Say why the files are not the three of one model."""
    missing = [name for name in PARTS if name not in parts]
    if missing:
        return ModelMissingError(
            f"{models_dir} lacks {', '.join(missing)}: train a model with `python -m src.models.train_model`, "
            "or name another folder"
        )
    try:
        card = parse_card(parts[CARD_NAME], models_dir / CARD_NAME)
    except ModelMismatchError as error:
        return error
    for name in (SCALER_NAME, CLASSIFIER_NAME):
        digest, expected = hashlib.sha256(parts[name]).hexdigest(), card.files.get(name, "none")
        if digest != expected:
            return ModelMismatchError(
                f"{models_dir / name} is not the file that its card describes (sha256 {digest[:12]}…, expected "
                f"{expected[:12]}…): copy all files of one model, or train it again"
            )
    return None


def _unpickle(content: bytes, path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", InconsistentVersionWarning)
            return joblib.load(io.BytesIO(content))
    except InconsistentVersionWarning as error:
        raise ModelMismatchError(f"{path}: {error}") from error
    except Exception as error:  # a damaged pickle raises anything
        raise ModelMismatchError(
            f"{path} cannot be loaded ({type(error).__name__}: {str(error)[:200]}): train the model again"
        ) from error
