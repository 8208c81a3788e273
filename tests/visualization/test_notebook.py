"""What the notebooks use: settings, figures, and pictures of a workspace."""

from pathlib import Path
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter

from src.colours import STUDY_COLOURS
from src.paths import PROJECT_ROOT
from src.visualization.data_figures import plot_class_counts
from src.visualization.imgshow import imgshow
from src.visualization.notebook import prepare_notebook
from src.visualization.output import save_picture
from src.visualization.pictures import pick_by_colour


def test_a_notebook_gets_its_settings_and_figures_as_pictures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shell = SimpleNamespace(display_formatter=DisplayFormatter())
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    monkeypatch.setenv("TQDM_DISABLE", "")
    monkeypatch.setenv("NOTEBOOK_WORKSPACE", str(tmp_path))
    with mpl.rc_context(), pd.option_context("display.precision", 6, "display.max_columns", 5, "display.width", 80):
        settings = prepare_notebook(500, "runs/notebooks", "tests")
    assert (settings.artworks, settings.workspace.root) == (500, tmp_path)
    assert (settings.images, settings.labels) == (PROJECT_ROOT / "tests", None)
    chart, _ = shell.display_formatter.format(plot_class_counts({"RED": 3}))
    photograph, _ = shell.display_formatter.format(imgshow(np.zeros((9, 9, 3), dtype=np.uint8), "dark"))
    assert set(chart) == {"image/png", "text/plain"}
    assert set(photograph) == {"image/jpeg", "text/plain"}
    assert photograph["text/plain"] == "Figure: dark"


def test_pictures_of_each_colour_are_picked_alike_each_time(tmp_path: Path) -> None:
    for number in range(22):
        save_picture(np.full((30, 20, 3), 10 * number, dtype=np.uint8), tmp_path / f"{number}.png")
    labels = [STUDY_COLOURS[number % 2] for number in range(22)]
    frame = pd.DataFrame({"filename": [f"{number}.png" for number in range(22)], "color": labels})
    first, second = (pick_by_colour(frame, tmp_path, 5) for _ in range(2))
    assert list(first) == list(STUDY_COLOURS[:2])
    for colour in first:
        np.testing.assert_array_equal(first[colour], second[colour])
    assert [len(pictures) for pictures in pick_by_colour(frame, tmp_path, 100).values()] == [11, 11]
