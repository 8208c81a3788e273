"""Ends what a run has started, however the run ends.

Every driver and browser of a run carries a mark in its environment, which its children inherit. Usually they
end without anybody's help: when the parent dies, the pipe that each worker reads closes; when a worker dies,
the kernel ends its driver (``PR_SET_PDEATHSIG``, Linux); when a driver dies, the pipe to its browser closes
and the browser ends itself. What still lives after that (another system, a driver killed together with its
worker) is found by the mark: by the parent when a worker is gone, and by the next run in the same workspace.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

import psutil

MARK_VARIABLE: Final = "ARTWORK_SCRAPER_MARK"
"""Environment variable that a run's drivers and browsers carry."""

END_SECONDS: Final = 10.0
_PROFILE_PREFIX: Final = "artwork-browser-"


def make_run_mark(workspace: Path) -> str:
    """Return the mark of a workspace, the same for every run in it: only one runs at a time."""
    return hashlib.sha256(str(workspace.resolve()).encode()).hexdigest()[:8]


def find_marked(mark: str) -> list[psutil.Process]:
    """Find the living processes whose mark begins with ``mark``, other than this one."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            is_marked = process.environ().get(MARK_VARIABLE, "").startswith(mark)
            if is_marked and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def end_marked(mark: str) -> None:
    """Kill what carries a mark and remove its profile folders.

    It is done again until nothing is found: a browser that was just starting may come, or write, afterwards.
    """
    deadline = time.monotonic() + END_SECONDS
    while time.monotonic() < deadline:
        processes = find_marked(mark)
        for process in processes:
            with contextlib.suppress(psutil.Error):
                # a browser's children overwrite their environment with their title
                for one in [*process.children(recursive=True), process]:
                    one.kill()
        profiles = list(_profile_folder().glob(f"{_PROFILE_PREFIX}{mark}-*"))
        for profile in profiles:
            shutil.rmtree(profile, ignore_errors=True)
        if not processes and not profiles:
            return
        time.sleep(0.05)


def make_profile_dir(mark: str) -> Path:
    """Make an empty browser profile folder that :func:`end_marked` finds again."""
    return Path(tempfile.mkdtemp(prefix=f"{_PROFILE_PREFIX}{mark}-", dir=_profile_folder())).resolve()


def _profile_folder() -> Path:
    """Return the folder for temporary files, or ``/tmp`` where that lies deep.

    The browser makes a socket in its profile, whose path has room for about a hundred characters.
    """
    usual, short = Path(tempfile.gettempdir()), Path("/tmp")  # noqa: S108 - made by mkdtemp
    return short if len(str(usual)) > 24 and os.access(short, os.W_OK) else usual
