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
from src.models.evaluate_real import main
from src.models.pictures import measure_labelled_pictures
from tests.support.made_rows import CENTRES, paint_noise, write_csv


def test_rows_are_scored_in_all_and_by_origin(
    models_dir: Path, made_rows: TrainingData, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(made_rows, tmp_path / "rows.csv")
    frame = pd.read_csv(path)
    frame["origin"] = np.where(np.arange(len(frame)) % 3 == 0, "study", "painting")
    frame.to_csv(path, index=False)
    arguments = ["--rows", str(path), "--models", str(models_dir)]
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["evaluations"]
    assert list(found) == [f"rows.csv, {name}" for name in ("all", "painting", "study")]
    probabilities = load_model(models_dir).predict_probabilities(made_rows.features)
    right = np.array(sorted(CENTRES))[probabilities.argmax(axis=1)] == made_rows.colours
    for name, rows in (("all", right), ("study", right[::3])):
        assert found[f"rows.csv, {name}"]["count"] == len(rows)
        assert found[f"rows.csv, {name}"]["accuracy"] == pytest.approx(rows.mean())
    assert main(arguments) == 0
    out = " ".join(capsys.readouterr().out.split())
    for part in ("accuracy", "macro F1", "near misses", "expected calibration error", "True colour by row"):
        assert part in out


def test_pictures_are_scored_and_what_failed_is_listed(
    models_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generator = np.random.default_rng(3)
    colours = sorted(CENTRES) * 3
    for number, colour in enumerate(colours):
        content = cv2.imencode(".png", paint_noise(colour, generator, 40))[1].tobytes()
        (tmp_path / f"{number}.png").write_bytes(b"broken" if number == 3 else content)
    labels = {"filename": [f"{number}.png" for number in range(12)], "study_label": colours}
    pd.DataFrame(labels).to_csv(tmp_path / "labels.csv", index=False)
    arguments = ["--images", str(tmp_path), "--labels", str(tmp_path / "labels.csv"), "--models", str(models_dir)]
    assert main([*arguments, "--jobs", "1", "--json", "--crop"]) == 1
    content = json.loads(capsys.readouterr().out)
    (found,) = content["evaluations"].values()
    assert (found["count"], found["accuracy"], found["per_class"]["RED"]["recall"]) == (11, 1.0, 1.0)
    assert [failure["filename"] for failure in content["failures"]] == ["3.png"]
    with pytest.raises(UsageError, match="none of the 1"):
        measure_labelled_pictures(tmp_path, [("none.jpg", "RED")])


@pytest.mark.parametrize("arguments", [[], ["--images", "x"], ["--labels", "x.csv"]])
def test_half_a_question_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "--labels FILE.csv" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("shape", [(300, 500), (500, 300), (100, 180)])
def test_the_thumbnail_is_the_centred_square(shape: tuple[int, int]) -> None:
    height, width = shape
    image = np.zeros((height, width, 3), np.uint8)
    side = min(shape)
    upper, left = (height - side) // 2, (width - side) // 2
    image[upper : upper + side, left : left + side] = (10, 20, 30)
    thumbnail = crop_thumbnail(image)
    assert thumbnail.shape == (218, 218, 3)
    np.testing.assert_allclose(extract_features(thumbnail)[:3], (10, 20, 30))
