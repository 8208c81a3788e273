"""The whole job: what it remembers of a workspace, and who may work in it."""

from pathlib import Path

import pytest

from src.errors import UsageError, WorkspaceLockedError
from src.paths import PROJECT_ROOT, Workspace
from src.pipeline import hold_workspace, main, prepare_workspace

SETTINGS = {"artworks": 300, "seed": 0, "images": None, "labels": None}
OTHER = {**SETTINGS, "artworks": 400}


def test_the_same_settings_go_on_and_others_set_the_old_workspace_aside(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "demo")
    for expected in (None, tmp_path / "demo.1", tmp_path / "demo.2"):
        settings = OTHER if expected == tmp_path / "demo.1" else SETTINGS
        assert prepare_workspace(workspace, settings) == expected
        assert prepare_workspace(workspace, settings) is None, "the same settings go on"
        workspace.raw_table.parent.mkdir(parents=True, exist_ok=True)
        workspace.raw_table.write_text(str(settings["artworks"]))
    assert Workspace(tmp_path / "demo.1").raw_table.read_text() == "300"
    assert Workspace(tmp_path / "demo.2").raw_table.read_text() == "400"


def test_a_workspace_in_use_is_neither_entered_nor_set_aside(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "demo")
    prepare_workspace(workspace, SETTINGS)
    with hold_workspace(workspace):
        with pytest.raises(WorkspaceLockedError, match="another run works in"), hold_workspace(workspace):
            pass
        with pytest.raises(WorkspaceLockedError):
            prepare_workspace(workspace, OTHER)
    assert list(tmp_path.iterdir()) == [tmp_path / "demo"]
    with hold_workspace(workspace):
        assert workspace.root.is_dir()


@pytest.mark.parametrize(
    ("place", "options", "said"),
    [
        ("demo", ["--artworks", "30"], "expected at least 220"),
        ("demo", ["--labels", "labels.csv"], "without --images"),
        ("file", ["--artworks", "300"], "cannot be written"),
    ],
)
def test_what_cannot_be_run_is_refused_in_words(
    place: str, options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["--workspace", str(tmp_path / place), *options]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "demo").exists()


def test_the_project_root_is_never_set_aside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("src.pipeline.PROJECT_ROOT", tmp_path)
    workspace = Workspace(tmp_path)
    prepare_workspace(workspace, SETTINGS)
    with pytest.raises(UsageError, match="project root"):
        prepare_workspace(workspace, OTHER)
    assert PROJECT_ROOT.is_dir()
