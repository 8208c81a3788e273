import json
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from src.errors import UsageError
from src.features.extract_features import extract_features
from src.features.reduce_image import crop_thumbnail
from src.models.artefacts import load_model
from src.models.data import TrainingData
from src.models.evaluate_real import evaluate_rows, main
from src.models.pictures import measure_labelled_pictures
from tests.support.made_rows import CENTRES, paint_noise, write_csv


@pytest.fixture
def labelled(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of 12 pictures (one broken) and its labels."""
    generator = np.random.default_rng(3)
    rows = []
    for number in range(12):
        colour = sorted(CENTRES)[number % 4]
        done, content = cv2.imencode(".png", paint_noise(colour, generator, 40))
        assert done
        (tmp_path / f"{number}.png").write_bytes(content.tobytes())
        rows.append((f"{number}.png", colour))
    (tmp_path / "3.png").write_bytes(b"broken")
    labels = tmp_path / "labels.csv"
    pd.DataFrame(rows, columns=["filename", "study_label"]).to_csv(labels, index=False)
    return tmp_path, labels


def test_rows_are_scored_in_all_and_by_origin(models_dir: Path, made_rows: TrainingData, tmp_path: Path) -> None:
    path = write_csv(made_rows, tmp_path / "rows.csv")
    frame = pd.read_csv(path)
    frame["origin"] = np.where(np.arange(len(frame)) % 3 == 0, "study", "painting")
    frame.to_csv(path, index=False)
    model = load_model(models_dir)
    found = evaluate_rows(model, path)
    assert set(found) == {"all", "study", "painting"}
    assert found["study"].count + found["painting"].count == found["all"].count == len(frame)
    right = np.array([answer.colour for answer in model.predict_features(made_rows.features)]) == made_rows.colours
    assert found["all"].accuracy == pytest.approx(right.mean())
    assert found["study"].accuracy == pytest.approx(right[::3].mean())


def test_the_command_prints_json_for_pictures_and_lists_what_failed(
    models_dir: Path, labelled: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, labels = labelled
    arguments = ["--images", str(folder), "--labels", str(labels), "--models", str(models_dir), "--jobs", "1"]
    assert main([*arguments, "--json", "--crop"]) == 1
    content = json.loads(capsys.readouterr().out)
    (found,) = content["evaluations"].values()
    assert (found["count"], found["accuracy"], found["per_class"]["RED"]["recall"]) == (11, 1.0, 1.0)
    assert [failure["filename"] for failure in content["failures"]] == ["3.png"]


def test_the_command_prints_tables_for_people(
    models_dir: Path, made_rows: TrainingData, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--rows", str(write_csv(made_rows, tmp_path / "rows.csv")), "--models", str(models_dir)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    for part in ("accuracy", "macro F1", "near misses", "expected calibration error", "True colour by row"):
        assert part in out


@pytest.mark.parametrize("arguments", [[], ["--images", "x"], ["--labels", "x.csv"]])
def test_half_a_question_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "--labels FILE.csv" in " ".join(capsys.readouterr().err.split())


def test_a_folder_in_which_nothing_can_be_measured_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none of the 1"):
        measure_labelled_pictures(tmp_path, [("none.jpg", "RED")])


@pytest.mark.parametrize("shape", [(300, 500), (500, 300), (100, 180), (218, 218)])
def test_the_thumbnail_is_the_centred_square(shape: tuple[int, int]) -> None:
    height, width = shape
    image = np.zeros((height, width, 3), np.uint8)
    side = min(shape)
    upper, left = (height - side) // 2, (width - side) // 2
    image[upper : upper + side, left : left + side] = (10, 20, 30)
    thumbnail = crop_thumbnail(image)
    assert thumbnail.shape == (218, 218, 3)
    np.testing.assert_allclose(extract_features(thumbnail)[:3], (10, 20, 30))
