"""What lies about on people's disks: links, loops, pipes, odd names and lists."""

import importlib.util
import io
import os
from pathlib import Path

import pytest

from src.errors import UsageError
from src.models.pictures import FoundPictures, find_pictures
from tests.support.picture_files import draw


@pytest.fixture(autouse=True)
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("scans/a.jpg", "scans/deep/b c.png", "UP.JPG"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(draw("RED"))
    return tmp_path


def find(*arguments: str, given: bytes = b"") -> FoundPictures:
    return find_pictures(arguments, io.BytesIO(given))


def test_files_folders_and_patterns_are_found_once_and_in_order() -> None:
    Path("scans/link.jpg").symlink_to("a.jpg")
    found = find("scans/deep", "./scans/a.jpg", "scans", "**/*.jpg", "UP.JPG")
    assert found.names == ("scans/deep/b c.png", "./scans/a.jpg", "UP.JPG")
    assert found.missing == []


@pytest.mark.parametrize("argument", ["scans", "scans/*.jpg", "scans/**/*.jpg"])
def test_only_regular_files_are_taken_and_the_rest_has_a_reason(argument: str) -> None:
    os.mkfifo("scans/b.jpg")
    Path("scans/c.jpg").symlink_to("nowhere")
    Path("scans/d.jpg").symlink_to("d.jpg")
    Path("scans/e.jpg").symlink_to("/dev/zero")  # is looked at, never opened
    found = find(argument)
    assert found.names[0] == "scans/a.jpg"
    reasons = dict(found.missing)
    assert reasons["scans/c.jpg"] == "a broken link"
    assert "a pipe" in reasons["scans/b.jpg"]
    assert "a device" in reasons["scans/e.jpg"]
    assert set(reasons) == {"scans/b.jpg", "scans/c.jpg", "scans/d.jpg", "scans/e.jpg"}


def test_what_is_named_and_holds_no_picture_has_a_reason() -> None:
    os.mkfifo("pipe.jpg")  # is not waited for
    Path("empty").mkdir()
    found = find("pipe.jpg", "empty", "*.bmp", "gone.jpg")
    assert found.names == ()
    reasons = dict(found.missing)
    assert "standard input" in reasons["pipe.jpg"]
    assert "the folder holds no picture" in reasons["empty"]
    assert "the pattern matches no picture" in reasons["*.bmp"]
    assert "there is no such file" in reasons["gone.jpg"]


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


def test_what_is_no_picture_by_its_name_is_counted_and_refused_kinds_are_tried() -> None:
    for name in ("notes.txt", "more.txt", "IMG.HEIC", "x.gif", "y.tiff", "z.avif"):
        Path("scans/deep", name).write_bytes(b"?")
    found = find("scans/deep")
    assert [Path(name).name for name in found.names] == ["IMG.HEIC", "b c.png", "x.gif", "y.tiff", "z.avif"]
    assert found.passed_over == ["2 files of other kinds by their names (.txt 2)"]
    assert find("scans/deep/notes.txt").names == ("scans/deep/notes.txt",), "what is named is tried"


@pytest.mark.parametrize(
    "given",
    [
        b"\xef\xbb\xbfscans/a.jpg\r\n\r\nscans/deep/b c.png\r\n",
        b"scans/a.jpg\0scans/deep/b c.png\0",
        b"scans/a.jpg\nscans/deep",
    ],
)
def test_lists_are_read_as_tools_write_them(given: bytes) -> None:
    assert find("-", given=given).names == ("scans/a.jpg", "scans/deep/b c.png")


@pytest.mark.parametrize("name", [b"caf\xe9.jpg", b"FUJIFILM.jpg"])
def test_a_list_may_hold_names_that_are_not_utf8_or_begin_as_a_picture_does(name: bytes) -> None:
    Path(os.fsdecode(name)).write_bytes(draw("BLUE"))
    assert [os.fsencode(found) for found in find("-", given=name + b"\n").names] == [name]


@pytest.mark.parametrize(
    "content", [draw("RED"), b"%PDF-1.7\nmore", b"\xff\x0a\x11", b"\0\0\0\x18ftypheic\0\0\0\0", b"<svg/>\n"]
)
def test_a_picture_of_any_kind_on_standard_input_is_no_list(content: bytes) -> None:
    found = find("-", given=content)
    assert (found.names, found.content) == ((), content)


def test_a_file_url_names_a_file_or_a_folder(there: Path) -> None:
    path = there / "scans" / "50% c.jpg"
    path.write_bytes(draw("RED"))
    for url in (f"file://{path}", path.as_uri(), f"file:{path}"):
        assert find(url).names == (str(path),)
    assert str(path) in find(f"file://{there}/scans").names


def test_an_empty_list_is_refused_and_web_addresses_are_not_fetched() -> None:
    with pytest.raises(UsageError, match="empty"):
        find("-", given=b"\n")
    if importlib.util.find_spec("aiohttp"):
        pytest.skip("fsspec fetches them where aiohttp is installed")
    with pytest.raises(UsageError, match="not fetched; save the picture"):
        find("https://example.org/picture.jpg")
