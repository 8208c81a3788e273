import json
from pathlib import Path

import pytest

from benchmarks.painted_workspace import paint_workspace
from src.features.build_features import build_features
from src.features.decode_image import decode_image
from src.paths import Workspace
from src.visualization.draw_workspace import main


def test_a_run_is_drawn_with_the_same_bytes_each_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = Workspace(tmp_path)
    paint_workspace(workspace, 24, jobs=1)
    build_features(workspace)
    assert main(["--workspace", str(tmp_path)]) == 2
    assert "python -m src.models.train_model" in capsys.readouterr().err.replace("\n", " ")
    workspace.models_dir.mkdir()
    card = {"scores": {"test_confusion": {"classes": ["BLUE", "RED"], "rows": [[3, 1], [0, 4]]}}}
    (workspace.models_dir / "model_card.json").write_text(json.dumps(card))
    names = ["figures/class_counts.png", "confusion_matrix.png", "figures/contact_sheet.jpg", "picture.jpg"]
    drawn = []
    for _ in range(2):
        assert main(["--workspace", str(tmp_path)]) == 0
        drawn.append({name: (workspace.references_dir / name).read_bytes() for name in names})
    assert drawn[0] == drawn[1]
    assert min(min(decode_image(content).shape[:2]) for content in drawn[0].values()) >= 200
    assert drawn[0]["picture.jpg"] in {path.read_bytes() for path in workspace.image_dir.iterdir()}
