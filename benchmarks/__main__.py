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
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.painted_workspace import paint_workspace
from src.cluster import describe_libraries
from src.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_PARTIAL
from src.features.build_features import build_features
from src.files import write_text
from src.paths import PROJECT_ROOT, Workspace


@dataclass(frozen=True)
class Benchmark:
    """A command of the suite.

    Attributes
    ----------
    name
        Of its figures.
    command
        Module and options; ``{workspace}`` is a workspace with painted pictures and their features.
    quick
        Options for a short run.
    prints_figures
        Whether it prints its figures as JSON instead of writing a file.
    """

    name: str
    command: tuple[str, ...]
    quick: tuple[str, ...] = ()
    prints_figures: bool = False


SUITE = (
    Benchmark("extraction", ("extraction",), ("--quick",)),
    Benchmark("growth", ("growth",), ("--quick",)),
    Benchmark("tables", ("tables",), ("--quick",)),
    Benchmark(
        "search",
        ("search", "growth", "{workspace}/data/processed/pictures.csv", "--sizes", "1000", "4000", "16000"),
        ("--sizes", "500", "1000"),
    ),
    Benchmark("service", ("service",), ("--quick",), prints_figures=True),
    Benchmark("scraping", ("scraping",), ("--artworks", "660", "--long-list", "0")),
    Benchmark("cluster", ("cluster_demo",), ("--artworks", "1000")),
)
PAINTED, PAINTED_QUICK = 16_000, 2_000


def run_benchmark(benchmark: Benchmark, is_quick: bool, workspace: Path, out: Path) -> dict[str, Any]:
    """Run one command; return its exit code, seconds and figures."""
    figures = out / f"{benchmark.name}.json"
    figures.unlink(missing_ok=True)
    module, *options = [part.format(workspace=workspace) for part in benchmark.command]
    if is_quick and benchmark.quick:  # a later option overrides an earlier one
        options += benchmark.quick
    start = time.perf_counter()
    command = [sys.executable, "-m", f"benchmarks.{module}", *options]
    if benchmark.prints_figures:
        done = subprocess.run(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, check=False)
        figures.write_bytes(done.stdout)
        sys.stdout.write(done.stdout.decode())
        code = done.returncode
    else:
        code = subprocess.run([*command, "--json", str(figures)], cwd=PROJECT_ROOT, check=False).returncode
    found = json.loads(figures.read_text("utf-8")) if code == 0 and figures.is_file() else None
    return {"exit_code": code, "seconds": round(time.perf_counter() - start, 1), "figures": found}


def describe_machine() -> dict[str, Any]:
    """Say where this was measured."""
    return {
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.platform(),
        "load_before": round(os.getloadavg()[0], 2),
        "libraries": describe_libraries(),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite; return 1 if one of it failed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [benchmark.name for benchmark in SUITE]
    parser.add_argument("--quick", action="store_true", help="small sizes, some minutes in all")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--out", type=Path, default=PROJECT_ROOT / "runs" / "benchmarks", help="folder of the figures")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    console = Console()
    machine = describe_machine()
    workspace = Workspace(options.out / ("painted-quick" if options.quick else "painted"))
    results: dict[str, Any] = {}
    try:
        if "search" in options.only:
            paint_workspace(workspace, PAINTED_QUICK if options.quick else PAINTED)
            build_features(workspace)
        for benchmark in SUITE:
            if benchmark.name in options.only:
                console.rule(f"[bold]{benchmark.name}")
                results[benchmark.name] = run_benchmark(benchmark, options.quick, workspace.root, options.out)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    table = Table("benchmark", "minutes", "outcome", title="benchmarks")
    for name, result in results.items():
        table.add_row(name, f"{result['seconds'] / 60:.1f}", "done" if result["exit_code"] == 0 else "FAILED")
    console.print(table)
    summary = options.out / "summary.json"
    write_text(summary, json.dumps({"machine": machine, "quick": options.quick, "results": results}, indent=2) + "\n")
    console.print(f"figures: {summary}")
    return EXIT_PARTIAL if any(result["exit_code"] for result in results.values()) else EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
