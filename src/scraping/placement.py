"""Gives every artwork its file ``<index>.jpg``, whatever was there before.

An artwork's number follows from everything listed before it, so numbers are known only at the end
of a run, and they change when a later run finds more. Files are therefore identified by their
content: the ledger knows the SHA-256 of each artwork's thumbnail, and nothing else is trusted. Every
step is a rename or a whole copy, and nothing is removed while it is needed, so a run killed in the
middle is completed by the next one.
"""

import contextlib
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from src.files import hash_file, replace_file
from src.paths import Workspace


def incoming_dir(workspace: Workspace) -> Path:
    """Return the folder in which verified thumbnails wait, each named by its SHA-256."""
    return workspace.interim_table.parent / "incoming"


def find_files(workspace: Workspace) -> dict[Path, str]:
    """Read every thumbnail of a workspace and return its SHA-256.

    What a killed download left behind is removed; a waiting file that is not what its name says is
    removed too.
    """
    found = {}
    for path in sorted(_numbered_files(workspace.image_dir)):
        found[path] = hash_file(path)
    waiting = incoming_dir(workspace)
    for path in sorted(waiting.iterdir()) if waiting.is_dir() else ():
        if path.name.startswith(".") or hash_file(path) != path.name:
            path.unlink()
        else:
            found[path] = path.name
    for path in workspace.image_dir.glob(".*.part*"):
        path.unlink()
    return found


def place_files(workspace: Workspace, wanted: Mapping[int, str], found: Mapping[Path, str]) -> list[int]:
    """Make ``<index>.jpg`` hold the content with the wanted SHA-256, for every index.

    Parameters
    ----------
    workspace
        Where the files are.
    wanted
        SHA-256 by index. Numbered files beyond these are removed.
    found
        What :func:`find_files` found, and what was fetched since.

    Returns
    -------
    list of int
        Indexes whose content is nowhere.
    """
    folder, waiting = workspace.image_dir, incoming_dir(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    waiting.mkdir(parents=True, exist_ok=True)
    right = {folder / f"{index}.jpg": digest for index, digest in wanted.items()}
    # First everything that stands in the wrong place goes back among the waiting files …
    for path, digest in found.items():
        if path.parent == folder and right.get(path) != digest:
            with contextlib.suppress(FileNotFoundError):
                path.replace(waiting / digest)
    # … then everything that is missing is taken from there; the last one who needs it may move it.
    settled = {path for path, digest in right.items() if found.get(path) == digest}
    needed = Counter(digest for path, digest in right.items() if path not in settled)
    source = {digest: path for path, digest in right.items() if path in settled}
    missing = []
    for index, digest in wanted.items():
        path = folder / f"{index}.jpg"
        if path in settled:
            continue
        origin = waiting / digest
        needed[digest] -= 1
        if not origin.exists():
            if digest not in source:
                missing.append(index)
                continue
            _copy(source[digest], path)
        elif needed[digest]:
            _copy(origin, path)
        else:
            origin.replace(path)
        source[digest] = path
    return missing


def clear_waiting(workspace: Workspace) -> None:
    """Remove the waiting files; call it when every artwork has its own."""
    shutil.rmtree(incoming_dir(workspace), ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    with replace_file(target) as temporary:
        shutil.copyfile(source, temporary)


def _numbered_files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.glob("*.jpg") if path.stem.isdecimal()) if folder.is_dir() else ()
