"""The model card: what a model is, what it was made from and how good it is, as one JSON file.

The card is read before anything is unpickled: a joblib file is code, so only files whose hash
stands in the card are opened.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from src.errors import ModelMismatchError
from src.files import write_text

CARD_FORMAT: Final = 1
"""Number of the card's layout; a reader refuses others."""

INTENDED_USE: Final = (
    "Naming the dominant colour impression of a picture of an artwork, as the colour pages of an art site file "
    "artworks: sorting, browsing and exploring collections."
)

LIMITS: Final = (
    "Sees 18 colour statistics and nothing else: no shapes, no places in the picture, no subject.",
    "The mean of hue is not circular: reds around 0/180 half-degrees are told apart by a and b of Lab.",
    "Neighbouring colours (BLUE and TEAL, BROWN and BLACK …) are a matter of taste; most errors are among them.",
    "Rare classes (PINK, PURPLE) have few examples: their recall is the least certain figure of the card.",
    "Photographs, logos and screens are outside of what it learned from; it answers all the same.",
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
    temperature
        Scores are divided by it before the softmax that makes probabilities of them.
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
    temperature: float
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
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelMismatchError(f"{path} is not JSON ({error}): train the model again") from error
    names = {entry.name for entry in fields(ModelCard)}
    if not isinstance(content, dict) or content.get("format") != CARD_FORMAT or set(content) != names:
        found = content.get("format") if isinstance(content, dict) else None
        raise ModelMismatchError(
            f"{path} is not a model card of format {CARD_FORMAT} (found format {found}): "
            "train the model again with this version of the project"
        )
    for name in ("feature_names", "classes", "limits"):
        content[name] = tuple(content[name])
    return ModelCard(**content)


def write_card(card: ModelCard, path: Path) -> None:
    """Write a card whole, indented, in the order of the fields."""
    write_text(path, json.dumps(asdict(card), indent=2, ensure_ascii=False) + "\n")
