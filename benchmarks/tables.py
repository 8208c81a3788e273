"""The table stage at any length: ``python -m benchmarks.tables [--rows N] [--json FILE]``.

Synthetic rows are validated and written slice by slice, and read back slice by slice.
Each size runs in a process of its own, whose peak of resident memory is read at its end; the whole-table way
(one frame in memory) is measured beside it.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.measuring import show_rows, write_figures
from src.colours import STUDY_COLOURS
from src.features.schema import FEATURE_NAMES
from src.paths import PROJECT_ROOT
from src.table_files import iterate_table, write_slices, write_table
from src.tables import PROCESSED


def make_slices(rows: int, step: int = 50_000) -> Iterator[pd.DataFrame]:
    """Make rows as the feature stage does, with addresses of the real site's length."""
    random = np.random.default_rng(0)
    for start in range(0, rows, step):
        indexes = np.arange(start, min(start + step, rows))
        frame = pd.DataFrame(random.uniform(0, 89, (len(indexes), len(FEATURE_NAMES))), columns=list(FEATURE_NAMES))
        frame["filename"] = [f"{index}.jpg" for index in indexes]
        frame["image"] = [f"https://lh3.googleusercontent.com/ci/{index:080d}" for index in indexes]
        frame["page"] = [f"https://artsandculture.google.com/asset/a-work-of-art/{index:014d}" for index in indexes]
        frame["color"] = np.array(STUDY_COLOURS)[indexes % len(STUDY_COLOURS)]
        frame["index"] = indexes
        yield frame


def measure_here(rows: int, way: str) -> dict[str, float]:
    """Write and read a table in this process; return seconds and peak memory."""
    found: dict[str, float] = {"rows": rows}
    with tempfile.TemporaryDirectory(prefix="tables-") as folder:
        path = Path(folder, "pictures.csv")
        start = time.perf_counter()
        if way == "whole":
            write_table(pd.concat(list(make_slices(rows)), ignore_index=True), path, PROCESSED)
        else:
            write_slices(make_slices(rows), path, PROCESSED)
        found["write_seconds"] = time.perf_counter() - start
        found["csv_megabytes"] = path.stat().st_size / 1e6
        if way == "slices":
            start = time.perf_counter()
            read = sum(len(part) for part in iterate_table(path, PROCESSED))
            found["read_csv_seconds"] = time.perf_counter() - start
            if read != rows:
                raise RuntimeError(f"{read} rows read of {rows}")
    found["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux: kilobytes
    return {name: round(value, 2) for name, value in found.items()}


def run(quick: bool = False, rows: Sequence[int] = ()) -> dict[str, Any]:
    """Measure each size in a process of its own."""
    sizes = tuple(rows) or ((10_000, 100_000) if quick else (10_000, 100_000, 1_000_000))
    found: dict[str, Any] = {"slices": [], "whole": []}
    for way, results in found.items():
        for size in sizes:
            command = [sys.executable, "-m", "benchmarks.tables", "--one", way, str(size)]
            done = subprocess.run(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, check=True)
            results.append(json.loads(done.stdout))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[], metavar="N", help="sizes (10,000 to 1,000,000)")
    parser.add_argument("--quick", action="store_true", help="up to 100,000 rows")
    parser.add_argument("--one", nargs=2, metavar=("WAY", "ROWS"), help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    if options.one is not None:
        sys.stdout.write(json.dumps(measure_here(int(options.one[1]), options.one[0])))
        return 0
    found = run(options.quick, options.rows)
    for way, title in (("slices", "slice by slice"), ("whole", "one frame in memory")):
        show_rows(title, found[way])
    write_figures(found, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
