"""The model that this repository ships: what it is worth on real art, and that it follows from the committed data."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
import requests
from sklearn.calibration import CalibratedClassifierCV
from sklearn.svm import SVC

from benchmarks.service_process import start_service
from src.colours import STUDY_COLOURS
from src.features.decode_image import decode_image
from src.features.extract_features import extract_features
from src.features.reduce_image import crop_thumbnail
from src.features.schema import FEATURE_NAMES
from src.models.artefacts import ColourModel, load_model
from src.models.data import TrainingData, read_training_data
from src.models.evaluate_real import evaluate_rows
from src.models.grids import SVM_FAMILIES, Candidate, fit_calibrated
from src.models.pictures import read_labels
from src.paths import PROJECT_ROOT, Workspace

pytestmark = pytest.mark.slow

SHIPPED = Workspace(PROJECT_ROOT)
FRAMES = {"white": (255, 255, 255), "black": (0, 0, 0), "brown": (40, 70, 110), "grey": (128, 128, 128)}


@pytest.fixture(scope="module")
def model() -> ColourModel:
    return load_model(SHIPPED.models_dir)


@pytest.fixture(scope="module")
def dataset() -> TrainingData:
    return read_training_data(SHIPPED.processed_table)


def test_the_whole_path_agrees_on_real_paintings_of_every_colour(shared_dir: Path) -> None:
    """Every painting, centre-cropped to 218 × 218, is posted to the service."""
    rows = []
    with start_service(SHIPPED.models_dir) as service, requests.Session() as session:
        for name, colour in read_labels(shared_dir / "paintings" / "manifest.csv"):
            square = crop_thumbnail(decode_image((shared_dir / "paintings" / "img" / name).read_bytes()))
            files = {"file": cv2.imencode(".bmp", square)[1].tobytes()}
            answer = session.post(f"{service.base_url}/img_classify", files=files).json()
            rows.append((colour, answer["prediction"] == colour))
    answers = pd.DataFrame(rows, columns=["colour", "is_right"])
    assert len(answers) == 1491
    assert answers["is_right"].mean() >= 0.89
    found = answers.groupby("colour")["is_right"].mean()
    assert set(found.index) == set(STUDY_COLOURS)
    assert found.min() >= 0.7, found.to_dict()


def test_real_rows_are_classified(model: ColourModel, shared_dir: Path) -> None:
    found = evaluate_rows(model, shared_dir / "reference" / "labelled_rows.csv")
    assert found["all"].count == 9169
    assert found["all"].accuracy >= 0.87
    assert found["study"].accuracy >= 0.6


def test_no_real_row_is_in_the_dataset(dataset: TrainingData, shared_dir: Path) -> None:
    real = pd.read_csv(shared_dir / "reference" / "labelled_rows.csv")[list(FEATURE_NAMES)].to_numpy()
    ours = {tuple(row) for row in dataset.features.round(6).tolist()}
    assert ours.isdisjoint(tuple(row) for row in real.round(6).tolist())


def test_the_model_follows_from_the_committed_dataset(model: ColourModel, dataset: TrainingData) -> None:
    card = model.card
    assert card.data["sha256"] == dataset.digest
    candidate = Candidate(card.family, card.parameters)
    scaler, classifier = fit_calibrated(candidate, dataset.features, dataset.colours, card.data["seed"])
    again = ColourModel(scaler, classifier, card)
    found, shipped = (one.predict_probabilities(dataset.features) for one in (again, model))
    assert np.array_equal(found.argmax(axis=1), shipped.argmax(axis=1))


def test_a_support_vector_machine_is_shipped(model: ColourModel) -> None:
    assert isinstance(model.estimator, CalibratedClassifierCV)
    assert {type(member.estimator) for member in model.estimator.calibrated_classifiers_} == {SVC}
    assert model.card.family in SVM_FAMILIES


@pytest.mark.parametrize("frame", ["white", "black", "brown", "grey"])
def test_pictures_of_one_colour_are_named_as_people_name_them(model: ColourModel, shared_dir: Path, frame: str) -> None:
    chips = pd.read_csv(shared_dir / "cases" / "flat_colours.csv")
    accepted = [set(names.split()) for names in chips["accepted"]] * 4
    grounds = chips[["b", "g", "r"]].to_numpy()
    pictures = [paint_chip(way, ground) for way in ("flat", "noisy", "mottled", frame) for ground in grounds]
    answers = model.predict_features(np.array([extract_features(picture) for picture in pictures]))
    is_right = np.array([answer.colour in names for answer, names in zip(answers, accepted, strict=True)])
    sure = np.array([answer.probability > 0.9 for answer in answers])
    assert is_right.mean() >= 0.98
    assert is_right.reshape(4, -1).mean(axis=1).min() >= 0.96
    assert (~is_right & sure).mean() <= 0.01


def paint_chip(way: str, ground: np.ndarray) -> np.ndarray:
    generator = np.random.default_rng(5)
    picture = np.tile(ground.astype(np.float32), (218, 218, 1))
    if way == "noisy":
        picture += generator.normal(0, 12, picture.shape)
    elif way == "mottled":
        cloud = cv2.GaussianBlur(generator.standard_normal((218, 218)).astype(np.float32), (0, 0), 18)
        picture *= 1 + 0.12 * (cloud / cloud.std())[..., None]
    elif way in FRAMES:
        framed = np.full_like(picture, FRAMES[way])
        framed[16:-16, 16:-16] = picture[16:-16, 16:-16]
        picture = framed
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
