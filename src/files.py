"""Files that are written whole: into a temporary neighbour first, then renamed."""

import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from src.errors import UsageError

if sys.platform != "win32":
    import fcntl


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Give a new, empty file of the same suffix beside ``path``; when the block ends well, it becomes ``path``.

    A reader sees the old file or the new one, never a part. If the block raises, the temporary
    file is removed and ``path`` stays as it was. A symbolic link stays one: its target is replaced.
    What is there and is no regular file (a pipe, a device) is never replaced: the content is written into it.
    The folder is made if it is missing.
    """
    mode = path.stat().st_mode if path.exists() else None
    is_replaced = mode is None or stat.S_ISREG(mode)
    target = path.resolve() if is_replaced else path
    if is_replaced:
        target.parent.mkdir(parents=True, exist_ok=True)
    folder = target.parent if is_replaced else None
    handle, name = tempfile.mkstemp(prefix=".", suffix=f".part{path.suffix}", dir=folder)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        if is_replaced:
            temporary.chmod(0o644 if mode is None else stat.S_IMODE(mode))  # mkstemp's can be read by their owner only
            temporary.replace(target)
        else:
            with temporary.open("rb") as content, target.open("wb") as stream:
                shutil.copyfileobj(content, stream)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole."""
    with replace_file(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Write a UTF-8 text file whole, with Unix line ends on every platform."""
    write_bytes(path, content.encode("utf-8"))


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Keep other processes that ask for the same lock out while the block runs; wait for them first.

    The kernel gives the lock back when the process ends, however it ends; no file is left. On
    Windows nothing is locked.
    """
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def check_folder(folder: Path, purpose: str) -> None:
    """Raise UsageError if a folder cannot be written, before the work whose result goes there; make it if missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x" * 1024)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written ({error.strerror}): expected a folder for {purpose}; name another one"
        ) from error


def check_file(path: Path, purpose: str) -> None:
    """Raise UsageError if a file cannot be written, before the work whose result it holds; make its folder."""
    if path.is_dir():
        raise UsageError(f"{path} cannot be written (it is a folder): expected a file for {purpose}; name another one")
    if path.is_file() or not path.exists():  # a pipe or a device is written into as it is
        check_folder(path.resolve().parent, purpose)
