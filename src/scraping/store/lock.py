"""One run at a time in a workspace."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from src.errors import WorkspaceLockedError
from src.files import write_text
from src.paths import Workspace


@contextmanager
def lock_workspace(workspace: Workspace) -> Iterator[None]:
    """Hold a workspace for as long as the block lasts.

    The lock is the system's own, on an open file: it goes with the process that holds it, however
    that process ends. The note beside it only names the holder.

    Raises
    ------
    WorkspaceLockedError
        If another run holds it; the message names the run.
    """
    workspace.lock_file.parent.mkdir(parents=True, exist_ok=True)
    owner = workspace.lock_file.with_suffix(".owner.json")
    lock = FileLock(workspace.lock_file, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise WorkspaceLockedError(
            f"another run scrapes into {workspace.root} ({_describe_owner(owner)}): wait until it has ended, stop it, "
            "or name another workspace with --workspace DIR"
        ) from error
    try:
        write_text(owner, json.dumps({"process": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}) + "\n")
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


def _describe_owner(owner: Path) -> str:
    try:
        note = json.loads(owner.read_text("utf-8"))
        return f"process {note['process']}, since {note['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "it has not said which"
