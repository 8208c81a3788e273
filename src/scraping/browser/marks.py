"""Ends what a run has started, however the run ends.

Every driver and browser of a run carries a mark in its environment, which its children inherit. The
chain that ends them without anybody's help: when the parent dies, the pipe that each worker reads
closes; when a worker dies, the kernel ends its driver (``PR_SET_PDEATHSIG``, Linux); when a driver
dies, the pipe through which it talks to its browser closes and the browser ends itself. What still
lives after that (another system, a driver killed together with its worker) is found by the mark: by
the parent when a worker is gone, and by the next run in the same workspace.
"""

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import psutil

MARK_VARIABLE: Final = "ARTWORK_SCRAPER_MARK"
"""Environment variable that a run's drivers and browsers carry."""

END_SECONDS: Final = 10.0

LONGEST_FOLDER: Final = 24
"""Characters of a folder in which a profile's socket still fits (108 in all, on macOS 104)."""

_PROFILE_PREFIX: Final = "artwork-browser-"


def make_run_mark(workspace: Path) -> str:
    """Return the mark of a workspace: every run in it has the same, because only one runs at a time."""
    return hashlib.sha256(str(workspace.resolve()).encode()).hexdigest()[:8]


def find_marked(mark: str) -> list[psutil.Process]:
    """Find the living processes whose mark begins with ``mark``, other than this one."""
    needle = f"{MARK_VARIABLE}={mark}".encode()
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid == os.getpid():
                continue
            if sys.platform == "linux":
                is_marked = needle in Path(f"/proc/{process.pid}/environ").read_bytes()
            else:
                is_marked = process.environ().get(MARK_VARIABLE, "").startswith(mark)
            if is_marked and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def end_marked(mark: str) -> None:
    """Kill what carries a mark and remove its profile folders.

    It is done again until nothing is found: a browser that was just starting may come, or write, afterwards.
    """
    deadline = time.monotonic() + END_SECONDS
    while time.monotonic() < deadline:
        found = _kill_marked(mark)
        for folder in _profile_folders():
            for profile in folder.glob(f"{_PROFILE_PREFIX}{mark}-*"):
                found += 1
                shutil.rmtree(profile, ignore_errors=True)
        if not found:
            return
        time.sleep(0.1)


def _kill_marked(mark: str) -> int:
    """Kill what carries a mark, with all its children, wait until it is gone, and return how many were killed."""
    victims: dict[int, psutil.Process] = {}
    for process in find_marked(mark):
        with contextlib.suppress(psutil.Error):
            victims |= {child.pid: child for child in process.children(recursive=True)}
            victims[process.pid] = process
    for process in victims.values():
        with contextlib.suppress(psutil.Error):
            process.kill()
    deadline = time.monotonic() + 5
    while any(_is_alive(process) for process in victims.values()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return len(victims)


def _is_alive(process: psutil.Process) -> bool:
    """Whether a process runs; one that is dead and only not yet reaped by its parent does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def make_profile_dir(mark: str) -> Path:
    """Make an empty browser profile folder that :func:`end_marked` finds again."""
    folder = _profile_folders()[-1]
    return Path(tempfile.mkdtemp(prefix=f"{_PROFILE_PREFIX}{mark}-", dir=folder)).resolve()


def _profile_folders() -> list[Path]:
    """Return where profiles may be, the place of new ones last.

    The browser makes a socket in its profile, whose path has room for about a hundred characters: where the
    folder for temporary files lies deep, profiles go to ``/tmp``.
    """
    usual, short = Path(tempfile.gettempdir()), Path("/tmp")  # noqa: S108 - made by mkdtemp
    is_deep = len(str(usual)) > LONGEST_FOLDER and os.access(short, os.W_OK)
    return [usual, short] if is_deep else [usual]
