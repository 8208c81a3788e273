"""What every command of the project does the same way: errors, interruption and exit codes."""

import errno
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Final

from src.console import print_error
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

    SIGTERM and SIGHUP interrupt the work as Ctrl-C does, so that its ``with`` blocks end child processes.

    Parameters
    ----------
    work
        Gives the exit code.
    interrupted
        What to print after an interruption: what is kept, and how to go on.

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
