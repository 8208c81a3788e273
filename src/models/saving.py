"""Saving a model, so that its folder holds the old one or the new one at any moment."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import joblib

from src.features.schema import FEATURE_NAMES
from src.files import hash_file, lock_folder
from src.models.artefacts import (
    CARD_NAME,
    CLASSIFIER_NAME,
    PARTS,
    PUBLISHING,
    SCALER_NAME,
    ColourModel,
    find_mismatch,
    load_model,
    read_parts,
)
from src.models.model_card import ModelCard, read_libraries

STAGING: Final = ".saving-"
"""Begin of the name of a folder inside a model's folder: of a model that is being written."""


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

    Parameters
    ----------
    models_dir
        Folder; made if missing.
    scaler, estimator
        Fitted scikit-learn objects on :data:`FEATURE_NAMES`.
    family, parameters, familiar_distance, data, scores
        For the card; see :class:`ModelCard`.

    Returns
    -------
    ColourModel
        What :func:`load_model` gives of the new files.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    with lock_folder(models_dir):
        for left_over in models_dir.glob(f"{STAGING}*"):  # of a saver that was killed
            shutil.rmtree(left_over)
        _finish_publishing(models_dir)
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
                parameters=dict(parameters),
                familiar_distance=familiar_distance,
                files=hashes,
                libraries=read_libraries(),
                data=dict(data),
                scores=dict(scores),
            )
            text = json.dumps(asdict(card), indent=2, ensure_ascii=False) + "\n"
            (staging / CARD_NAME).write_text(text, encoding="utf-8", newline="\n")
            model = load_model(staging)
            staging.chmod(0o755)  # others may read meanwhile
            staging.rename(models_dir / PUBLISHING)
        _finish_publishing(models_dir)
    return model


def _finish_publishing(models_dir: Path) -> None:
    """Move up what a saver, this one or one that was killed, has published."""
    publishing = models_dir / PUBLISHING
    if not publishing.is_dir():
        return
    is_begun = len(list(publishing.iterdir())) < len(PARTS)
    if not is_begun or find_mismatch(read_parts([models_dir]), models_dir) is not None:
        for name in PARTS:
            with suppress(FileNotFoundError):
                (publishing / name).replace(models_dir / name)
    shutil.rmtree(publishing)
