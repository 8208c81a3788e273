"""What every command of the project does the same way: messages, errors, interruption and exit codes."""

import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Final

from rich.console import Console
from rich.text import Text

from src.errors import EXIT_INTERRUPTED, EXIT_PARTIAL, ProjectError

WRITE_ERRORS: Final = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM),
        *(errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP),
    }
)
"""Numbers of an OSError that says something of the disk or its permissions, and nothing of the program."""


def run_command(work: Callable[[], int], interrupted: str = "interrupted") -> int:
    """Do the work of a command and turn what ends it early into one sentence and an exit code.

    SIGTERM and SIGHUP interrupt the work as Ctrl-C does, so that its ``with`` blocks end child processes;
    ``interrupted`` says what is kept then, and how to go on.

    Returns
    -------
    int
        What ``work`` gives; the code of a :class:`~src.errors.ProjectError`; 2 where the disk is full or
        a file may not be written; 1 where the reader of standard output has gone; 130 after an interruption.
    """
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores SIGHUP: leave it so
                signal.signal(number, _interrupt)
    try:
        code = work()
        sys.stdout.flush()
    except ProjectError as error:
        print_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write(f"{interrupted}\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains at its end
        return EXIT_PARTIAL
    except OSError as error:
        if error.errno not in WRITE_ERRORS:
            raise
        place = f"{error.filename}: " if error.filename else ""
        print_error(f"{place}{error.strerror}; free the disk, or name a place that can be written")
        return ProjectError.exit_code
    return code


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def open_console(*, stderr: bool = False) -> Console:
    """Open standard output or standard error for messages.

    Nothing that is printed is taken for markup or emoji, and what the stream cannot encode is escaped: a
    name or a terminal never costs a result. Styles come from ``style=`` and :class:`rich.text.Text`.
    """
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)


def print_error(error: object) -> None:
    """Print an error to standard error."""
    open_console(stderr=True).print(Text.assemble(("error:", "bold red"), " ", make_printable(str(error), keep="\n")))


def make_printable(text: str, keep: str = "") -> str:
    r"""Escape what no terminal shows (control characters, bytes that are not UTF-8), as in ``\x1b`` or ``\udcff``."""
    return "".join(
        letter if letter.isprintable() or letter in keep else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )
