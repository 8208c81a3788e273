"""What benchmarks share: their command line, memory of processes, a table on the screen, figures as JSON in a file.

Measure on an idle machine: ratios within a run stand a little noise, wall-clock times do not.
"""

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from src.command import run_command
from src.errors import EXIT_DONE, EXIT_PARTIAL, ProjectError
from src.files import write_text
from src.parallel import describe_libraries
from src.paths import PROJECT_ROOT
from src.processes import start_process

Figures = dict[str, Any]


def run_benchmark(measure: Callable[..., Figures], **options: str) -> int:
    """Run a benchmark as a command, with ``--quick``, ``--json FILE``, and further options given with their help.

    ``measure`` is called with ``quick`` and these options, and shows its tables. What its figures hold under ``held``
    (promises, and whether they hold) is shown too; one that does not hold makes the exit code 1.
    """
    module = sys.modules[measure.__module__]
    parser = argparse.ArgumentParser(prog=f"python -m {module.__spec__.name}", description=module.__doc__)  # type: ignore[union-attr]
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    for name, words in options.items():
        parser.add_argument(f"--{name}", help=words)
    given = vars(parser.parse_args())
    path: Path | None = given.pop("json")

    def run() -> int:
        figures = measure(**given)
        held: Mapping[str, bool] = figures.get("held", {})
        answers = {True: "yes", False: "NO"}
        show_rows("what is asked", [{"promise": name, "held": answers[is_held]} for name, is_held in held.items()])
        if path:
            machine = {"processors": os.cpu_count(), "system": platform.platform(), "libraries": describe_libraries()}
            write_text(path, json.dumps({"machine": machine, **figures}, indent=2, ensure_ascii=False) + "\n")
        return EXIT_DONE if all(held.values()) else EXIT_PARTIAL

    return run_command(run)


def run_watched(module_and_options: Sequence[str], look: Callable[[int], None], pause: float = 0.2) -> float:
    """Run one of the project's commands to its end, calling ``look`` with its process id meanwhile; return its seconds.

    ProjectError, with the end of its output, if its exit code is not 0.
    """
    started = time.monotonic()
    command = [sys.executable, "-m", *module_and_options]
    with tempfile.TemporaryFile() as log, start_process(command, log=log, folder=PROJECT_ROOT) as process:
        while process.returncode is None:
            look(process.pid)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(pause)
        if process.returncode != 0:
            log.seek(0)
            raise ProjectError(f"{' '.join(command)} ended with {process.returncode}:\n{log.read().decode()[-3000:]}")
    return time.monotonic() - started


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


def show_rows(title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows of the same names as a table, numbers to the right; nothing if there are none."""
    if not rows:
        return
    table = Table(title=title, title_justify="left")
    for name, value in rows[0].items():
        table.add_column(name.replace("_", " "), justify="right" if isinstance(value, (int, float)) else "left")
    for row in rows:
        table.add_row(*map(_show_briefly, row.values()))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
