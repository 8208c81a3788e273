import shutil
from pathlib import Path

import pytest

from src.features.decode_image import decode_image
from src.features.schema import FEATURE_NAMES
from src.models.data import TrainingData
from src.models.report import main
from src.models.train_model import main as train_model
from tests.support.made_rows import write_csv


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, made_rows: TrainingData) -> Path:
    folder = tmp_path_factory.mktemp("report")
    table = write_csv(made_rows, folder / "rows.csv")
    given = ["--workspace", str(folder), "--data", str(table), "--jobs", "1"]
    assert train_model([*given, "--families", "svm", "--folds", "3"]) == 0
    assert main(given) == 0
    return folder


def test_the_report_has_every_part_and_its_figures_are_there(workspace: Path) -> None:
    text = (workspace / "references" / "model_report.md").read_text()
    for part in ("## Search", "| 0.8785 |", "## Held-out quarter", "0.8852", "near misses", "## Learning curve"):
        assert part in text, part
    assert all(f"`{name}`" in text for name in FEATURE_NAMES)
    assert str(workspace) not in text
    figures = [line.split("](")[1].rstrip(")") for line in text.splitlines() if line.startswith("![")]
    assert len(figures) == 7
    for figure in figures:
        assert min(decode_image((workspace / "references" / figure).read_bytes()).shape[:2]) > 200


def test_a_report_on_other_rows_than_the_models_is_refused(
    workspace: Path, tmp_path: Path, made_rows: TrainingData, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(workspace / "models", tmp_path / "models")
    other = TrainingData("other.csv", made_rows.features * 0.99, made_rows.colours, made_rows.groups)
    table = write_csv(other, tmp_path / "other.csv")
    assert main(["--workspace", str(tmp_path), "--data", str(table), "--jobs", "1"]) == 2
    assert "trained on other rows" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "references").exists()
