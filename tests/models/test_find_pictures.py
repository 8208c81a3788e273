"""What lies about on people's disks: links, loops, pipes, odd names and lists."""

import importlib.util
import io
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from src.errors import UsageError
from src.models.pictures import FoundPictures, find_pictures
from src.paths import PROJECT_ROOT
from tests.support.picture_files import draw
from tests.support.process_groups import has_ended


@pytest.fixture(autouse=True)
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("scans").mkdir()
    Path("scans/a.jpg").write_bytes(draw("RED"))
    return tmp_path


def find(*arguments: str, given: bytes = b"") -> FoundPictures:
    return find_pictures(arguments, io.BytesIO(given))


@pytest.mark.parametrize("argument", ["scans", "scans/*.jpg", "scans/**/*.jpg"])
def test_only_regular_files_are_taken_and_the_rest_has_a_reason(argument: str) -> None:
    os.mkfifo("scans/b.jpg")
    Path("scans/c.jpg").symlink_to("nowhere")
    Path("scans/d.jpg").symlink_to("d.jpg")
    Path("scans/e.jpg").symlink_to("/dev/zero")  # is looked at, never opened
    found = find(argument)
    assert found.names == ("scans/a.jpg",)
    reasons = dict(found.missing)
    assert reasons["scans/c.jpg"] == "a broken link"
    assert "a pipe" in reasons["scans/b.jpg"]
    assert "a device" in reasons["scans/e.jpg"]
    assert set(reasons) == {"scans/b.jpg", "scans/c.jpg", "scans/d.jpg", "scans/e.jpg"}


def test_a_pipe_that_is_named_is_not_waited_for() -> None:
    os.mkfifo("pipe.jpg")
    found = find("pipe.jpg")
    assert found.names == ()
    assert "standard input" in dict(found.missing)["pipe.jpg"]


@pytest.mark.parametrize("argument", ["loop", "loop/**/*.jpg", "loop/**"])
def test_loops_of_links_end_and_give_each_picture_once(argument: str) -> None:
    Path("loop").mkdir()
    Path("loop/p.jpg").write_bytes(draw("BLUE"))
    for name in ("self", "again"):
        Path("loop", name).symlink_to(".")
    Path("loop/other").symlink_to("../scans")
    found = find(argument)
    assert found.names == ("loop/p.jpg",)
    assert [line.split(":")[0] for line in found.passed_over] == ["loop/again", "loop/other", "loop/self"]


def test_a_picture_under_two_names_is_taken_once() -> None:
    Path("scans/link.jpg").symlink_to("a.jpg")
    assert find("scans", "scans/link.jpg", "./scans/a.jpg").names == ("scans/a.jpg",)


def test_what_is_no_picture_by_its_name_is_counted_and_refused_kinds_are_tried() -> None:
    for name in ("notes.txt", "more.txt", "IMG.HEIC", "x.gif", "y.tiff", "z.avif"):
        Path("scans", name).write_bytes(b"?")
    found = find("scans")
    assert found.names == ("scans/IMG.HEIC", "scans/a.jpg", "scans/x.gif", "scans/y.tiff", "scans/z.avif")
    assert found.passed_over == ["2 files of other kinds by their names (.txt 2)"]


@pytest.mark.parametrize(
    "given",
    [
        b"\xef\xbb\xbfscans/a.jpg\r\nscans/b c.jpg\r\n",
        b"scans/a.jpg\0scans/b c.jpg\0",
        b"scans/a.jpg\nscans/b c.jpg",
    ],
)
def test_lists_are_read_as_tools_write_them(given: bytes) -> None:
    Path("scans/b c.jpg").write_bytes(draw("BLUE"))
    assert find("-", given=given).names == ("scans/a.jpg", "scans/b c.jpg")


def test_a_list_may_hold_names_that_are_not_utf8() -> None:
    Path(os.fsdecode(b"caf\xe9.jpg")).write_bytes(draw("BLUE"))
    assert [os.fsencode(name) for name in find("-", given=b"caf\xe9.jpg\n").names] == [b"caf\xe9.jpg"]


def test_a_picture_on_standard_input_is_the_picture() -> None:
    found = find("-", given=draw("RED"))
    assert (found.names, found.content) == ((), draw("RED"))


@pytest.mark.parametrize("content", [b"%PDF-1.7\nmore", b"\xff\x0a\x11", b"\0\0\0\x18ftypheic\0\0\0\0", b"<svg/>\n"])
def test_other_kinds_on_standard_input_are_no_list(content: bytes) -> None:
    assert find("-", given=content).content == content


