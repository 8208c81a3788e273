"""What a person sees while the scraper works, and the table at the end."""

from types import TracebackType
from typing import Self

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from src.scraping.run_file import RunSummary


class Display:
    """Live bars, one a colour and one for the thumbnails; plain lines where there is no terminal."""

    def __init__(self, console: Console, colors: tuple[str, ...]) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks = {color: self._progress.add_task(color, total=None, start=False, state="") for color in colors}
        self._thumbnails = self._progress.add_task("thumbnails", total=None, state="")
        self._details: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def note(self, text: str) -> None:
        """Say something above the bars."""
        self._console.print(text, highlight=False, markup=False)

    def show_listing(self, color: str, found: int, total: int | None) -> None:
        """Show how far a colour is."""
        task = self._tasks.get(color)
        if task is not None:
            self._progress.start_task(task)
            self._progress.update(task, completed=found, total=total, state="listing")

    def show_end(self, color: str, found: int, state: str, reason: str | None) -> None:
        """Show how a colour ended."""
        task = self._tasks.get(color)
        if task is not None:
            self._progress.start_task(task)
            self._progress.update(task, completed=found, total=found, state=state)
            self._progress.stop_task(task)
        if reason:
            self.note(f"{color}: {reason}")
        elif not self._console.is_terminal:
            self.note(f"{color}: {found:,} artworks, {state}")

    def show_details(self, done: int, total: int) -> None:
        """Show how many asset pages are read."""
        if self._details is None:
            self._details = self._progress.add_task("details", total=total, state="")
        self._progress.update(self._details, completed=done, total=total)

    def show_thumbnails(self, done: int, total: int) -> None:
        """Show how many thumbnails are there."""
        self._progress.update(self._thumbnails, completed=done, total=total)


def show_summary(console: Console, summary: RunSummary) -> None:
    """Print the table at the end: found, new, files, failed by reason, seconds, per second."""
    table = Table(title="Scraping", title_justify="left", box=box.SIMPLE)
    for name in ("colour", "state"):
        table.add_column(name, no_wrap=True)
    for name in ("on site", "found", "new", "files", "failed", "seconds", "per s"):
        table.add_column(name, justify="right", no_wrap=True)
    for colour in summary.colours.values():
        table.add_row(
            colour.color,
            colour.state,
            "?" if colour.total is None else f"{colour.total:,}",
            f"{colour.found:,}",
            f"{colour.new:,}",
            f"{colour.downloaded:,}",
            f"{sum(colour.failed.values()):,}",
            f"{colour.seconds:.1f}",
            f"{colour.new / colour.seconds:.0f}" if colour.seconds > 0 else "",
        )
    table.add_section()
    new = sum(colour.new for colour in summary.colours.values())
    table.add_row(
        "all",
        "",
        "",
        f"{summary.found:,}",
        f"{new:,}",
        f"{summary.downloaded:,}",
        f"{sum(summary.failures.values()):,}",
        f"{summary.seconds:.1f}",
        f"{max(new, summary.fetched) / summary.seconds:.0f}" if summary.seconds > 0 else "",
    )
    console.print(table)
    lines = [
        f"{count:,} without a file: {reason}"
        for reason, count in sorted(summary.failures.items(), key=lambda entry: (-entry[1], entry[0]))
    ]
    if summary.details is not None:
        lines.append(f"{summary.details.found:,} asset pages read")
        lines += [f"{count:,} without details: {reason}" for reason, count in sorted(summary.details.failed.items())]
    lines += [f"{colour.color} {colour.state}: {colour.reason}" for colour in summary.colours.values() if colour.reason]
    lines += summary.notes
    if summary.left_out:
        lines.append(f"{len(summary.left_out):,} rows of the list were left out:")
        lines += [f"  {reason}" for reason in summary.left_out[:10]]
    for line in lines:
        # what comes from outside may look like markup
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
