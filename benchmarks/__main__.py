"""Every benchmark, one after the other: ``python -m benchmarks [--quick] [--only NAME …] [--out DIR]``.

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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.measuring import write_figures
from src.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_PARTIAL
from src.parallel import describe_libraries
from src.paths import PROJECT_ROOT

QUICK = {
    "extraction": ["--quick"],
    "growth": ["--quick"],
    "service": ["--quick"],
    "scraping": ["--artworks", "660", "--long-list", "0"],
    "cluster_demo": ["--artworks", "1000"],
}
"""The suite, and the options of each for a short run."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite; return 1 if one of it failed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, some minutes in all")
    parser.add_argument("--only", nargs="+", choices=QUICK, default=QUICK, metavar="NAME", help=", ".join(QUICK))
    parser.add_argument("--out", type=Path, default=PROJECT_ROOT / "runs" / "benchmarks", help="folder of the figures")
    options = parser.parse_args(arguments)
    machine = {
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.platform(),
        "load_before": round(os.getloadavg()[0], 2),
        "libraries": describe_libraries(),
    }
    summary: dict[str, Any] = {"machine": machine, "quick": options.quick, "results": {}}
    console = Console()
    for name in options.only:
        console.rule(f"[bold]{name}")
        figures = options.out / f"{name}.json"
        figures.unlink(missing_ok=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *(QUICK[name] if options.quick else [])]
        try:
            done = subprocess.run([*command, "--json", str(figures)], cwd=PROJECT_ROOT, check=False)
        except KeyboardInterrupt:
            return EXIT_INTERRUPTED
        if done.returncode == 0:
            summary["results"][name] = json.loads(figures.read_text("utf-8"))
    write_figures(summary, options.out / "summary.json")
    failed = ", ".join(name for name in options.only if name not in summary["results"])
    console.print(f"figures: {options.out / 'summary.json'}" + (f"; failed: {failed}" if failed else ""))
    return EXIT_PARTIAL if failed else EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
