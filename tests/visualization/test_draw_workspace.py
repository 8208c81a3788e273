import json
import shutil
from pathlib import Path

import pytest

from benchmarks.painted_workspace import paint_workspace
from src.features.build_features import build_features
from src.features.decode_image import decode_image
from src.paths import Workspace
from src.visualization.draw_workspace import main

COLOURS = ["BLUE", "RED"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Twenty-four painted pictures, measured, and the card of a model that confuses two colours."""
    workspace = Workspace(tmp_path_factory.mktemp("finished"))
    paint_workspace(workspace, 24, jobs=1)
    build_features(workspace)
    workspace.models_dir.mkdir(exist_ok=True)
    card = {"scores": {"test_confusion": {"classes": COLOURS, "rows": [[3, 1], [0, 4]]}}}
    (workspace.models_dir / "model_card.json").write_text(json.dumps(card))
    return workspace


def test_a_run_is_drawn_with_the_same_bytes_each_time(finished: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--workspace", str(finished.root)]) == 0
    names = ["figures/class_counts.png", "confusion_matrix.png", "figures/contact_sheet.jpg", "picture.jpg"]
    assert capsys.readouterr().out.count("wrote") == len(names)
    drawn = {name: (finished.references_dir / name).read_bytes() for name in names}
    assert min(min(decode_image(content).shape[:2]) for content in drawn.values()) >= 200
    assert drawn["picture.jpg"] in {path.read_bytes() for path in finished.image_dir.iterdir()}
    assert main(["--workspace", str(finished.root)]) == 0
    assert {name: (finished.references_dir / name).read_bytes() for name in names} == drawn


def test_without_a_model_it_says_what_to_run(
    finished: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(finished.root / "data", tmp_path / "data")
    assert main(["--workspace", str(tmp_path)]) == 2
    assert "python -m src.models.train_model" in capsys.readouterr().err.replace("\n", " ")
