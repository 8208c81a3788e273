import contextlib
import hashlib
import random
from pathlib import Path

import pytest

from src.paths import Workspace
from src.scraping.placement import clear_waiting, find_files, incoming_dir, place_files


def wait_for_place(workspace: Workspace, *contents: str) -> None:
    incoming_dir(workspace).mkdir(parents=True, exist_ok=True)
    for content in contents:
        (incoming_dir(workspace) / digest(content)).write_text(content)


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def place(workspace: Workspace, *contents: str | None) -> list[int]:
    wanted = {index: digest(content) for index, content in enumerate(contents) if content is not None}
    return place_files(workspace, wanted, find_files(workspace))


def read_files(workspace: Workspace) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(workspace.image_dir.iterdir())}


def test_files_get_their_numbers_and_one_picture_may_serve_two(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    wait_for_place(workspace, "a", "b")
    assert place(workspace, "a", "b", None, "a") == []
    assert read_files(workspace) == {"0.jpg": "a", "1.jpg": "b", "3.jpg": "a"}
    assert list(incoming_dir(workspace).iterdir()) == []


def test_files_follow_their_artworks_when_rows_are_inserted(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    wait_for_place(workspace, *"abcd")
    place(workspace, *"abcd")
    wait_for_place(workspace, "x", "y")
    assert place(workspace, "a", "x", "b", "y", "c", "d") == []
    assert list(read_files(workspace).values()) == ["a", "x", "b", "y", "c", "d"]
    assert place(workspace, "d", "a") == []
    clear_waiting(workspace)
    assert read_files(workspace) == {"0.jpg": "d", "1.jpg": "a"}


def test_what_is_nowhere_is_told(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    wait_for_place(workspace, "a")
    assert place(workspace, "a", "b") == [1]
    assert read_files(workspace) == {"0.jpg": "a"}


def test_what_is_not_what_it_says_is_removed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    wait_for_place(workspace, "a")
    (incoming_dir(workspace) / digest("b")).write_text("half of b")
    (incoming_dir(workspace) / ".b.123.part").write_text("half")
    workspace.image_dir.mkdir(parents=True)
    (workspace.image_dir / ".0.x.part.jpg").write_text("half")
    (workspace.image_dir / "mine.jpg").write_text("a person's own")
    assert list(find_files(workspace).values()) == [digest("a")]
    assert place(workspace, "a") == []
    assert read_files(workspace) == {"0.jpg": "a", "mine.jpg": "a person's own"}


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
    assert place(workspace, *contents) == []
    assert read_files(workspace) == {f"{index}.jpg": content for index, content in enumerate(contents)}
