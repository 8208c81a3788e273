"""Thumbnails in the workspace: they wait by their content's name, and get their numbers at the end of a run.

An artwork's number follows from everything listed before it, so numbers are known only at the end
of a run, and they change when a later run finds more. Files are therefore identified by their
content. Every step is a rename or a whole copy, and nothing is removed while it is needed, so a run
killed in the middle is completed by the next one.

A file that the scraper did not write is never removed or overwritten: where its name is needed it is
renamed (``7.jpg`` to ``7.kept.jpg``), and the summary names it.
"""

import hashlib
import re
import shutil
from collections.abc import Collection, Mapping
from itertools import count
from pathlib import Path
from typing import Final

from src.files import hash_file, write_bytes
from src.paths import Workspace

_NUMBERED: Final = re.compile(r"(?:0|[1-9]\d*)\.jpg")
_WAITING: Final = re.compile(r"[0-9a-f]{64}")


def incoming_dir(workspace: Workspace) -> Path:
    """Return the folder in which verified thumbnails wait, each named by its SHA-256."""
    return workspace.interim_table.parent / "incoming"


def add_picture(workspace: Workspace, content: bytes) -> str:
    """Let a verified thumbnail wait for its place; return its SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    write_bytes(incoming_dir(workspace) / digest, content)
    return digest


def find_pictures(workspace: Workspace) -> dict[Path, str]:
    """Return the SHA-256 of every numbered file and of every thumbnail that waits for its place."""
    found = {path: hash_file(path) for path in _list(workspace.image_dir, _NUMBERED)}
    waiting = {path: hash_file(path) for path in _list(incoming_dir(workspace), _WAITING)}
    return found | {path: digest for path, digest in waiting.items() if digest == path.name}


def _list(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    paths = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in paths if pattern.fullmatch(path.name) and path.is_file())


def place_pictures(
    workspace: Workspace, wanted: Mapping[int, str], owned: Collection[tuple[str, str]], *, is_whole: bool
) -> tuple[dict[int, str], list[str]]:
    """Make ``<index>.jpg`` hold the content with the wanted SHA-256, for every index whose content is there.

    ``owned`` are the files that the scraper wrote, as path in the workspace and SHA-256. Own thumbnails that belong to
    no row are removed only where the run has all that it wanted (``is_whole``); until then they wait.

    Returns
    -------
    dict and list of str
        SHA-256 by index, for every index whose file is in place; sentences that name the files of others.
    """
    folder, waiting = workspace.image_dir, incoming_dir(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    waiting.mkdir(parents=True, exist_ok=True)
    found = find_pictures(workspace)
    there = set(found.values())
    placed = {index: digest for index, digest in wanted.items() if digest in there}
    right = {folder / f"{index}.jpg": digest for index, digest in placed.items()}
    # What stands in the wrong place makes room: own thumbnails wait again, others keep their bytes …
    kept_aside = [set_aside(path).name for path in right if path.is_dir()]
    unclaimed = []
    sources: dict[str, Path] = {}
    for path, digest in found.items():
        source = path
        if path.parent == folder and right.get(path) != digest:
            if (name_in(workspace, path), digest) in owned:
                source = path.replace(waiting / digest)
            elif path in right:
                source = set_aside(path)
                kept_aside.append(source.name)
            else:
                unclaimed.append(path.name)
        sources[digest] = source
    # … then what is missing is put in place.
    for path, digest in right.items():
        if found.get(path) != digest:
            source = sources[digest]
            if source.parent != waiting:
                source = Path(shutil.copyfile(source, waiting / digest))
            sources[digest] = source.replace(path)
    for digest in there if is_whole else set(right.values()):
        (waiting / digest).unlink(missing_ok=True)
    if not any(waiting.iterdir()):
        waiting.rmdir()
    notes = []
    if kept_aside:
        notes.append(
            f"{len(kept_aside)} files that this scraper did not write stood where thumbnails belong; "
            f"they are kept as {_name_some(kept_aside)}"
        )
    if unclaimed:
        notes.append(f"{len(unclaimed)} numbered files belong to no row and stay: {_name_some(unclaimed)}")
    return placed, notes


def _name_some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def set_aside(path: Path) -> Path:
    """Rename a file that is not the scraper's, so that its name is free, and return its new place."""
    names = (f"{path.stem}.kept{'' if number == 1 else number}{path.suffix}" for number in count(1))
    target = next(candidate for name in names if not (candidate := path.with_name(name)).exists())
    return path.rename(target)


def name_in(workspace: Workspace, path: Path) -> str:
    """Return a file's path as the store knows it."""
    return path.relative_to(workspace.root).as_posix()
