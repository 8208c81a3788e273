"""What commands print: paths and messages are text, whatever is in them."""

import io
import sys

from rich.console import Console
from rich.text import Text


def open_console(*, stderr: bool = False) -> Console:
    """Open standard output or standard error for messages.

    Nothing that is printed is taken for markup or emoji, and what the stream cannot encode is escaped: a
    name or a terminal never costs a result. Styles come from ``style=`` and :class:`rich.text.Text`.
    """
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)


def print_error(error: object, heading: str = "error:") -> None:
    """Print an error, with its heading in red, to standard error."""
    open_console(stderr=True).print(Text.assemble((heading, "bold red"), " ", make_printable(str(error), keep="\n")))


def make_printable(text: str, keep: str = "") -> str:
    r"""Escape what no terminal shows (control characters, bytes that are not UTF-8), as in ``\x1b`` or ``\udcff``."""
    return "".join(
        letter if letter.isprintable() or letter in keep else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )
