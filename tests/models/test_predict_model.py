import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from src.errors import UsageError
from src.features.decode_image import decode_image
from src.features.measure_image import measure_image
from src.models.artefacts import load_model
from src.models.pictures import find_pictures
from src.models.predict_model import main
from src.paths import PROJECT_ROOT

EXPECTED = {"a/RED.jpg": "RED", "a/deep/BLUE.png": "BLUE", "b/RED.jpg": "RED", "b/WHITE.webp": "WHITE"}


@pytest.fixture(autouse=True)
def there(picture_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(picture_folder)


def run(models_dir: Path, *arguments: str) -> int:
    return main([*arguments, "--models", str(models_dir)])


def read_csv(text: str) -> dict[str, str]:
    return {row["path"]: row["prediction"] for row in csv.DictReader(io.StringIO(text))}


def test_files_folders_and_patterns_are_found_once_and_in_order() -> None:
    found = find_pictures(["b", "a/RED.jpg", "**/*.jpg", "GREEN.JPG"], io.BytesIO())
    assert found.names == ("b/RED.jpg", "b/WHITE.webp", "a/RED.jpg", "GREEN.JPG")
    assert found.missing == []


def test_a_list_on_standard_input_is_read_line_by_line() -> None:
    found = find_pictures(["-"], io.BytesIO(b"a/RED.jpg\r\n\nno such.jpg\na/deep\n"))
    assert found.names == ("a/RED.jpg", "a/deep/BLUE.png")
    assert [name for name, _ in found.missing] == ["no such.jpg"]
    with pytest.raises(UsageError, match="empty"):
        find_pictures(["-"], io.BytesIO(b"\n"))


def test_an_empty_folder_and_a_pattern_without_a_match_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = find_pictures([str(tmp_path / "empty"), "*.bmp"], io.BytesIO())
    assert [reason.split(":")[0] for _, reason in found.missing] == [
        "the folder holds no picture",
        "the pattern matches no picture",
    ]


def test_a_file_that_is_named_is_tried_whatever_it_is_called(picture_folder: Path) -> None:
    shutil.copy("a/RED.jpg", "picture.dat")
    assert find_pictures(["picture.dat"], io.BytesIO()).names == ("picture.dat",)
    assert "picture.dat" not in find_pictures(["."], io.BytesIO()).names


def test_a_folder_is_classified_recursively_into_csv(models_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(models_dir, ".", "--csv", "answers.csv") == 0
    text = Path("answers.csv").read_text()
    assert text.startswith("path,prediction,probability,second,second_probability\n")
    assert read_csv(text) == {f"./{name}": colour for name, colour in {"GREEN.JPG": "GREEN", **EXPECTED}.items()}
    assert "5 pictures in" in capsys.readouterr().err


def test_the_answers_are_those_of_the_shared_path_and_the_model(
    models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(models_dir, "a", "b", "--json", "--probabilities") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    model = load_model(models_dir)
    assert [line["path"] for line in lines] == list(EXPECTED)
    for line in lines:
        (expected,) = model.predict_features(measure_image(Path(line["path"]).read_bytes())[None])
        assert line["prediction"] == expected.colour
        assert line["probability"] == pytest.approx(expected.probability, abs=1e-4)
        assert line["second"] == expected.second_colour
        assert line["probabilities"] == pytest.approx(dict(expected.probabilities), abs=1e-4)


def test_probabilities_have_a_column_each(models_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(models_dir, "a/RED.jpg", "--csv", "-", "--probabilities") == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    shares = [float(row[f"probability_{name}"]) for name in ("BLUE", "GREEN", "RED", "WHITE")]
    assert sum(shares) == pytest.approx(1, abs=1e-3)
    assert float(row["probability"]) == max(shares)


def test_a_table_for_people_names_picture_colour_and_second_guess(
    models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(models_dir, "a/RED.jpg", "--probabilities") == 0
    out = capsys.readouterr().out
    assert "a/RED.jpg" in out
    assert "■ RED" in out
    assert "%" in out


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
    assert "4 without an answer" in message
    assert message.index("5 pictures in") < message.index("4 without an answer")
    for part in ("gone.jpg: there is no such file", "empty.png: the file is empty", "half.jpg: the JPEG file is trunc"):
        assert part in message
    assert "Traceback" not in captured.err


def test_pictures_are_copied_into_a_folder_a_colour_and_nothing_is_overwritten(models_dir: Path) -> None:
    assert run(models_dir, ".", "--sort-into", "sorted") == 0
    files = {str(path.relative_to("sorted")) for path in Path("sorted").rglob("*") if path.is_file()}
    assert files == {"RED/RED.jpg", "RED/RED-2.jpg", "BLUE/BLUE.png", "WHITE/WHITE.webp", "GREEN/GREEN.JPG"}
    assert {Path("sorted/RED/RED.jpg").read_bytes(), Path("sorted/RED/RED-2.jpg").read_bytes()} == {
        Path("a/RED.jpg").read_bytes(),
        Path("b/RED.jpg").read_bytes(),
    }
    assert all((Path(name)).is_file() for name in EXPECTED), "the originals stay"
    assert run(models_dir, ".", "--sort-into", "sorted") == 0, "a second run, which leaves its own copies alone"
    assert {str(path.relative_to("sorted")) for path in Path("sorted").rglob("*") if path.is_file()} == files


def test_pictures_are_linked_where_asked(models_dir: Path) -> None:
    assert run(models_dir, "a", "--sort-into", "sorted", "--link") == 0
    link = Path("sorted/BLUE/BLUE.png")
    assert link.is_symlink()
    assert link.read_bytes() == Path("a/deep/BLUE.png").read_bytes()


def test_a_contact_sheet_is_drawn(models_dir: Path) -> None:
    assert run(models_dir, ".", "--contact-sheet", "sheet.png") == 0
    sheet = decode_image(Path("sheet.png").read_bytes())
    assert sheet.shape[0] > 4 * 90
    reddish = (sheet[:, :, 2] > 150) & (sheet[:, :, 0] < 120)
    assert np.count_nonzero(reddish) > 2000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a", "--link"], "--sort-into"),
        (["a", "--csv", "/proc/none/x.csv"], "cannot be written"),
        (["a", "--csv", "b"], "b cannot be written (it is a folder): expected a file for the answers"),
        (["a", "--json", "b"], "b cannot be written (it is a folder): expected a file for the answers"),
        (["a", "--contact-sheet", "b.png"], "b.png cannot be written (it is a folder)"),
        (["a", "--contact-sheet", "sheet.gif"], "expected a name in .jpg, .jpeg or .png"),
        (["a", "--sort-into", "a/RED.jpg"], "expected a folder for the sorted pictures"),
        (["s3://bucket/img", "a"], "only argument"),
    ],
)
def test_wrong_usage_ends_with_2_before_any_picture_is_read(
    models_dir: Path,
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("b.png").mkdir()
    monkeypatch.setattr("src.models.predict_model.classify_pictures", lambda *_: pytest.fail("pictures were read"))
    assert run(models_dir, *arguments) == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_a_reader_that_has_gone_is_no_error(models_dir: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "src.models.predict_model", str(Path("a/RED.jpg").resolve()), "--csv", "-"]
    done = subprocess.run(
        [*command, "--models", str(models_dir)], cwd=PROJECT_ROOT, stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert done.returncode == 1
    assert b"rror" not in done.stderr


def test_a_missing_model_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "a") == 2
    assert "src.models.train_model" in " ".join(capsys.readouterr().err.split())


def test_a_picture_above_the_cap_is_refused_alone(models_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(models_dir, "a/RED.jpg", "--maximum-memory", "1000") == 1
    assert "expected at most 0 MB" in " ".join(capsys.readouterr().err.split())


def test_many_pictures_over_processes_have_the_answers_of_one(models_dir: Path, picture_folder: Path) -> None:
    many = picture_folder / "many"
    many.mkdir()
    for number in range(100):
        source = picture_folder / list(EXPECTED)[number % len(EXPECTED)]
        shutil.copy(source, many / f"{number:03}{source.suffix}")
    assert run(models_dir, "many", "--jobs", "2", "--csv", "two.csv") == 0
    assert run(models_dir, "many", "--jobs", "1", "--csv", "one.csv") == 0
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()
    assert len(read_csv(Path("one.csv").read_text())) == 100


def test_the_list_comes_from_the_real_standard_input(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a/RED.jpg\n")))
    assert run(models_dir, "-", "--csv", "-") == 0
    assert read_csv(capsys.readouterr().out) == {"a/RED.jpg": "RED"}
