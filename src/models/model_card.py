"""The card of a trained model: what it is, what it was made from, how good it is."""

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import joblib
import numpy as np
import scipy
import sklearn

from src.errors import ModelMismatchError
from src.features.schema import FEATURE_NAMES

GUARDED_LIBRARIES: Final = ("scikit-learn", "numpy")
"""Another version of these may change numbers or fail to unpickle: refused."""

CARD_FORMAT: Final = 2
"""Number of the card's layout; a reader refuses others."""

CARD_KINDS: Final[Mapping[Any, tuple[str, ...]]] = {
    str: ("version", "family", "estimator", "intended_use"),
    list: ("feature_names", "classes", "limits"),
    dict: ("parameters", "files", "libraries", "data", "scores"),
    (int, float, type(None)): ("familiar_distance",),
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
    feature_names
        Names of the columns, in the order that the scaler takes them.
    classes
        Class names in the order of the estimator's ``classes_``.
    family, estimator, parameters
        Name of the search's family, of the scikit-learn class, and what the search chose.
    familiar_distance
        How far from the nearest support vector, in standard deviations, a picture may be and still be like those
        that were learned from; None where the classifier has no support vectors.
    files
        SHA-256 of each joblib file, by name.
    libraries
        Versions that the model was made with.
    data
        Name, hash, rows and class counts of the table, the number of groups, and the seed.
    scores
        Cross-validation and held-out figures.
    intended_use, limits
        For people.
    format
        Layout of the file.
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
    data: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    intended_use: str = INTENDED_USE
    limits: tuple[str, ...] = LIMITS
    format: int = CARD_FORMAT


def read_card(path: Path) -> ModelCard:
    """Read a card.

    Raises
    ------
    ModelMismatchError
        If the file is not a card of the format that this code knows.
    """
    return parse_card(path.read_bytes(), path)


def parse_card(text: bytes, path: Path) -> ModelCard:
    """Read a card's text; ``path`` is for the message. See :func:`read_card`."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ModelMismatchError(f"{path} is not JSON ({error}): train the model again") from error
    names = {entry.name for entry in fields(ModelCard)}
    if not isinstance(content, dict) or content.get("format") != CARD_FORMAT or set(content) != names:
        found = content.get("format") if isinstance(content, dict) else None
        raise ModelMismatchError(
            f"{path} is not a model card of format {CARD_FORMAT} (found format {found}): "
            "train the model again with this version of the project"
        )
    wrong = [
        name
        for kind, entries in CARD_KINDS.items()
        for name in entries
        if not isinstance(content[name], kind) or isinstance(content[name], bool)
    ]
    if wrong:
        raise ModelMismatchError(
            f"{path}: {', '.join(wrong)} is of another kind than a card's: take the card that belongs to the model, "
            "or train it again"
        )
    for name in CARD_KINDS[list]:
        content[name] = tuple(content[name])
    return ModelCard(**content)


def read_libraries() -> dict[str, str]:
    """Versions of what makes the numbers."""
    return {
        "python": platform.python_version(),
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "joblib": joblib.__version__,
    }


def check_card(card: ModelCard, place: Path) -> None:
    """Refuse the card of a model that cannot be used here.

    Raises
    ------
    ModelMismatchError
        If it was made of other features or with other libraries, or says what cannot be.
    """
    if card.feature_names != FEATURE_NAMES:
        raise ModelMismatchError(
            f"{place}: the model was trained on the features {', '.join(card.feature_names)}; "
            f"this project measures {', '.join(FEATURE_NAMES)}: train the model again"
        )
    if len(card.classes) < 2 or len(set(card.classes)) != len(card.classes):
        raise ModelMismatchError(f"{place}: expected two or more distinct classes, found {card.classes}")
    if card.familiar_distance is not None and not card.familiar_distance > 0:
        raise ModelMismatchError(f"{place}: expected a familiar_distance above 0, found {card.familiar_distance}")
    installed = read_libraries()
    for name in GUARDED_LIBRARIES:
        if card.libraries.get(name) != installed[name]:
            raise ModelMismatchError(
                f"{place}: the model was made with {name} {card.libraries.get(name, 'unknown')}, installed is "
                f"{installed[name]}: install the pinned version, or train the model again"
            )