def test_a_list_may_begin_as_a_raw_photograph_does() -> None:
    Path("FUJIFILM.jpg").write_bytes(draw("RED"))
    assert find("-", given=b"FUJIFILM.jpg\nscans/a.jpg\n").names == ("FUJIFILM.jpg", "scans/a.jpg")


@pytest.mark.parametrize("name", ["a.jpg", "b c.jpg", "50%.jpg"])
def test_a_file_url_names_a_file_or_a_folder(there: Path, name: str) -> None:
    path = there / "scans" / name
    path.write_bytes(draw("RED"))
    assert find(f"file://{path}").names == (str(path),)
    assert find(path.as_uri()).names == (str(path),)
    assert find(f"file:{path}").names == (str(path),)
    assert str(path) in find(f"file://{there}/scans").names


def test_web_addresses_are_not_fetched() -> None:
    if importlib.util.find_spec("aiohttp"):
        pytest.skip("fsspec fetches them where aiohttp is installed")
    with pytest.raises(UsageError, match="not fetched; save the picture"):
        find("https://example.org/picture.jpg")


def predict(models_dir: Path, *arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a person does, from the folder of the pictures."""
    command = [sys.executable, "-m", "src.models.predict_model", *arguments, "--models", str(models_dir)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT), **options.pop("env", {})}
    return subprocess.run(command, capture_output=True, env=environment, timeout=60, check=False, **options)


@pytest.mark.parametrize("encoding", ["utf-8:strict", "ascii", "cp1252"])
@pytest.mark.slow
def test_no_name_and_no_terminal_costs_a_result(models_dir: Path, encoding: str) -> None:
    name = os.fsdecode(b"caf\xe9 [/x] :smile:.jpg")
    Path(name).parent.mkdir()
    Path(name).write_bytes(draw("RED"))
    done = predict(models_dir, name, "gone [/b].jpg", env={"PYTHONIOENCODING": encoding})
    assert done.returncode == 1, done.stderr
    assert b"caf\\udce9 [/x] :smile:.jpg" in done.stdout
    assert b"RED" in done.stdout
    assert b"gone [/b].jpg: the pattern matches no picture" in done.stderr
    done = predict(models_dir, name, "--csv", "out.csv", "--json", env={"PYTHONIOENCODING": encoding})
    assert done.returncode == 0, done.stderr
    assert b"caf\\udce9 [/x]" in done.stdout
    assert Path("out.csv").read_bytes().splitlines()[1].startswith(b"caf\xe9 [/x] :smile:.jpg,RED,")


@pytest.mark.slow
def test_a_picture_on_standard_input_is_classified(models_dir: Path) -> None:
    done = predict(models_dir, "-", "--csv", "-", input=draw("BLUE"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith(b"-,BLUE,")
    done = predict(models_dir, "-", "--json", input=draw("BLUE")[:300])
    assert done.returncode == 1
    assert b"truncated" in done.stdout


@pytest.mark.slow
def test_answers_go_into_pipes_and_through_links(models_dir: Path) -> None:
    os.mkfifo("answers.csv")
    Path("sheet.png").symlink_to("real.png")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(Path("answers.csv").read_bytes()))
    reader.start()
    done = predict(models_dir, "scans", "--csv", "answers.csv", "--contact-sheet", "sheet.png")
    reader.join(30)
    assert done.returncode == 0, done.stderr
    assert read[0].splitlines()[1].startswith(b"scans/a.jpg,RED,")
    assert Path("answers.csv").is_fifo()
    assert Path("sheet.png").is_symlink()
    assert Path("real.png").read_bytes().startswith(b"\x89PNG")
    done = predict(models_dir, "scans", "--csv", "/proc/self/fd/1")
    assert done.stdout.splitlines()[1].startswith(b"scans/a.jpg,RED,")


@pytest.mark.slow
def test_paths_are_not_taken_for_markup(models_dir: Path) -> None:
    done = predict(Path("none[/y]"), "scans")
    assert done.returncode == 2
    assert b"none[/y] lacks" in done.stderr
    done = predict(models_dir, "scans", "--contact-sheet", "sheet [b].png", "--sort-into", "sorted [v2]")
    assert done.returncode == 0
    assert b"contact sheet: sheet [b].png" in done.stderr
    assert b"sorted [v2]" in done.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.slow
def test_ctrl_c_ends_every_process_and_writes_nothing(models_dir: Path, jobs: str) -> None:
    for number in range(4000):
        Path("scans", f"{number}.jpg").write_bytes(draw("RED"))
    command = [sys.executable, "-m", "src.models.predict_model", "scans", "--models", str(models_dir)]
    with subprocess.Popen(
        [*command, "--jobs", jobs, "--csv", "out.csv"],
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        start_new_session=True,
    ) as process:
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
