"""Saying what happens while one waits."""

from typing import Self

from rich.console import Console


class Reporter:
    """Says what happens on standard error: lines that stay, and one that changes while one waits."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._status = self._console.status("")
        self._last = ""

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def say(self, line: str) -> None:
        """Print a line."""
        self._console.print(line, markup=False, soft_wrap=True)

    def progress(self, text: str) -> None:
        """Show what is being waited for; where nothing can be redrawn, each change is a line."""
        self._status.update(text)
        what = text.rpartition(",")[0]
        if not self._console.is_terminal and what != self._last:
            self.say(text)
        self._last = what
