"""The stage: every picture becomes a row or a reject, whatever happens, and the bytes depend on the input alone."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from src.errors import TableError, UsageError
from src.features import build_features as stage
from src.features.build_features import build_features, main
from src.features.measure_image import ImageBatch, MeasuredPicture, measure_batch, measure_image
from src.features.schema import FEATURE_NAMES
from src.paths import PROJECT_ROOT, Workspace
from src.tables import PROCESSED, REJECTS, read_table
from tests.support.picture_cases import GOOD, REFUSED
from tests.support.waiting import has_ended, wait_for
from tests.support.workspace_files import list_files


def test_every_picture_becomes_a_row_or_a_reject(workspace: Workspace) -> None:
    good, bad = list(GOOD.values()), [content for content, _, _ in REFUSED.values()]
    contents = dict(enumerate(good + bad))
    missing, failed = len(contents), len(contents) + 1
    list_files(workspace, {**contents, missing: None, failed: None}, without=(failed,))
    summary = build_features(workspace, jobs=1)
    assert (summary.images, summary.rows, summary.rejects) == (len(contents) + 1, len(good), len(bad) + 1)
    rows = read_table(workspace.processed_table, PROCESSED)
    assert rows["index"].tolist() == list(range(len(good)))
    np.testing.assert_array_equal(rows[list(FEATURE_NAMES)].astype(float), [measure_image(content) for content in good])
    rejects = read_table(workspace.rejects_table, REJECTS).set_index("filename")["reason"]
    assert rejects.index.tolist() == [f"{index}.jpg" for index in range(len(good), missing + 1)]
    assert "is missing" in rejects[f"{missing}.jpg"]


def test_processes_do_not_change_a_byte(workspace: Workspace, small_files: Mapping[int, bytes], tmp_path: Path) -> None:
    contents = {**small_files, 7: b"text", 300: b""}
    other = Workspace(tmp_path / "other")
    for place, jobs in ((workspace, 1), (other, 2)):
        list_files(place, contents)
        summary = build_features(place, jobs=jobs)
        assert (summary.rows, summary.rejects, summary.measured, summary.workers) == (598, 2, 600, jobs)
    for table in ("processed_table", "rejects_table"):
        assert getattr(workspace, table).read_bytes() == getattr(other, table).read_bytes()


def test_a_second_run_measures_only_what_is_new(workspace: Workspace, small_files: Mapping[int, bytes]) -> None:
    list_files(workspace, dict(list(small_files.items())[:500]))
    assert build_features(workspace, jobs=1).measured == 500
    before = workspace.processed_table.read_bytes()
    again = build_features(workspace, jobs=1)
    assert (again.measured, again.rows) == (0, 500)
    assert workspace.processed_table.read_bytes() == before
    list_files(workspace, small_files)  # rewrites the files: their times change
    touched = workspace.image_dir / "3.jpg"
    os.utime(touched, ns=(1, 1))
    assert build_features(workspace, jobs=1).rows == 600
    touched.write_bytes(b"no picture any more")
    changed = build_features(workspace, jobs=1)
    assert (changed.measured, changed.rejects) == (256, 1)
    assert len(list(workspace.measured_dir.iterdir())) == 3


def test_a_file_that_comes_back_is_measured(
    workspace: Workspace, small_files: Mapping[int, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    list_files(workspace, {0: small_files[0], 1: None})
    assert main(["--workspace", str(workspace.root), "--jobs", "1"]) == 1
    (workspace.image_dir / "1.jpg").write_bytes(small_files[1])
    assert main(["--workspace", str(workspace.root), "--jobs", "1"]) == 0
    assert "2 images: 2 rows, 0 rejects; measured 2" in capsys.readouterr().out
    assert workspace.rejects_table.read_text() == "filename,reason\n"


def test_chunks_that_are_damaged_or_of_other_code_are_measured_again(
    workspace: Workspace, small_files: Mapping[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    list_files(workspace, small_files)
    build_features(workspace, jobs=1)
    before = workspace.processed_table.read_bytes()
    chunk = sorted(workspace.measured_dir.iterdir())[1]
    chunk.write_bytes(chunk.read_bytes()[:100])
    assert build_features(workspace, jobs=1).measured == 256
    assert workspace.processed_table.read_bytes() == before
    monkeypatch.setattr("src.features.build_features._describe_extractor", lambda: "another version")
    assert build_features(workspace, jobs=1).measured == 600


def test_a_table_that_changes_meanwhile_is_noticed(
    workspace: Workspace, small_files: Mapping[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    list_files(workspace, small_files)

    def measure_and_change(batch: ImageBatch) -> list[MeasuredPicture]:
        content = workspace.interim_table.read_text("utf-8").replace("/ci/599", "/ci/another")
        workspace.interim_table.write_text(content, "utf-8")
        return measure_batch(batch)

    monkeypatch.setattr(stage, "measure_batch", measure_and_change)
    with pytest.raises(TableError, match="changed during the run"):
        build_features(workspace, jobs=1)
    assert not workspace.processed_table.exists()


def kill_own_worker_at_3(batch: ImageBatch) -> list[MeasuredPicture]:
    if "3.jpg" in batch.names:
        os.kill(os.getpid(), signal.SIGKILL)
    return measure_batch(batch)


@pytest.mark.slow
def test_a_file_that_kills_its_process_is_a_reject(
    workspace: Workspace, small_files: Mapping[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "measure_batch", kill_own_worker_at_3)
    monkeypatch.setattr("src.features.measure_image.measure_batch", kill_own_worker_at_3)
    list_files(workspace, {index: small_files[index] for index in range(7)})
    summary = build_features(workspace, jobs=2)
    assert (summary.rows, summary.rejects) == (6, 1)
    rejects = read_table(workspace.rejects_table, REJECTS)
    assert rejects["filename"].tolist() == ["3.jpg"]
    assert "the process that decoded the file died" in rejects["reason"][0]


def test_wrong_input_leaves_the_old_table(workspace: Workspace, small_files: Mapping[int, bytes]) -> None:
    list_files(workspace, {0: small_files[0]})
    build_features(workspace, jobs=1)
    before = workspace.processed_table.read_bytes()
    list_files(workspace, {0: None}, without=(0,))
    with pytest.raises(TableError, match="no picture with status ok"):
        build_features(workspace, jobs=1)
    workspace.interim_table.unlink()
    with pytest.raises(TableError, match="is missing: run the stage before"):
        build_features(workspace, jobs=1)
    with pytest.raises(UsageError, match="is not a folder"):
        build_features(workspace, jobs=1, images=str(workspace.root / "nowhere"))
    assert workspace.processed_table.read_bytes() == before


@pytest.mark.slow
def test_ctrl_c_leaves_no_process_and_loses_no_chunk(workspace: Workspace, small_files: Mapping[int, bytes]) -> None:
    many = {index: small_files[index % 20] for index in range(256 * 12)}
    list_files(workspace, many)
    command = [sys.executable, "-m", "src.features.build_features", "--workspace", str(workspace.root), "--jobs", "2"]
    with subprocess.Popen(
        command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        assert wait_for(lambda: list(workspace.measured_dir.glob("*.npz")))
        os.killpg(process.pid, signal.SIGINT)
        code = process.wait(60)
    assert code == 130
    assert not workspace.processed_table.exists()
    assert has_ended(process.pid)
    kept = len(list(workspace.measured_dir.glob("*.npz")))
    assert build_features(workspace, jobs=1).measured == (12 - kept) * 256
