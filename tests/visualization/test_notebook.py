"""What the notebooks use: settings, hue, and pictures of a workspace."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from src.colours import STUDY_COLOURS
from src.errors import UsageError
from src.paths import PROJECT_ROOT
from src.visualization.hue_circle import average_hue, measure_hue_gap
from src.visualization.notebook import prepare_notebook, read_settings
from src.visualization.picture_file import save_picture
from src.visualization.workspace_pictures import pick_by_colour, pick_rows, read_pictures


def test_settings_are_those_of_the_first_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ARTWORKS", "WORKSPACE", "IMAGES", "LABELS"):
        monkeypatch.delenv(f"NOTEBOOK_{name}", raising=False)
    settings = read_settings(500, "runs/notebooks", "tests", None)
    assert settings.artworks == 500
    assert settings.workspace.root == PROJECT_ROOT / "runs" / "notebooks"
    assert settings.images == PROJECT_ROOT / "tests"
    assert settings.labels is None


def test_the_environment_takes_their_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NOTEBOOK_ARTWORKS", "240")
    monkeypatch.setenv("NOTEBOOK_WORKSPACE", str(tmp_path))
    settings = read_settings(500, "runs/notebooks")
    assert settings.artworks == 240
    assert settings.workspace.root == tmp_path


def test_settings_that_cannot_be_used_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="IMAGES is 'no/such/folder'"):
        read_settings(500, "runs", "no/such/folder")
    monkeypatch.setenv("NOTEBOOK_ARTWORKS", "many")
    with pytest.raises(UsageError, match="expected a whole number"):
        read_settings(500, "runs")


def test_outside_a_notebook_there_is_nothing_to_prepare() -> None:
    with pytest.raises(UsageError, match="outside a notebook"):
        prepare_notebook(500, "runs")


@pytest.mark.parametrize(("hues", "expected"), [([2, 178], 0), ([10, 20], 15), ([170, 0, 10], 0), ([90], 90)])
def test_hue_is_averaged_around_the_circle(hues: list[int], expected: float) -> None:
    found = average_hue(np.array(hues, dtype=np.uint8))
    assert min(abs(found - expected), 180 - abs(found - expected)) < 1e-6


def test_a_red_picture_has_a_wide_gap_and_a_green_one_none() -> None:
    reds = np.zeros((10, 10, 3), dtype=np.uint8)
    reds[:, :5] = (20, 0, 200)  # hue 177
    reds[:, 5:] = (0, 20, 200)  # hue 3
    green = np.full((10, 10, 3), (10, 200, 10), dtype=np.uint8)
    assert measure_hue_gap(reds) > 80
    assert measure_hue_gap(green) == pytest.approx(0, abs=1e-9)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(22):
        save_picture(np.full((30, 20, 3), 10 * number, dtype=np.uint8), tmp_path / f"{number}.png")
    return tmp_path


def test_pictures_of_each_colour_are_drawn_alike_each_time(folder: Path) -> None:
    labels = [STUDY_COLOURS[number % 2] for number in range(22)]
    frame = pd.DataFrame({"filename": [f"{number}.png" for number in range(22)], "color": labels})
    first, second = (pick_by_colour(frame, folder, 5) for _ in range(2))
    assert list(first) == list(STUDY_COLOURS[:2])
    assert [len(pictures) for pictures in first.values()] == [5, 5]
    for colour in first:
        assert all((one == other).all() for one, other in zip(first[colour], second[colour], strict=True))
    assert len(pick_rows(frame, 100)) == 22


def test_large_pictures_are_reduced(tmp_path: Path) -> None:
    save_picture(np.zeros((900, 600, 3), dtype=np.uint8), tmp_path / "large.png")
    [picture] = read_pictures(tmp_path, ["large.png"])
    assert picture.shape[0] * picture.shape[1] < 2 * 218**2
