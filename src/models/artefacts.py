"""A trained model on disk: two joblib files that anything can load, and the card that guards them.

``scaler.joblib`` is a ``StandardScaler``; ``svm_classifier.joblib`` is scikit-learn's calibrator around support vector
machines, whose ``predict`` takes the scaler's output and gives colour names. Both hold scikit-learn classes only.
"""

import hashlib
import io
import json
import platform
import shutil
import tempfile
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import InconsistentVersionWarning

from src.errors import ModelError, ModelMismatchError, ModelMissingError
from src.features.schema import FEATURE_NAMES
from src.files import hash_file, lock_folder
from src.models.scoring import SvmScorer

SCALER_NAME: Final = "scaler.joblib"
CLASSIFIER_NAME: Final = "svm_classifier.joblib"
CARD_NAME: Final = "model_card.json"
PARTS: Final = (SCALER_NAME, CLASSIFIER_NAME, CARD_NAME)

# Folders inside a model's folder: of a model that is being written, and of one whose files are being moved up.
STAGING: Final = ".saving-"
PUBLISHING: Final = ".publishing"

READ_ATTEMPTS: Final = 4
"""A reader that meets another process's renames reads again."""

GUARDED_LIBRARIES: Final = ("scikit-learn", "numpy")
"""Another version of these may change numbers or fail to unpickle: refused."""

CARD_FORMAT: Final = 2
CARD_KINDS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("version", "family", "estimator", "intended_use"), str),
    **dict.fromkeys(("feature_names", "classes", "limits"), list),
    **dict.fromkeys(("parameters", "files", "libraries", "data", "scores"), dict),
    "familiar_distance": (int, float, type(None)),
    "format": int,
}
"""What JSON must hold under each name."""

INTENDED_USE: Final = (
    "Naming the dominant colour impression of a picture of an artwork, as the colour pages of an art site file "
    "artworks: sorting, browsing and exploring collections."
)

LIMITS: Final = (
    "Sees 18 colour statistics and nothing else: no shapes, no places in the picture, no subject.",
    "The mean of hue is not circular: reds around 0/180 half-degrees are told apart by a and b of Lab.",
    "Neighbouring colours (BLUE and TEAL, BROWN and BLACK …) are a matter of taste; most errors are among them.",
    "Rare classes (PINK, PURPLE) have few examples: their recall is the least certain figure of the card.",
    "A picture unlike all that it learned from is marked as such (is_familiar); its probability need not be lower.",
)


@dataclass(frozen=True)
class ModelCard:
    """Everything there is to say of a trained model, but when and where it was trained.

    Attributes
    ----------
    version
        12 hexadecimal digits that follow from the hashes of both files.
    feature_names, classes
        In the order of the scaler's columns, and of the estimator's ``classes_``.
    family, estimator, parameters
        Name of the search's family, of the scikit-learn class, and what the search chose.
    familiar_distance
        How far from the nearest support vector, in standard deviations, a picture may be and still be like those
        that were learned from; None where the classifier has no support vectors.
    files
        SHA-256 of each joblib file, by name.
    libraries
        Versions of what makes the numbers.
    data
        Name, hash, rows and class counts of the table, rows of the same pictures, seed and folds.
    scores
        Cross-validation and held-out figures.
    """

    version: str
    feature_names: tuple[str, ...]
    classes: tuple[str, ...]
    family: str
    estimator: str
    parameters: Mapping[str, Any]
    familiar_distance: float | None
    files: Mapping[str, str]
    libraries: Mapping[str, str]
    data: Mapping[str, Any]
    scores: Mapping[str, Any]
    intended_use: str = INTENDED_USE
    limits: tuple[str, ...] = LIMITS
    format: int = CARD_FORMAT


class Prediction(NamedTuple):
    """The answer for one picture: the most probable colour, with its calibrated probability (0-1), and the next.

    ``probabilities`` has every class of the model, most probable first; they sum to 1. A picture that is not
    familiar is unlike those that the model learned from: the answer is a guess.
    """

    colour: str
    probability: float
    second_colour: str
    second_probability: float
    probabilities: Mapping[str, float]
    is_familiar: bool = True


