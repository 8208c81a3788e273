import hashlib
import io
import json
import pickle
import shutil
import zlib
from pathlib import Path

import numpy as np
import pytest
from joblib.numpy_pickle import NumpyUnpickler

from src.errors import ModelMismatchError, ModelMissingError
from src.features.schema import FEATURE_NAMES
from src.models.artefacts import load_model
from src.models.data import TrainingData


@pytest.fixture
def copied(models_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(models_dir, tmp_path / "models"))


def change_card(folder: Path, **changes: object) -> None:
    path = folder / "model_card.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize("name", ["scaler.joblib", "svm_classifier.joblib"])
def test_the_files_name_no_class_but_scikit_learns_and_numpys(models_dir: Path, name: str) -> None:
    found: set[str] = set()

    class Listing(NumpyUnpickler):
        def find_class(self, module: str, name: str) -> object:
            found.add(module.split(".", maxsplit=1)[0])
            return super().find_class(module, name)

    content = io.BytesIO(zlib.decompress((models_dir / name).read_bytes()))
    Listing(str(models_dir / name), content, ensure_native_byte_order=True).load()
    assert "sklearn" in found
    assert found <= {"sklearn", "numpy", "joblib", "scipy", "builtins", "collections", "copyreg"}


def test_answers_are_the_files_own_alone_or_among_others_and_strange_pictures_are_marked(
    models_dir: Path, made_rows: TrainingData
) -> None:
    model = load_model(models_dir)
    strange = np.array([np.full(18, value) for value in (400.0, 800.0, 8000.0)])
    rows = np.concatenate((made_rows.features, strange))
    scaled = model.scaler.transform(rows)
    np.testing.assert_allclose(model.predict_probabilities(rows), model.estimator.predict_proba(scaled), atol=1e-9)
    answers = model.predict_features(rows)
    assert [answer.colour for answer in answers] == model.estimator.predict(scaled).tolist()
    assert [answer.is_familiar for answer in answers] == [True] * len(made_rows) + [False] * len(strange)
    for answer, row in zip(answers[:20], rows, strict=False):
        (alone,) = model.predict_features(row[None])
        assert (alone.colour, alone.probability) == (answer.colour, pytest.approx(answer.probability, abs=1e-12))
        values = list(answer.probabilities.values())
        assert values == sorted(values, reverse=True)
        assert values[:2] == [answer.probability, answer.second_probability]
        assert list(answer.probabilities)[:2] == [answer.colour, answer.second_colour]
        assert sum(values) == pytest.approx(1)
        assert set(answer.probabilities) == set(model.classes)


@pytest.mark.parametrize(
    "features", [np.zeros((1, 17)), np.zeros(18), np.full((1, 18), np.nan), np.full((2, 18), np.inf)]
)
def test_features_of_another_shape_or_not_finite_are_refused(models_dir: Path, features: np.ndarray) -> None:
    model = load_model(models_dir)
    assert model.predict_features(np.empty((0, 18))) == []
    with pytest.raises(ValueError, match="expected"):
        model.predict_features(features)


def test_missing_files_are_named(copied: Path) -> None:
    for name in ("scaler.joblib", "model_card.json"):
        (copied / name).unlink()
    with pytest.raises(ModelMissingError, match=r"lacks scaler\.joblib, model_card\.json"):
        load_model(copied)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"feature_names": list(reversed(FEATURE_NAMES))}, "trained on the features"),
        ({"classes": ["BLUE", "GREEN", "RED", "TEAL"]}, "its card names"),
        ({"libraries": {"scikit-learn": "0.24.0", "numpy": np.__version__}}, "scikit-learn 0.24.0"),
        ({"format": 99}, "format 99"),
        ({"familiar_distance": 0}, "familiar_distance above 0"),
        ({"files": {}}, "not the file that its card describes"),
        ({"files": None}, "of another kind than a card's: files"),
        ({"familiar_distance": "far", "libraries": 7}, "of another kind than a card's: libraries, familiar_distance"),
        ({"more": 1}, "not a model card of format 2"),
    ],
)
def test_a_card_that_does_not_agree_is_refused(copied: Path, changes: dict[str, object], message: str) -> None:
    change_card(copied, **changes)
    with pytest.raises(ModelMismatchError, match=message):
        load_model(copied)


def test_damaged_files_are_refused(copied: Path) -> None:
    scaler, card = copied / "scaler.joblib", copied / "model_card.json"
    content = scaler.read_bytes()[:-9]
    scaler.write_bytes(content)
    files = json.loads(card.read_text())["files"]
    change_card(copied, files={**files, "scaler.joblib": hashlib.sha256(content).hexdigest()})
    with pytest.raises(ModelMismatchError, match=r"scaler\.joblib cannot be loaded"):
        load_model(copied)
    card.write_text("{")
    with pytest.raises(ModelMismatchError, match="not JSON"):
        load_model(copied)
    scaler.unlink()
    scaler.mkdir()
    with pytest.raises(ModelMismatchError, match=r"scaler\.joblib cannot be read"):
        load_model(copied)


def test_a_foreign_pickle_is_refused_and_never_run(copied: Path, tmp_path: Path) -> None:
    mark = tmp_path / "executed"

    class Hostile:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (mark,)  # type: ignore[return-value]

    (copied / "svm_classifier.joblib").write_bytes(pickle.dumps(Hostile()))
    with pytest.raises(ModelMismatchError, match=r"svm_classifier.*copy all files of one model"):
        load_model(copied)
    assert not mark.exists()
