"""One run at a time in a workspace."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from src.errors import WorkspaceLockedError
from src.files import write_text
from src.paths import Workspace


@contextmanager
def lock_workspace(workspace: Workspace) -> Iterator[None]:
    """Hold a workspace for as long as the block lasts; WorkspaceLockedError names the run that holds it already.

    The lock is the system's own, on an open file: it goes with the process that holds it, however
    that process ends. The note beside it only names the holder.
    """
    workspace.lock_file.parent.mkdir(parents=True, exist_ok=True)
    owner = workspace.lock_file.with_suffix(".owner")
    try:
        with FileLock(workspace.lock_file, timeout=0):
            write_text(owner, f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}")
            try:
                yield
            finally:
                owner.unlink(missing_ok=True)
    except Timeout as error:
        name = owner.read_text("utf-8") if owner.is_file() else "it has not said which"
        raise WorkspaceLockedError(
            f"another run scrapes into {workspace.root} ({name}): wait until it has ended, stop it, "
            "or name another workspace with --workspace DIR"
        ) from error
