"""Gives every artwork its file ``<index>.jpg``, whatever was there before.

An artwork's number follows from everything listed before it, so numbers are known only at the end
of a run, and they change when a later run finds more. Files are therefore identified by their
content. Every step is a rename or a whole copy, and nothing is removed while it is needed, so a run
killed in the middle is completed by the next one.

A file that the scraper did not write is never removed or overwritten: where its name is needed it is
renamed (``7.jpg`` to ``7.kept.jpg``), and the summary names it.
"""

import re
import shutil
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from src.files import hash_file
from src.paths import Workspace

_NUMBERED: Final = re.compile(r"(?:0|[1-9]\d*)\.jpg")
_WAITING: Final = re.compile(r"[0-9a-f]{64}")
_HALF_WRITTEN: Final = re.compile(r"\.[0-9a-f]{64}\..*\.part")


@dataclass
class Placement:
    """What became of the numbered files.

    Attributes
    ----------
    placed
        SHA-256 by index, for every index whose file is in place.
    kept_aside
        New names of files that are not the scraper's and stood where a thumbnail belongs.
    unclaimed
        Names of numbered files that belong to no row and stay.
    """

    placed: dict[int, str] = field(default_factory=dict)
    kept_aside: list[str] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)


def incoming_dir(workspace: Workspace) -> Path:
    """Return the folder in which verified thumbnails wait, each named by its SHA-256."""
    return workspace.interim_table.parent / "incoming"


def find_pictures(workspace: Workspace) -> dict[Path, str]:
    """Return the SHA-256 of every numbered file and of every thumbnail that waits for its place."""
    found = {path: hash_file(path) for path in _list(workspace.image_dir, _NUMBERED)}
    for path in _list(incoming_dir(workspace), _WAITING):
        if hash_file(path) == path.name:
            found[path] = path.name
    return found


def place_pictures(  # noqa: PLR0912 - the order of the steps is the safety
    workspace: Workspace,
    wanted: Mapping[int, str],
    owned: Collection[tuple[str, str]],
    *,
    is_whole: bool,
) -> Placement:
    """Make ``<index>.jpg`` hold the content with the wanted SHA-256, for every index whose content is there.

    Parameters
    ----------
    workspace
        Where the files are.
    wanted
        SHA-256 by index.
    owned
        Files that the scraper wrote, as path in the workspace and SHA-256.
    is_whole
        Whether the run has all that it wanted; only then are own files removed that belong to no row.

    Returns
    -------
    Placement
    """
    folder, waiting = workspace.image_dir, incoming_dir(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    waiting.mkdir(parents=True, exist_ok=True)
    found, result = find_pictures(workspace), Placement()
    there = set(found.values())
    right = {folder / f"{index}.jpg": digest for index, digest in wanted.items() if digest in there}
    needed = Counter(digest for path, digest in right.items() if found.get(path) != digest)
    sources = {digest: path for path, digest in found.items() if right.get(path, digest) == digest}
    # First what stands in the wrong place makes room: own thumbnails wait again, others keep their bytes …
    for path, digest in found.items():
        if path.parent != folder or right.get(path) == digest:
            continue
        is_own = (name_in(workspace, path), digest) in owned
        if is_own and needed[digest]:
            sources[digest] = path.replace(waiting / digest)
        elif path in right and not is_own:
            sources[digest] = set_aside(path)
            result.kept_aside.append(sources[digest].name)
    for path in right:
        if path.is_dir():
            result.kept_aside.append(set_aside(path).name)
    # … then everything that is missing is put in place. A name that is still taken holds an own
    # thumbnail that no row needs: it is replaced.
    for path, digest in right.items():
        if found.get(path) != digest:
            needed[digest] -= 1
            source = sources[digest]
            if source.parent == waiting and not needed[digest]:
                source.replace(path)
            else:
                shutil.copyfile(source, waiting / f".{digest}.copy.part")
                (waiting / f".{digest}.copy.part").replace(path)
            sources[digest] = path
        result.placed[int(path.stem)] = digest
    for path, digest in found.items():
        if path.parent == folder and path not in right and path.exists():
            if is_whole and (name_in(workspace, path), digest) in owned:
                path.unlink()
            else:
                result.unclaimed.append(path.name)
    placed = set(result.placed.values())
    for path in _list(waiting, _WAITING):
        if (path.name in placed or is_whole) and hash_file(path) == path.name:
            path.unlink()
    if is_whole:
        for path in _list(waiting, _HALF_WRITTEN):
            path.unlink()
    if not any(waiting.iterdir()):
        waiting.rmdir()
    return result


def set_aside(path: Path) -> Path:
    """Rename a file that is not the scraper's, so that its name is free, and return its new place."""
    names = (f"{path.stem}.kept{'' if number == 1 else number}{path.suffix}" for number in count(1))
    target = next(candidate for name in names if not (candidate := path.with_name(name)).exists())
    return path.rename(target)


def name_in(workspace: Workspace, path: Path) -> str:
    """Return a file's path as the store knows it."""
    return path.relative_to(workspace.root).as_posix()


def _list(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if pattern.fullmatch(path.name) and path.is_file())
