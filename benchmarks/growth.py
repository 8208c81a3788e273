"""Growth of the feature stage with the collection: ``python -m benchmarks.growth [--quick]``.

Thumbnails of the gallery are painted once, then the stage's command runs on the first 1,000, 4,000, 16,000 and 64,509
of them (the first two with ``--quick``), starting it included. Memory is the sum of the proportional set sizes of the
stage's processes, read while it runs: its parent alone, and all together. Processor seconds are those of all its
processes; other work on the machine disturbs them less than it does the wall clock. What a further image costs, beyond
those of the size before, is free of the start.
"""

import contextlib
import resource
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import pandas as pd
import psutil

from benchmarks.measuring import Figures, read_memory, run_benchmark, run_watched, show_rows
from benchmarks.painted_workspace import paint_workspace
from src.paths import Workspace
from src.tables import INTERIM, read_table, write_table

SIZES = (1_000, 4_000, 16_000, 64_509)
JOBS = 2


def measure_stage(artworks: pd.DataFrame, image_dir: Path, scratch: Path) -> Figures:
    """Run the stage on artworks whose thumbnails are in a folder."""
    size, workspace = len(artworks), Workspace(scratch / str(len(artworks)))
    write_table(artworks, workspace.interim_table, INTERIM)
    peaks = {"parent": 0.0, "all": 0.0}

    def look(pid: int) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            parent = read_memory(process)
            peaks["parent"] = max(peaks["parent"], parent)
            peaks["all"] = max(peaks["all"], parent + sum(map(read_memory, process.children(recursive=True))))

    command = ["src.features.build_features", "--workspace", str(workspace.root), "--images", str(image_dir)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = run_watched([*command, "--jobs", str(JOBS)], look)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor_seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return {
        "images": size,
        "seconds": round(seconds, 1),
        "processor_seconds": round(processor_seconds, 1),
        "images_per_processor_second": round(size / processor_seconds),
        "parent_megabytes": round(peaks["parent"]),
        "all_megabytes": round(peaks["all"]),
    }


def measure(quick: bool) -> Figures:
    """Measure all sizes, or the two smallest."""
    sizes = SIZES[:2] if quick else SIZES
    with tempfile.TemporaryDirectory(prefix="growth-") as name:
        source = Workspace(Path(name, "painted"))
        paint_workspace(source, sizes[-1], jobs=1)  # in this process: what children took is the stage's
        artworks = read_table(source.interim_table, INTERIM)
        measure_stage(artworks.head(sizes[0]), source.image_dir, Path(name, "warm"))  # files into the cache
        rows = [measure_stage(artworks.head(size), source.image_dir, Path(name)) for size in sizes]
    for smaller, larger in pairwise([{"images": 0, "processor_seconds": 0.0}, *rows]):
        more = larger["processor_seconds"] - smaller["processor_seconds"]
        larger["milliseconds_per_further_image"] = round(1000 * more / (larger["images"] - smaller["images"]), 2)
    show_rows(f"the feature stage on {JOBS} processes", rows)
    return {"jobs": JOBS, "sizes": rows}


if __name__ == "__main__":
    sys.exit(run_benchmark(measure))
