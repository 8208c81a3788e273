"""What benchmarks share: memory of processes, a table on the screen, figures as JSON in a file."""

import contextlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from src.files import write_text


def read_memory(process: psutil.Process) -> float:
    """Return the proportional set size of a process in megabytes, 0 if it has just ended."""
    try:
        return process.memory_full_info().pss / 1e6
    except psutil.Error:
        return 0.0


def list_scraper_processes(parent: int) -> dict[str, list[psutil.Process]]:
    """List the living processes of a scrape by kind: ``parent``, ``worker``, ``driver`` and ``browser``."""
    found: dict[str, list[psutil.Process]] = {"parent": [], "worker": [], "driver": [], "browser": []}
    with contextlib.suppress(psutil.Error):
        found["parent"].append(psutil.Process(parent))
        for child in found["parent"][0].children(recursive=True):
            with contextlib.suppress(psutil.Error):
                command = " ".join(child.cmdline())
                signs = {"spawn_main": "worker", "chromedriver": "driver", "chrom": "browser"}
                kind = next((kind for sign, kind in signs.items() if sign in command), None)
                if kind is not None:
                    found[kind].append(child)
    return found


def reset_peak(pid: int) -> None:
    """Let the peak of a process's memory begin anew (Linux only)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def read_peak(pid: int) -> int:
    """Read the peak of a process's resident memory since :func:`reset_peak`, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:"))


def _show_briefly(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def show_rows(title: str, rows: Sequence[Mapping[str, Any]], form: Callable[[Any], str] = _show_briefly) -> None:
    """Print rows of the same names as a table, numbers to the right; nothing if there are none."""
    if not rows:
        return
    table = Table(title=title, title_justify="left")
    for name, value in rows[0].items():
        table.add_column(name.replace("_", " "), justify="right" if isinstance(value, (int, float)) else "left")
    for row in rows:
        table.add_row(*map(form, row.values()))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def write_figures(figures: Any, path: Path | None) -> None:
    """Write figures as JSON; None writes nothing."""
    if path is not None:
        write_text(path, json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
