import contextlib
import random
from hashlib import sha256
from pathlib import Path

import pytest

from src.paths import Workspace
from src.scraping.store.placement import add_picture, find_pictures, incoming_dir, name_in, place_pictures


def add(workspace: Workspace, *contents: str) -> None:
    for content in contents:
        add_picture(workspace, content.encode())


def place(
    workspace: Workspace, *contents: str | None, is_whole: bool = True, owns: bool = True
) -> tuple[dict[int, str], list[str]]:
    """Place contents by index; with ``owns``, what is numbered already is the scraper's own."""
    wanted = {index: sha256(content.encode()).hexdigest() for index, content in enumerate(contents) if content}
    owned = {(name_in(workspace, path), digest) for path, digest in find_pictures(workspace).items()} if owns else set()
    return place_pictures(workspace, wanted, owned, is_whole=is_whole)


def read_files(workspace: Workspace) -> dict[str, str]:
    return {path.stem: path.read_text() for path in workspace.image_dir.iterdir()}


def test_files_get_their_numbers_and_one_picture_may_serve_two(workspace: Workspace) -> None:
    add(workspace, "a", "b", "c")
    (incoming_dir(workspace) / sha256(b"c").hexdigest()).write_text("half of c")
    assert sorted(place(workspace, "a", "b", None, "a", "c")[0]) == [0, 1, 3]
    assert read_files(workspace) == {"0": "a", "1": "b", "3": "a"}


def test_files_follow_their_artworks_and_go_only_when_all_is_there(workspace: Workspace) -> None:
    add(workspace, *"abcd")
    place(workspace, *"abcd")
    add(workspace, "x")
    place(workspace, "x", "b", None, is_whole=False)
    assert read_files(workspace) == {"0": "x", "1": "b"}
    assert sorted(path.read_text() for path in incoming_dir(workspace).iterdir()) == ["a", "c", "d"]
    place(workspace, *"axbdc")
    assert read_files(workspace) == dict(zip("01234", "axbdc", strict=True))
    place(workspace, "d", "a")
    assert read_files(workspace) == {"0": "d", "1": "a"}


def test_what_others_wrote_is_kept_and_named(workspace: Workspace) -> None:
    theirs = {"0": "mine", "0.kept": "older", "1": "a", "7": "also mine", "picture": "named"}
    (workspace.image_dir / "2.jpg").mkdir(parents=True)
    for name, content in theirs.items():
        (workspace.image_dir / f"{name}.jpg").write_text(content)
    add(workspace, "a", "b", "c")
    (incoming_dir(workspace) / ("f" * 64)).write_text("mine")
    _, (kept_aside, unclaimed) = place(workspace, "a", "b", "c", owns=False)
    assert all(name in kept_aside for name in ("0.kept2.jpg", "1.kept.jpg", "2.kept.jpg"))
    assert unclaimed == "1 numbered files belong to no row and stay: 7.jpg"
    assert (workspace.image_dir / "2.kept.jpg").is_dir()
    (workspace.image_dir / "2.kept.jpg").rmdir()
    moved = {"0": "a", "0.kept2": "mine", "1": "b", "1.kept": "a", "2": "c"}
    assert read_files(workspace) == theirs | moved
    assert [path.name for path in incoming_dir(workspace).iterdir()] == ["f" * 64]


class Killed(BaseException):
    pass


@pytest.mark.parametrize("seed", range(12))
def test_a_run_killed_while_renaming_is_completed_by_the_next(
    workspace: Workspace, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(seed)
    contents = [dice.choice("abcdefgh") + str(number % 5) for number in range(30)]
    add(workspace, *contents)
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
    assert len(place(workspace, *contents)[0]) == 30
    assert read_files(workspace) == {str(index): content for index, content in enumerate(contents)}
