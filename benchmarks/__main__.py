"""Every benchmark, one after the other: ``python -m benchmarks [--quick]``.

Each is a command of its own (``python -m benchmarks.NAME --help``) and writes its tables to the screen and its figures
as JSON into ``runs/benchmarks``; ``summary.json`` there holds all of them, with the machine they were measured on.
Measure on an idle machine: ratios within a run stand a little noise, wall-clock times do not.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from typing import Final

from rich.console import Console

from benchmarks.measuring import Figures, write_figures
from src.command import run_command
from src.errors import EXIT_DONE, EXIT_PARTIAL
from src.parallel import describe_libraries
from src.paths import PROJECT_ROOT

SUITE: Final = ("extraction", "growth", "service", "scraping", "cluster_demo")
FOLDER: Final = PROJECT_ROOT / "runs" / "benchmarks"


def run(quick: bool) -> int:
    """Run the suite; return 1 if one of it failed."""
    machine = {
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.platform(),
        "load_before": round(os.getloadavg()[0], 2),
        "libraries": describe_libraries(),
    }
    results: Figures = {}
    console = Console()
    for name in SUITE:
        console.rule(f"[bold]{name}")
        figures = FOLDER / f"{name}.json"
        command = [sys.executable, "-m", f"benchmarks.{name}", "--json", str(figures), *(["--quick"] if quick else [])]
        if subprocess.run(command, cwd=PROJECT_ROOT, check=False).returncode == 0:
            results[name] = json.loads(figures.read_text("utf-8"))
    write_figures({"machine": machine, "quick": quick, "results": results}, FOLDER / "summary.json")
    failed = ", ".join(name for name in SUITE if name not in results)
    console.print(f"figures: {FOLDER / 'summary.json'}" + (f"; failed: {failed}" if failed else ""))
    return EXIT_PARTIAL if failed else EXIT_DONE


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, some minutes in all")
    options = parser.parse_args()
    sys.exit(run_command(lambda: run(options.quick)))
