"""What a run does and did: live bars, the table at the end, and ``data/interim/run.json``, which alone has a clock."""

import json
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from src.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_PARTIAL, BlockedError, LayoutChangedError
from src.files import write_text
from src.scraping.store.placement import set_aside


@dataclass
class ColourSummary:
    """One colour of a run.

    Its ``state`` is ``pending``, ``listing``, ``complete``, ``limit``, ``partial``, ``failed`` or ``blocked``.
    ``total`` is the size of the site's list, ``failed`` counts missing thumbnails by their reason, ``seconds`` and
    ``reason`` are those of the listing.
    """

    color: str
    state: str = "pending"
    found: int = 0
    new: int = 0
    total: int | None = None
    downloaded: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    reason: str | None = None


@dataclass
class RunSummary:
    """A whole run; ``colours`` stand in the site's order.

    Its ``state`` is ``running``, ``interrupted`` or ``ended``; ``listing_seconds`` end with the last listing;
    ``blocked`` and ``layout_changed`` say what ended the run early; ``asset_pages`` counts those read (``--details``),
    ``unread_pages`` the others by their reason; ``left_out`` are the rows of a list that could not be taken, with the
    reason (``--list``); ``terms_shown``: the note on terms and rights was shown in this workspace.
    """

    source: str = ""
    state: str = "running"
    started: str = field(default_factory=lambda: time.strftime("%Y-%m-%dT%H:%M:%S%z"))
    terms_shown: bool = False
    colours: dict[str, ColourSummary] = field(default_factory=dict)
    fetched: int = 0
    seconds: float = 0.0
    listing_seconds: float = 0.0
    blocked: str | None = None
    layout_changed: str | None = None
    is_listing_only: bool = False
    asset_pages: int | None = None
    unread_pages: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def is_interrupted(self) -> bool:
        """Whether a person or a signal ended the run."""
        return self.state == "interrupted"

    @property
    def has_been_cut_short(self) -> bool:
        """Whether the run did not list all that it wanted."""
        is_open = any(colour.state not in ("complete", "limit") for colour in self.colours.values())
        return bool(self.blocked or self.layout_changed or self.is_interrupted or is_open)

    @property
    def found(self) -> int:
        """Artworks in the tables."""
        return sum(colour.found for colour in self.colours.values())

    @property
    def downloaded(self) -> int:
        """Thumbnails there."""
        return sum(colour.downloaded for colour in self.colours.values())

    @property
    def failures(self) -> Counter[str]:
        """Reasons of missing thumbnails, with their numbers."""
        return sum((Counter(colour.failed) for colour in self.colours.values()), Counter())

    @property
    def exit_code(self) -> int:
        """Exit code of the command."""
        if self.blocked:
            return BlockedError.exit_code
        if self.layout_changed:
            return LayoutChangedError.exit_code
        if self.is_interrupted:
            return EXIT_INTERRUPTED
        has_files = self.is_listing_only or self.downloaded == self.found
        is_whole = has_files and not (self.has_been_cut_short or self.left_out or self.unread_pages)
        return EXIT_DONE if is_whole else EXIT_PARTIAL


def read_run_file(path: Path) -> dict[str, Any]:
    """Return what the last run wrote; nothing where there is none, or a file that is not the scraper's."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) and "terms_shown" in content else {}


def write_run_file(path: Path, summary: RunSummary) -> None:
    """Write the run as it stands; a file of somebody else in its place is renamed."""
    if path.exists() and not read_run_file(path):
        set_aside(path)
    content = {"found": summary.found, "downloaded": summary.downloaded, **asdict(summary)}
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


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
            self._console.print(f"{color}: {reason or f'{found:,} artworks, {state}'}")


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

    lines = [f"{count:,} without a file: {reason}" for reason, count in summary.failures.most_common()]
    if summary.asset_pages is not None:
        lines.append(f"{summary.asset_pages:,} asset pages read")
    lines += [f"{count:,} without details: {reason}" for reason, count in sorted(summary.unread_pages.items())]
    lines += [f"{colour.color} {colour.state}: {colour.reason}" for colour in summary.colours.values() if colour.reason]
    lines += summary.notes
    if summary.left_out:
        lines.append(f"{len(summary.left_out):,} rows of the list were left out:")
        lines += [f"  {reason}" for reason in summary.left_out[:10]]
    for line in lines:
        console.print(f"  {line}")