class ColourModel:
    """A scaler, a classifier and their card in memory, ready for rows of features; may be shared by threads.

    Raises
    ------
    ModelMismatchError
        If scaler, classifier and card do not agree.
    """

    def __init__(self, scaler: Any, estimator: Any, card: ModelCard) -> None:
        self.card, self.classes, self.version = card, card.classes, card.version
        self.scaler, self.estimator = scaler, estimator
        if not scaler.n_features_in_ == estimator.n_features_in_ == len(card.feature_names):
            raise ModelMismatchError(
                f"the scaler takes {scaler.n_features_in_} features, the classifier {estimator.n_features_in_}, "
                f"their card names {len(card.feature_names)}: train the model again"
            )
        found = tuple(str(name) for name in estimator.classes_)
        if found != card.classes:
            raise ModelMismatchError(
                f"the classifier knows the classes {found}, its card names {card.classes}: train the model again"
            )
        self._scorer = SvmScorer(estimator) if SvmScorer.fits(estimator) else None

    def predict_probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probabilities, shape (n, classes): those of ``predict_proba`` of the saved classifier.

        ``features`` are unscaled, shape (n, 18), in the order of :data:`FEATURE_NAMES`; ValueError if not, or if a
        value is not finite. The argmax is what ``predict`` of the saved classifier says.
        """
        return self._predict(features)[0]

    def _predict(self, features: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Compute probabilities, shape (n, classes), and whether each picture is familiar, shape (n,)."""
        rows = np.asarray(features, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != len(self.card.feature_names):
            raise ValueError(f"expected features of shape (n, {len(self.card.feature_names)}), got {rows.shape}")
        if not np.isfinite(rows).all():
            raise ValueError("expected finite features, got NaN or infinity")
        if len(rows) == 0:
            return np.empty((0, len(self.classes))), np.empty(0, np.bool_)
        scaled = (rows - self.scaler.mean_) / self.scaler.scale_
        if self._scorer is None:
            return np.asarray(self.estimator.predict_proba(scaled)), np.ones(len(rows), np.bool_)
        probabilities, distances = self._scorer.score(scaled)
        limit = self.card.familiar_distance
        return probabilities, distances <= (np.inf if limit is None else limit)

    def predict_features(self, features: NDArray[np.float64]) -> list[Prediction]:
        """Answer for rows of unscaled features, shape (n, 18)."""
        probabilities, is_familiar = self._predict(features)
        order = np.argsort(-probabilities, axis=1, kind="stable")  # of equal ones the first, as in scikit-learn
        answers = []
        for row, ranks, familiar in zip(probabilities.tolist(), order.tolist(), is_familiar.tolist(), strict=True):
            ranked = {self.classes[rank]: row[rank] for rank in ranks}
            (first, probability), (second, second_probability), *_ = ranked.items()
            answers.append(Prediction(first, probability, second, second_probability, ranked, familiar))
        return answers


def load_model(models_dir: Path) -> ColourModel:
    """Load a model after checking that it is the one its card describes, before anything is unpickled.

    Raises
    ------
    ModelMissingError
        If one of the three files is not there.
    ModelMismatchError
        If they do not agree with each other, with the features that are measured or with the installed libraries.
    """
    card, parts = _read_model(models_dir)
    _check_card(card, models_dir / CARD_NAME)
    scaler, estimator = (_unpickle(parts[name], models_dir / name) for name in (SCALER_NAME, CLASSIFIER_NAME))
    return ColourModel(scaler, estimator, card)


def parse_card(text: bytes, path: Path) -> ModelCard:
    """Read the content of a card's file; ModelMismatchError if it is none of the format that this code knows."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ModelMismatchError(f"{path} is not JSON ({error}): train the model again") from error
    content = content if isinstance(content, dict) else {}
    wrong = [name for name, kind in CARD_KINDS.items() if not isinstance(content.get(name), kind)]
    if content.get("format") != CARD_FORMAT or wrong or len(content) != len(CARD_KINDS):
        raise ModelMismatchError(
            f"{path} is not a model card of format {CARD_FORMAT} (found format {content.get('format')}; "
            f"of another kind than a card's: {', '.join(wrong) or 'none'}): take the card that belongs to the model, "
            "or train it again"
        )
    for name in ("feature_names", "classes", "limits"):
        content[name] = tuple(content[name])
    return ModelCard(**content)


def _check_card(card: ModelCard, place: Path) -> None:
    """Refuse the card of a model that was made of other features or with other libraries, or that cannot be."""
    if card.feature_names != FEATURE_NAMES:
        raise ModelMismatchError(
            f"{place}: the model was trained on the features {', '.join(card.feature_names)}; "
            f"this project measures {', '.join(FEATURE_NAMES)}: train the model again"
        )
    if card.familiar_distance is not None and not card.familiar_distance > 0:
        raise ModelMismatchError(f"{place}: expected a familiar_distance above 0, found {card.familiar_distance}")
    installed = read_libraries()
    for name in GUARDED_LIBRARIES:
        if card.libraries.get(name) != installed[name]:
            raise ModelMismatchError(
                f"{place}: the model was made with {name} {card.libraries.get(name, 'unknown')}, installed is "
                f"{installed[name]}: install the pinned version, or train the model again"
            )


def read_libraries() -> dict[str, str]:
    """Versions of what makes the numbers."""
    libraries = ("scikit-learn", "numpy", "scipy", "joblib")
    return {"python": platform.python_version(), **{name: version(name) for name in libraries}}


def _read_model(models_dir: Path) -> tuple[ModelCard, dict[str, bytes]]:
    """Read the card and files of one model, also while another process saves one or after it was killed at that."""
    problem: ModelError
    for _ in range(READ_ATTEMPTS):
        for places in ((models_dir,), (models_dir / PUBLISHING, models_dir)):
            try:
                return _read_parts(*places)
            except ModelError as error:
                problem = error
        time.sleep(0.05)
    raise problem


def _read_parts(*places: Path) -> tuple[ModelCard, dict[str, bytes]]:
    """Read the three files of a model, each from the first folder that has it, unless they do not belong together."""
    models_dir = places[-1]
    try:
        # Later entries replace earlier ones, so that the first place that has a file gives it.
        paths = {name: place / name for name in PARTS for place in reversed(places) if (place / name).exists()}
        parts = {name: path.read_bytes() for name, path in paths.items()}
    except OSError as error:
        raise ModelMismatchError(
            f"{error.filename} cannot be read ({error.strerror}): expected a file of a model; name another folder"
        ) from error
    if missing := [name for name in PARTS if name not in parts]:
        raise ModelMissingError(
            f"{models_dir} lacks {', '.join(missing)}: train a model with `python -m src.models.train_model`, "
            "or name another folder"
        )
    card = parse_card(parts[CARD_NAME], models_dir / CARD_NAME)
    for name in (SCALER_NAME, CLASSIFIER_NAME):
        digest, expected = hashlib.sha256(parts[name]).hexdigest(), card.files.get(name, "none")
        if digest != expected:
            raise ModelMismatchError(
                f"{models_dir / name} is not the file that its card describes (sha256 {digest[:12]}…, expected "
                f"{expected[:12]}…): copy all files of one model, or train it again"
            )
    return card, parts


def _unpickle(content: bytes, path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", InconsistentVersionWarning)
            return joblib.load(io.BytesIO(content))
    except Exception as error:  # a damaged pickle raises anything
        raise ModelMismatchError(
            f"{path} cannot be loaded ({type(error).__name__}: {str(error)[:200]}): train the model again"
        ) from error


def save_model(
    models_dir: Path,
    scaler: Any,
    estimator: Any,
    *,
    family: str,
    parameters: Mapping[str, Any],
    familiar_distance: float | None,
    data: Mapping[str, Any],
    scores: Mapping[str, Any],
) -> ColourModel:
    """Write the two joblib files and the card, so that the folder holds the old model or the new one at any moment.

    The new files are written and loaded in a folder of their own inside ``models_dir``. Renaming that
    folder to :data:`PUBLISHING` decides that the model is saved; then its files are moved up, one by
    one. :func:`load_model` looks there too, so a full disk, a kill or a second saver costs nothing.
    What is said of the model is for its :class:`ModelCard`.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    with lock_folder(models_dir):
        for left_over in models_dir.glob(f"{STAGING}*"):  # of a saver that was killed
            shutil.rmtree(left_over)
        try:
            _read_parts(models_dir)
        except ModelError:  # there is none yet, or a saver was killed while it moved its files up
            _move_up(models_dir)
        shutil.rmtree(models_dir / PUBLISHING, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=STAGING, dir=models_dir, ignore_cleanup_errors=True) as name:
            staging = Path(name)
            hashes = {}
            for part_name, part in ((SCALER_NAME, scaler), (CLASSIFIER_NAME, estimator)):
                joblib.dump(part, staging / part_name, compress=("zlib", 6))
                hashes[part_name] = hash_file(staging / part_name)
            card = ModelCard(
                version=hashlib.sha256("".join(hashes.values()).encode()).hexdigest()[:12],
                feature_names=FEATURE_NAMES,
                classes=tuple(str(name) for name in estimator.classes_),
                family=family,
                estimator=type(estimator).__name__,
                parameters=parameters,
                familiar_distance=familiar_distance,
                files=hashes,
                libraries=read_libraries(),
                data=data,
                scores=scores,
            )
            text = json.dumps(asdict(card), indent=2, ensure_ascii=False) + "\n"
            (staging / CARD_NAME).write_text(text, encoding="utf-8", newline="\n")
            model = load_model(staging)
            staging.chmod(0o755)  # others may read meanwhile
            staging.rename(models_dir / PUBLISHING)
        _move_up(models_dir)
    return model


def _move_up(models_dir: Path) -> None:
    for name in PARTS:
        with suppress(FileNotFoundError):
            (models_dir / PUBLISHING / name).replace(models_dir / name)
    shutil.rmtree(models_dir / PUBLISHING, ignore_errors=True)
