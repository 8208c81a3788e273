"""The command: answers for people and programs, copies, a sheet, and what cannot be answered."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock, patch

import cv2
import numpy as np
import pytest

from src.features.decode_image import decode_image
from src.features.measure_image import measure_image
from src.models.artefacts import load_model
from src.models.predict_model import main
from src.paths import PROJECT_ROOT
from tests.support.made_rows import paint_noise
from tests.support.picture_files import draw
from tests.support.waiting import has_ended

COMMAND = [sys.executable, "-m", "src.models.predict_model"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
NAMES = ("GREEN.JPG", "a/RED.jpg", "a/deep/BLUE.png", "b/RED.jpg", "b/WHITE.webp")
ODD_NAME = os.fsdecode(b"caf\xe9 [/x] :smile:.jpg")


@pytest.fixture(autouse=True)
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of the colours that their names say, and a file that is none."""
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(1)
    for path in map(Path, NAMES):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cv2.imencode(path.suffix.lower(), paint_noise(path.stem, generator, 64))[1].tobytes())
    Path("notes.txt").write_text("no picture")


@pytest.fixture
def odd_name() -> str:
    """A picture whose name is not UTF-8 and looks like markup."""
    Path(ODD_NAME).parent.mkdir()
    Path(ODD_NAME).write_bytes(draw("RED"))
    return ODD_NAME


def run(models_dir: Path, *arguments: str) -> int:
    return main([*arguments, "--models", str(models_dir)])


def read_message(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().err.split())


def test_a_folder_is_classified_recursively_for_programs_and_people(
    models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(models_dir, ".", "--json", "--csv", "answers.csv", "--probabilities") == 0
    captured = capsys.readouterr()
    assert "5 pictures in" in captured.err
    lines = [json.loads(line) for line in captured.out.splitlines()]
    text = Path("answers.csv").read_text()
    assert text.startswith("path,prediction,probability,second,second_probability,")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [line["path"] for line in lines] == [row["path"] for row in rows] == [f"./{name}" for name in NAMES]
    model = load_model(models_dir)
    for line, row in zip(lines, rows, strict=True):
        (expected,) = model.predict_features(measure_image(Path(line["path"]).read_bytes())[None])
        assert line["prediction"] == row["prediction"] == expected.colour == Path(line["path"]).stem
        assert line["probability"] == float(row["probability"]) == pytest.approx(expected.probability, abs=1e-4)
        assert line["second"] == row["second"] == expected.second_colour
        assert line["probabilities"] == pytest.approx(dict(expected.probabilities), abs=1e-4)
        assert {name: float(row[f"probability_{name}"]) for name in model.classes} == line["probabilities"]
    assert run(models_dir, "a/RED.jpg") == 0
    out = capsys.readouterr().out
    assert all(part in out for part in ("a/RED.jpg", "■ RED", "%")), "a table for people"


def test_bad_files_are_listed_at_the_end_and_the_rest_is_done(
    models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("text.jpg").write_text("not a picture")
    Path("empty.png").write_bytes(b"")
    Path("half.jpg").write_bytes(Path("a/RED.jpg").read_bytes()[:300])
    assert run(models_dir, ".", "gone.jpg", "--json") == 1
    captured = capsys.readouterr()
    lines = [json.loads(line) for line in captured.out.splitlines()]
    assert {line["path"] for line in lines if "error" in line} == {"./text.jpg", "./empty.png", "./half.jpg"}
    assert sum("prediction" in line for line in lines) == 5
    message = " ".join(captured.err.split())
    assert message.index("5 pictures in") < message.index("4 without an answer")
    for part in ("gone.jpg: there is no such file", "empty.png: the file is empty", "half.jpg: the JPEG file is trunc"):
        assert part in message
    assert run(models_dir, "a/RED.jpg", "--maximum-memory", "1000") == 1
    assert "expected at most 0 MB" in read_message(capsys)


def test_pictures_are_copied_into_a_folder_a_colour_and_nothing_is_overwritten(models_dir: Path) -> None:
    for _ in range(2):  # the second run leaves its own copies alone
        assert run(models_dir, ".", "--sort-into", "sorted") == 0
        files = {str(path.relative_to("sorted")) for path in Path("sorted").rglob("*") if path.is_file()}
        assert files == {"RED/RED.jpg", "RED/RED-2.jpg", "BLUE/BLUE.png", "WHITE/WHITE.webp", "GREEN/GREEN.JPG"}
    copies = {Path("sorted/RED", name).read_bytes() for name in ("RED.jpg", "RED-2.jpg")}
    assert copies == {Path(name, "RED.jpg").read_bytes() for name in "ab"}
    assert run(models_dir, "a", "--sort-into", "linked", "--link") == 0
    assert Path("linked/BLUE/BLUE.png").is_symlink()
    assert Path("linked/BLUE/BLUE.png").read_bytes() == Path("a/deep/BLUE.png").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a", "--link"], "--sort-into"),
        (["a", "--csv", "/proc/none/x.csv"], "cannot be written"),
        (["a", "--json", "b"], "b cannot be written (it is a folder): expected a file for the answers"),
        (["a", "--contact-sheet", "sheet.gif"], "expected a name in .jpg, .jpeg or .png"),
        (["a", "--sort-into", "a/RED.jpg"], "expected a folder for the sorted pictures"),
        (["s3://bucket/img", "a"], "only argument"),
    ],
)
@patch("src.models.predict_model.classify_pictures", Mock(side_effect=AssertionError("pictures were read")))
def test_wrong_usage_ends_with_2_before_any_picture_is_read(
    models_dir: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(models_dir, *arguments) == 2
    assert message in read_message(capsys)


def test_many_pictures_over_processes_have_the_answers_of_one(models_dir: Path) -> None:
    Path("many").mkdir()
    for number in range(100):
        source = Path(NAMES[number % len(NAMES)])
        shutil.copy(source, f"many/{number:03}{source.suffix}")
    for jobs in ("1", "2"):
        assert run(models_dir, str(Path("many").absolute()), "--jobs", jobs, "--csv", f"{jobs}.csv") == 0
    assert Path("1.csv").read_bytes() == Path("2.csv").read_bytes()
    assert len(Path("1.csv").read_text().splitlines()) == 101


@pytest.mark.parametrize("encoding", ["utf-8:strict", "ascii"])
@pytest.mark.slow
def test_no_name_and_no_terminal_costs_a_result(models_dir: Path, encoding: str, odd_name: str) -> None:
    command = [*COMMAND, odd_name, "gone [/b].jpg", "--models", str(models_dir)]
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=60, check=False)
    assert done.returncode == 1, done.stderr
    assert b"caf\\udce9 [/x] :smile:.jpg" in done.stdout
    assert b"RED" in done.stdout
    assert b"gone [/b].jpg: the pattern matches no picture" in done.stderr


