"""What benchmarks do with their figures: a table on the screen, JSON in a file."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from src.files import write_text


def _show_briefly(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def show_rows(title: str, rows: Sequence[Mapping[str, Any]], form: Callable[[Any], str] = _show_briefly) -> None:
    """Print rows of the same names as a table, numbers to the right."""
    table = Table(title=title, title_justify="left")
    for name, value in rows[0].items():
        table.add_column(name, justify="right" if isinstance(value, (int, float)) else "left")
    for row in rows:
        table.add_row(*map(form, row.values()))
    Console().print(table)


def write_figures(figures: Any, path: Path | None) -> None:
    """Write figures as JSON; None writes nothing."""
    if path is not None:
        write_text(path, json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
