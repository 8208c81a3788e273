"""The one way to start a child process, to wait until it is ready, and to end it.

A child never outlives its starter: it is ended with the block that started it, and where the
starter is killed the kernel ends it (``PR_SET_PDEATHSIG``, Linux only).
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO, Final

from src.errors import MissingToolError, UsageError
from src.paths import PROJECT_ROOT

PR_SET_PDEATHSIG: Final = 1
"""Option of prctl(2): the signal that the kernel sends when the parent dies."""

GRACE_SECONDS: Final = 20.0
START_SECONDS: Final = 60.0


def end_with_parent(number: int = signal.SIGTERM) -> Callable[[], None] | None:
    """Make a hook for a new process, between fork and exec, that ties its life to its starter's.

    It gets the signal ``number`` when the thread that started it is gone. None where the system knows no such tie.
    """
    if not sys.platform.startswith("linux"):
        return None
    set_option = ctypes.CDLL(None, use_errno=True).prctl
    starter = os.getpid()

    def tie() -> None:
        set_option(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != starter:  # it has died before the tie was made
            os.kill(os.getpid(), signal.SIGKILL)

    return tie


@contextmanager
def start_process(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    log: int | IO[bytes] | None = None,
    *,
    folder: Path | None = None,
    has_own_session: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command while the block runs, and always end it afterwards.

    Environment, folder and output are ours by default; ``log`` takes the output, and the errors too unless it is
    ``subprocess.PIPE``. With ``has_own_session`` Ctrl-C in a terminal reaches only us, so that we end it in our order.
    """
    process = subprocess.Popen(
        list(command),
        cwd=folder,
        env=environment,
        stdout=log,
        stderr=None if log == subprocess.PIPE else log,
        stdin=subprocess.DEVNULL,
        start_new_session=has_own_session,
        preexec_fn=end_with_parent(),  # noqa: PLW1509 - one system call
    )
    try:
        yield process
    finally:
        end_process(process)


def end_process(process: subprocess.Popen[bytes], grace_seconds: float = GRACE_SECONDS) -> None:
    """End a process: SIGTERM, some seconds, then SIGKILL. One that has ended stays as it is."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout is not None:
        process.stdout.close()


def run_stage(command: Sequence[str]) -> int:
    """Run a command to its end in the foreground and return its exit code.

    If we are interrupted, the command is given the time to stop in order: at a terminal it has
    got the same Ctrl-C, otherwise it gets SIGTERM.
    """
    with start_process(command) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_SECONDS / 2)
            raise


@contextmanager
def start_gallery(options: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Run ``python -m src.gallery`` on a free port while the block runs; paths among its options are absolute.

    Yields
    ------
    tuple of str and int
        Its address, ``http://127.0.0.1:PORT``, and its process id; it answers by then.

    Raises
    ------
    UsageError
        If it refuses its options; its message stands on the error output.
    MissingToolError
        If it does not answer in time.
    """
    command = [sys.executable, "-m", "src.gallery", "--port", "0", *options]
    with start_process(command, log=subprocess.PIPE, folder=PROJECT_ROOT, has_own_session=True) as process:
        line = process.stdout.readline().decode().strip() if process.stdout else ""
        if not line.startswith("Gallery at "):
            code = process.wait(GRACE_SECONDS)
            raise UsageError(f"{command} ended with exit code {code} before it listened; its message stands above")
        address = line.removeprefix("Gallery at ")
        if not wait_until_answers(process, f"{address}/gallery/status"):
            raise MissingToolError(f"the gallery at {address} did not answer within {START_SECONDS:.0f} s")
        yield address, process.pid


def wait_until_answers(process: subprocess.Popen[bytes], address: str, seconds: float = START_SECONDS) -> bool:
    """Wait until an address on this machine answers with HTTP 200; False if the process or the time ends first."""
    host, _, path = address.removeprefix("http://").partition("/")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        # http.client obeys no proxy settings: this is our own machine.
        with closing(HTTPConnection(host, timeout=seconds)) as connection, suppress(OSError, HTTPException):
            connection.request("GET", f"/{path}")
            if connection.getresponse().status == 200:
                return True
        time.sleep(0.05)
    return False


def find_free_port() -> int:
    """Return a TCP port of the loopback address that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as candidate:
        port: int = candidate.getsockname()[1]
        return port