def test_a_name_that_is_not_utf_8_gets_its_own_bytes_back(
    models_dir: Path, capsysbinary: pytest.CaptureFixture[bytes], odd_name: str
) -> None:
    assert run(models_dir, odd_name, "--csv", "out.csv", "--json") == 0
    assert json.loads(capsysbinary.readouterr().out)["path"] == odd_name
    assert Path("out.csv").read_bytes().splitlines()[1].startswith(b"caf\xe9 [/x] :smile:.jpg,RED,")


def test_paths_in_messages_are_not_taken_for_markup(models_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Path("none[/y]"), "a") == 2
    assert "none[/y] lacks" in read_message(capsys)
    assert run(models_dir, ".", "--contact-sheet", "sheet [/b].png", "--sort-into", "sorted [v2]") == 0
    message = read_message(capsys)
    assert "contact sheet: sheet [/b].png" in message
    assert "sorted [v2]" in message
    sheet = decode_image(Path("sheet [/b].png").read_bytes())
    assert sheet.shape[0] > 4 * 90
    assert np.count_nonzero((sheet[:, :, 2] > 150) & (sheet[:, :, 0] < 120)) > 2000, "the red pictures"


def test_a_picture_on_standard_input_is_classified(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(draw("BLUE"))))
    assert run(models_dir, "-", "--csv", "-") == 0
    assert capsysbinary.readouterr().out.splitlines()[1].startswith(b"-,BLUE,")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(draw("BLUE")[:300])))
    assert run(models_dir, "-", "--json") == 1
    assert b"truncated" in capsysbinary.readouterr().out


@pytest.mark.slow
def test_answers_go_through_links_to_files_and_pipes(models_dir: Path) -> None:
    Path("sheet.png").symlink_to("real.png")
    command = [*COMMAND, "b/RED.jpg", "--csv", "/proc/self/fd/1", "--contact-sheet", "sheet.png"]
    done = subprocess.run([*command, "--models", str(models_dir)], capture_output=True, env=ENVIRONMENT, check=True)
    assert done.stdout.splitlines()[1].startswith(b"b/RED.jpg,RED,")
    assert Path("sheet.png").is_symlink()
    assert Path("real.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.slow
def test_ctrl_c_ends_every_process_and_writes_nothing(models_dir: Path, jobs: str) -> None:
    Path("many").mkdir()
    content = draw("RED")
    for number in range(4000):
        Path("many", f"{number}.jpg").write_bytes(content)
    command = [*COMMAND, "many", "--models", str(models_dir), "--jobs", jobs, "--csv", "out.csv"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=ENVIRONMENT, start_new_session=True) as process:
        assert process.stderr is not None
        shown = b""
        while b"classify" not in shown:
            assert process.poll() is None
            shown += process.stderr.read(1)
        os.killpg(process.pid, signal.SIGINT)
        _, messages = process.communicate(timeout=60)
    assert process.returncode == 130
    assert messages.endswith(b"interrupted\n")
    assert not Path("out.csv").exists()
    assert has_ended(process.pid)
