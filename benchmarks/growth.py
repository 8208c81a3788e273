"""Growth of the feature stage with the collection: ``python -m benchmarks.growth [--workspace DIR] [--json FILE]``.

Thumbnails of the gallery are painted once (a workspace that has them is used as it is), then the whole stage, from
the interim table to the CSV and Parquet files, runs on the first 1,000, 4,000, 16,000 and 64,509 of them. Memory is the
sum of the proportional set sizes of the stage's processes, read while it runs: its parent alone, and all together.
Processor seconds are those of all its processes, starting them included; other work on the machine disturbs them less
than it does the wall clock. What a further image costs, beyond those of the size before, is free of the start.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

from benchmarks.measuring import read_memory, show_rows, write_figures
from benchmarks.painted_workspace import paint_workspace
from src.paths import PROJECT_ROOT, Workspace
from src.processes import start_process
from src.tables import INTERIM, read_table, write_table

SIZES = (1_000, 4_000, 16_000, 64_509)
STAGE = """
import json, resource, sys
from pathlib import Path
from src.features.build_features import build_features
from src.paths import Workspace
if __name__ == "__main__":
    summary = build_features(Workspace(Path(sys.argv[1])), int(sys.argv[3]), images=sys.argv[2])
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor_seconds = sum(one.ru_utime + one.ru_stime for one in used)
    print(json.dumps({"rows": summary.rows, "seconds": summary.seconds, "processor_seconds": processor_seconds}))
"""


def measure_stage(artworks: pd.DataFrame, image_dir: Path, jobs: int, scratch: Path) -> dict[str, float]:
    """Run the stage on artworks whose thumbnails are in a folder."""
    size, workspace = len(artworks), Workspace(scratch / str(len(artworks)))
    write_table(artworks, workspace.interim_table, INTERIM)
    command = [sys.executable, "-c", STAGE, str(workspace.root), str(image_dir), str(jobs)]
    parent_peak = total_peak = 0.0
    with start_process(command, log=subprocess.PIPE, folder=PROJECT_ROOT) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            parent = read_memory(watched)
            parent_peak = max(parent_peak, parent)
            total_peak = max(total_peak, parent + sum(map(read_memory, watched.children(recursive=True))))
            time.sleep(0.25)
        if process.returncode != 0 or process.stdout is None:
            raise RuntimeError(f"the stage ended with {process.returncode}")
        found = json.loads(process.stdout.read())
    if found["rows"] != size:
        raise RuntimeError(f"{found['rows']} rows for {size} pictures")
    return {
        "images": size,
        "seconds": round(found["seconds"], 1),
        "images_per_second": round(size / found["seconds"]),
        "processor_seconds": round(found["processor_seconds"], 1),
        "images_per_processor_second": round(size / found["processor_seconds"]),
        "parent_megabytes": round(parent_peak),
        "all_megabytes": round(total_peak),
    }


def run(quick: bool = False, workspace: Path | None = None, jobs: int = 2) -> dict[str, Any]:
    """Measure all sizes that the workspace has pictures for."""
    with tempfile.TemporaryDirectory(prefix="growth-") as name:
        source = Workspace(workspace or Path(name, "painted"))
        sizes = SIZES[:2] if quick else SIZES
        if not source.interim_table.is_file():
            paint_workspace(source, sizes[-1], jobs)
        artworks = read_table(source.interim_table, INTERIM)
        measure_stage(artworks.head(1_000), source.image_dir, jobs, Path(name, "warm"))  # files into the cache
        rows = [
            measure_stage(artworks.head(size), source.image_dir, jobs, Path(name))
            for size in sizes
            if size <= len(artworks)
        ]
        for smaller, larger in pairwise([{"images": 0, "processor_seconds": 0.0}, *rows]):
            more = larger["processor_seconds"] - smaller["processor_seconds"]
            larger["milliseconds_per_further_image"] = round(1000 * more / (larger["images"] - smaller["images"]), 2)
        return {"jobs": jobs, "sizes": rows}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--workspace", type=Path, metavar="DIR", help="with painted pictures, or where to paint them")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="1,000 and 4,000 images")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    found = run(options.quick, options.workspace, options.jobs)
    show_rows(f"the feature stage on {found['jobs']} processes", found["sizes"])
    write_figures(found, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
