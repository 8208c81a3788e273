"""A child process that never outlives the one who started it."""

import ctypes
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

PR_SET_PDEATHSIG: Final = 1
"""Option of prctl(2): the signal that the kernel sends when the parent dies."""

GRACE_SECONDS: Final = 20.0


def _die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent is gone, however it went (Linux only)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def start_process(
    command: Sequence[str], environment: Mapping[str, str] | None = None, log: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command while the block runs, and end it surely afterwards.

    Parameters
    ----------
    command
        Program and arguments.
    environment
        Its whole environment; ours by default.
    log
        File descriptor that takes what it prints; our own output by default.

    Yields
    ------
    subprocess.Popen
    """
    process = subprocess.Popen(
        list(command),
        env=environment,
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call, and our callers have no threads
    )
    try:
        yield process
    finally:
        end_process(process)


def end_process(process: "subprocess.Popen[bytes]", grace_seconds: float = GRACE_SECONDS) -> None:
    """End a process: ask by SIGTERM, wait, then insist by SIGKILL. One that has ended stays as it is."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def run_stage(command: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """Run a command to its end in the foreground.

    If we are interrupted, the command is given the time to stop in order: at a terminal it has
    got the same Ctrl-C, otherwise it gets SIGTERM.

    Returns
    -------
    int
        Its exit code.
    """
    with start_process(command, environment) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            try:
                process.wait(GRACE_SECONDS / 2)
            except subprocess.TimeoutExpired:
                end_process(process)
            raise
