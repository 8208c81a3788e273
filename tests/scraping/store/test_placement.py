import contextlib
import hashlib
import random
from pathlib import Path

import pytest

from src.paths import Workspace
from src.scraping.store.placement import Placement, find_pictures, incoming_dir, name_in, place_pictures


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def wait_for_place(workspace: Workspace, *contents: str) -> None:
    incoming_dir(workspace).mkdir(parents=True, exist_ok=True)
    for content in contents:
        (incoming_dir(workspace) / digest(content)).write_text(content)


def place(workspace: Workspace, *contents: str | None, is_whole: bool = True, owns: bool = True) -> Placement:
    """Place contents by index; with ``owns``, what is numbered already is the scraper's own."""
    wanted = {index: digest(content) for index, content in enumerate(contents) if content is not None}
    owned = {(name_in(workspace, path), sha256) for path, sha256 in find_pictures(workspace).items()} if owns else set()
    return place_pictures(workspace, wanted, owned, is_whole=is_whole)


def read_files(workspace: Workspace) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(workspace.image_dir.iterdir())}


def put_files(workspace: Workspace, **contents: str) -> None:
    workspace.image_dir.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (workspace.image_dir / f"{name.strip('_')}.jpg").write_text(content)


def test_files_get_their_numbers_and_one_picture_may_serve_two(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    wait_for_place(workspace, "a", "b")
    assert sorted(place(workspace, "a", "b", None, "a").placed) == [0, 1, 3]
    assert read_files(workspace) == {"0.jpg": "a", "1.jpg": "b", "3.jpg": "a"}
    assert not incoming_dir(workspace).exists()


def test_files_follow_their_artworks_when_rows_are_inserted(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    wait_for_place(workspace, *"abcd")
    place(workspace, *"abcd")
    wait_for_place(workspace, "x", "y")
    assert len(place(workspace, "a", "x", "b", "y", "c", "d").placed) == 6
    assert list(read_files(workspace).values()) == ["a", "x", "b", "y", "c", "d"]
    place(workspace, "d", "a")
    assert read_files(workspace) == {"0.jpg": "d", "1.jpg": "a"}


def test_what_is_nowhere_is_not_placed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    wait_for_place(workspace, "a")
    (incoming_dir(workspace) / digest("b")).write_text("half of b")
    assert list(place(workspace, "a", "b").placed) == [0]
    assert read_files(workspace) == {"0.jpg": "a"}


def test_what_others_wrote_is_kept_and_named(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    put_files(workspace, _0="mine", _1="a", _7="also mine", **{"0.kept": "older", "picture": "named"})
    wait_for_place(workspace, "a", "b")
    result = place(workspace, "a", "b", owns=False)
    assert (result.kept_aside, result.unclaimed) == (["0.kept2.jpg", "1.kept.jpg"], ["7.jpg"])
    assert read_files(workspace) == {
        "0.jpg": "a",
        "0.kept.jpg": "older",
        "0.kept2.jpg": "mine",
        "1.jpg": "b",
        "1.kept.jpg": "a",
        "7.jpg": "also mine",
        "picture.jpg": "named",
    }


def test_own_files_go_only_when_the_new_ones_are_all_there(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    wait_for_place(workspace, *"abcd")
    place(workspace, *"abcd")
    wait_for_place(workspace, "x")
    place(workspace, "x", "b", None, is_whole=False)
    assert read_files(workspace) == {"0.jpg": "x", "1.jpg": "b"}
    assert sorted(path.read_text() for path in incoming_dir(workspace).iterdir()) == ["a", "c", "d"]
    place(workspace, "x", "b")
    assert read_files(workspace) == {"0.jpg": "x", "1.jpg": "b"}
    assert not incoming_dir(workspace).exists()


class Killed(BaseException):
    pass


@pytest.mark.parametrize("seed", range(12))
def test_a_run_killed_while_renaming_is_completed_by_the_next(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(seed)
    workspace = Workspace(tmp_path)
    contents = [dice.choice("abcdefgh") + str(number % 5) for number in range(30)]
    wait_for_place(workspace, *contents)
    place(workspace, *contents)
    dice.shuffle(contents)
    steps = dice.randrange(40)
    replace = Path.replace

    def replace_or_die(self: Path, target: Path) -> Path:
        nonlocal steps
        steps -= 1
        if steps < 0:
            raise Killed
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace_or_die)
        with contextlib.suppress(Killed):
            place(workspace, *contents)
    assert len(place(workspace, *contents).placed) == 30
    assert read_files(workspace) == {f"{index}.jpg": content for index, content in enumerate(contents)}


def test_folders_and_waiting_files_of_others_stay(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    (workspace.image_dir / "0.jpg").mkdir(parents=True)
    wait_for_place(workspace, "a")
    theirs = incoming_dir(workspace) / ("f" * 64)
    theirs.write_text("mine")
    assert place(workspace, "a").kept_aside == ["0.kept.jpg"]
    assert (workspace.image_dir / "0.jpg").read_text() == "a"
    assert theirs.read_text() == "mine"
