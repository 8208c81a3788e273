"""What a person sees while the scraper works, and the table at the end."""

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from src.scraping.run_file import RunSummary


class Display:
    """Live bars, one a colour, one for the thumbnails, one for asset pages; plain lines where there is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.progress = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._bars: dict[str, TaskID] = {}

    def show(self, name: str, done: int, total: int | None, state: str = "") -> None:
        """Show how far a colour is, the thumbnails or the details."""
        if name not in self._bars:
            self._bars[name] = self.progress.add_task(name, state=state)
        self.progress.update(self._bars[name], completed=done, total=total, state=state)

    def show_end(self, color: str, found: int, state: str, reason: str | None) -> None:
        """Show how a colour ended."""
        self.show(color, found, found, state)
        self.progress.stop_task(self._bars[color])
        if reason or not self._console.is_terminal:
            text = f"{color}: {reason or f'{found:,} artworks, {state}'}"
            self._console.print(text, highlight=False, markup=False)


def show_summary(console: Console, summary: RunSummary) -> None:
    """Print the table at the end: found, new, files, failed by reason, seconds, per second."""
    table = Table(title="Scraping", title_justify="left", box=box.SIMPLE)
    for name in ("colour", "state"):
        table.add_column(name, no_wrap=True)
    for name in ("on site", "found", "new", "files", "failed", "seconds", "per s"):
        table.add_column(name, justify="right", no_wrap=True)

    def add_row(names: tuple[str, str, str], counts: tuple[int, ...], seconds: float, done: int) -> None:
        rate = f"{done / seconds:.0f}" if seconds > 0 else ""
        table.add_row(*names, *(f"{count:,}" for count in counts), f"{seconds:.1f}", rate)

    for one in summary.colours.values():
        counts = (one.found, one.new, one.downloaded, sum(one.failed.values()))
        add_row((one.color, one.state, "?" if one.total is None else f"{one.total:,}"), counts, one.seconds, one.new)
    table.add_section()
    new = sum(colour.new for colour in summary.colours.values())
    counts = (summary.found, new, summary.downloaded, sum(summary.failures.values()))
    add_row(("all", "", ""), counts, summary.seconds, max(new, summary.fetched))
    console.print(table)

    failures = sorted(summary.failures.items(), key=lambda entry: (-entry[1], entry[0]))
    lines = [f"{count:,} without a file: {reason}" for reason, count in failures]
    if summary.asset_pages is not None:
        lines.append(f"{summary.asset_pages:,} asset pages read")
    lines += [f"{count:,} without details: {reason}" for reason, count in sorted(summary.unread_pages.items())]
    lines += [f"{colour.color} {colour.state}: {colour.reason}" for colour in summary.colours.values() if colour.reason]
    lines += summary.notes
    if summary.left_out:
        lines.append(f"{len(summary.left_out):,} rows of the list were left out:")
        lines += [f"  {reason}" for reason in summary.left_out[:10]]
    for line in lines:
        # what comes from outside may look like markup
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
