"""The model that this repository ships: what it is worth on real art, and that it follows from the committed data."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from src.colours import STUDY_COLOURS
from src.features.decode_image import decode_image
from src.features.extract_features import extract_features
from src.features.reduce_image import reduce_image
from src.features.schema import FEATURE_NAMES
from src.local_service import start_local_service
from src.models.artefacts import ColourModel, load_model
from src.models.data import TrainingData, read_training_data
from src.models.evaluate_real import evaluate_rows
from src.models.labelled_pictures import crop_thumbnail, read_labels
from src.models.report_measures import restore_candidate
from src.models.training import fit_candidate
from src.paths import PROJECT_ROOT, Workspace

pytestmark = pytest.mark.slow

SHIPPED = Workspace(PROJECT_ROOT)


@dataclass(frozen=True)
class Answers:
    """Right answers and all answers of a service, by colour."""

    right: Counter[str]
    asked: Counter[str]


@pytest.fixture(scope="module")
def model() -> ColourModel:
    return load_model(SHIPPED.models_dir)


@pytest.fixture(scope="module")
def dataset() -> TrainingData:
    return read_training_data(SHIPPED.processed_table)


@pytest.fixture(scope="module")
def answers(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Post every painting, centre-cropped to 218 × 218, to the service."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    folder = shared_dir / "paintings"
    thumbnail = tmp_path_factory.mktemp("paintings") / "thumbnail.png"
    with start_local_service(SHIPPED.models_dir) as service:
        for name, colour in read_labels(folder / "manifest.csv"):
            square = crop_thumbnail(decode_image((folder / "img" / name).read_bytes()))
            assert cv2.imwrite(str(thumbnail), square)
            asked[colour] += 1
            right[colour] += service.classify(thumbnail)["prediction"] == colour
    return Answers(right, asked)


def test_the_whole_path_agrees_on_real_paintings(answers: Answers) -> None:
    assert answers.asked.total() == 1491
    assert answers.right.total() / answers.asked.total() >= 0.85


@pytest.mark.parametrize("colour", STUDY_COLOURS)
def test_the_whole_path_finds_every_colour_on_real_paintings(answers: Answers, colour: str) -> None:
    assert answers.right[colour] / answers.asked[colour] >= 0.55


def test_real_rows_are_classified(model: ColourModel, shared_dir: Path) -> None:
    found = evaluate_rows(model, shared_dir / "reference" / "labelled_rows.csv")
    assert found["all"].count == 9169
    assert found["all"].accuracy >= 0.86
    assert found["study"].accuracy >= 0.57


def test_no_real_row_is_in_the_dataset(dataset: TrainingData, shared_dir: Path) -> None:
    real = pd.read_csv(shared_dir / "reference" / "labelled_rows.csv")[list(FEATURE_NAMES)].to_numpy()
    ours = {tuple(row) for row in dataset.features.round(6).tolist()}
    assert ours.isdisjoint(tuple(row) for row in real.round(6).tolist())


def test_the_model_follows_from_the_committed_dataset(model: ColourModel, dataset: TrainingData) -> None:
    card = model.card
    assert card.data["sha256"] == dataset.digest
    scaler, classifier = fit_candidate(restore_candidate(model), dataset.features, dataset.colours, card.data["seed"])
    again = ColourModel(scaler, classifier, card)
    assert np.array_equal(again.predict_colours(dataset.features), model.predict_colours(dataset.features))


def test_the_readme_gives_the_answer_of_the_shipped_model(model: ColourModel) -> None:
    text = (PROJECT_ROOT / "README.md").read_text("utf-8")
    (path,) = set(re.findall(r"-F file=@(\S+) http\S+/img_classify", text))
    (said,) = re.findall(r'`\{"prediction": "([A-Z]+)"', text)
    image = decode_image((PROJECT_ROOT / path).read_bytes())
    features = extract_features(reduce_image(image))[None]
    assert said == model.predict_colours(features)[0]
