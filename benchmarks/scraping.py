"""The scraper at the study's scale, stage by stage: ``python -m benchmarks.scraping``.

Lists and downloads a whole gallery with two real browsers, beside the study's way of listing (120
scrolls of 3 seconds each in eleven parallel browsers: 373 s for the listing alone, 67 images lost).
Then a browser lists one long colour, and its memory is read on the way. Prints tables; ``--json``
writes the numbers.
"""

import argparse
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.measuring import write_figures
from src import study
from src.gallery.process import GalleryProcess
from src.paths import PROJECT_ROOT, Workspace
from src.scraping.browser.marks import find_marked, make_run_mark

MEGABYTE = 1 << 20


@dataclass
class Memory:
    """Proportional set sizes in MB, sampled while a run goes on."""

    mark: str
    parent: int
    parent_peak: float = 0.0
    workers_peak: float = 0.0
    browsers_peak: float = 0.0
    by_tiles: dict[int, float] = field(default_factory=dict)

    def sample(self) -> float:
        """Read all processes of the run once; return the browsers' memory."""
        ours = psutil.Process(self.parent)
        marked = {process.pid: process for process in find_marked(self.mark)}
        for process in list(marked.values()):
            marked |= {child.pid: child for child in _children(process)}
        workers = [child for child in _children(ours) if "spawn_main" in _command(child)]
        browsers = sum(_pss(process) for process in marked.values() if "chromedriver" not in _command(process))
        self.parent_peak = max(self.parent_peak, _pss(ours))
        self.workers_peak = max(self.workers_peak, sum(map(_pss, workers)))
        self.browsers_peak = max(self.browsers_peak, browsers)
        return browsers


@dataclass(frozen=True)
class Stage:
    """One stage: what it did, how fast, and what it took."""

    name: str
    items: int
    seconds: float
    lost: int

    @property
    def rate(self) -> float:
        """Items per second."""
        return self.items / self.seconds if self.seconds > 0 else 0.0


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _pss(process: psutil.Process) -> float:
    try:
        return process.memory_full_info().pss / MEGABYTE
    except psutil.Error:
        return 0.0


def run(
    workspace: Workspace, base_url: str, *options: str, marks: tuple[int, ...] = ()
) -> tuple[dict[str, Any], Memory]:
    """Run the command as a person does, reading its memory meanwhile; return its run file.

    Parameters
    ----------
    workspace, base_url, options
        Of the command.
    marks
        Numbers of listed artworks at which the browsers' memory is noted.
    """
    command = [sys.executable, "-m", "src.scraping", "--base-url", base_url, "--workspace", str(workspace.root)]
    process = subprocess.Popen([*command, *options], cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL)
    memory, waiting, last = Memory(make_run_mark(workspace.root), process.pid), sorted(marks), 0.0
    began = time.monotonic()
    while process.poll() is None:
        time.sleep(0.2)
        listed = count_listed(workspace) if waiting else 0
        if (waiting and listed >= waiting[0]) or time.monotonic() - last > 3.0:
            browsers, last = memory.sample(), time.monotonic()
            while waiting and listed >= waiting[0] and browsers:
                memory.by_tiles[waiting.pop(0)] = browsers
    content: dict[str, Any] = json.loads(workspace.run_file.read_text("utf-8"))
    content["whole_seconds"] = time.monotonic() - began
    return content, memory


def count_listed(workspace: Workspace) -> int:
    """Return how many artworks the store of a workspace lists."""
    with (
        contextlib.suppress(sqlite3.OperationalError),
        contextlib.closing(sqlite3.connect(f"{workspace.scraping_store.as_uri()}?mode=ro", uri=True)) as connection,
    ):
        return int(connection.execute("SELECT count(*) FROM artworks").fetchone()[0])
    return 0


def time_scale(artworks: int, browsers: int, folder: Path) -> tuple[list[Stage], Memory]:
    """List alone; then list and download at once, in another workspace; then run the same again."""
    options = ("--browsers", str(browsers))
    with GalleryProcess(artworks, seed=0) as gallery:
        listing, _ = run(Workspace(folder / "list"), gallery.base_url, "--list-only", *options)
        whole, memory = run(Workspace(folder / "whole"), gallery.base_url, *options)
        again, _ = run(Workspace(folder / "whole"), gallery.base_url, *options)
    if again["fetched"]:
        raise RuntimeError(f"the second run fetched {again['fetched']} thumbnails again")
    stages = [
        Stage("listing alone", listing["found"], listing["whole_seconds"], artworks - listing["found"]),
        Stage("listing and downloading", whole["downloaded"], whole["whole_seconds"], artworks - whole["downloaded"]),
        Stage("… until all were listed", whole["found"], whole["listing_seconds"], artworks - whole["found"]),
        Stage("the same command again", again["downloaded"], again["whole_seconds"], artworks - again["downloaded"]),
    ]
    return stages, memory


def time_long_list(artworks: int, folder: Path) -> tuple[Stage, Memory]:
    """List one colour of that many artworks with one browser, its memory read on the way."""
    colour, extra = "BROWN", 1000  # the browser is still at work when the last mark is reached
    with GalleryProcess(artworks + extra, seed=0, proportions="site", colours=(colour,)) as gallery:
        options = ("--colours", colour, "--browsers", "1", "--list-only")
        marks = tuple(sorted({min(1000, artworks), artworks // 2, artworks}))
        content, memory = run(Workspace(folder / "long"), gallery.base_url, *options, marks=marks)
    lost = artworks + extra - content["found"]
    return Stage(f"one list of {artworks + extra:,}", content["found"], content["whole_seconds"], lost), memory


def main() -> int:
    """Run the benchmark; return 1 if an artwork was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--artworks", type=int, default=16_311, help="default: the study's 16,311")
    parser.add_argument("--long-list", type=int, default=20_000, help="length of the one long list; 0 leaves it out")
    parser.add_argument("--browsers", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write the numbers here")
    options = parser.parse_args()
    console, folder = Console(), Path(tempfile.mkdtemp(prefix="scraping-benchmark-"))
    load = os.getloadavg()[0]
    try:
        stages, memory = time_scale(options.artworks, options.browsers, folder) if options.artworks else ([], None)
        long_memory = None
        if options.long_list:
            stage, long_memory = time_long_list(options.long_list, folder)
            stages.append(stage)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

    table = Table("stage", "artworks", "seconds", "per second", "lost", title="Scraping the gallery")
    for stage in stages:
        table.add_row(stage.name, f"{stage.items:,}", f"{stage.seconds:.1f}", f"{stage.rate:.0f}", f"{stage.lost}")
    per_second = study.TILES / study.LISTING_SECONDS
    theirs = (f"{study.TILES:,}", f"{study.LISTING_SECONDS:.0f}", f"{per_second:.0f}", str(study.TILES_WITHOUT_IMAGE))
    table.add_row("the study: listing alone", *theirs)
    console.print(table)
    numbers: dict[str, object] = {
        "processors": os.cpu_count(),
        "load_before": round(load, 2),
        "browsers": options.browsers,
        "study_listing_seconds": study.LISTING_SECONDS,
        "stages": [asdict(stage) | {"per_second": round(stage.rate, 1)} for stage in stages],
    }
    for name, read in (("scale", memory), ("long list", long_memory)):
        if read is None:
            continue
        numbers[f"memory of {name}, MB"] = asdict(read)
        console.print(
            f"{name}: peak of the parent {read.parent_peak:.0f} MB, of the workers {read.workers_peak:.0f} MB, "
            f"of the browsers {read.browsers_peak:.0f} MB (proportional set size)"
        )
        for tiles, megabytes in read.by_tiles.items():
            console.print(f"  browser at {tiles:,} tiles: {megabytes:.0f} MB")
    console.print(f"load before: {load:.1f} on {os.cpu_count()} processors", highlight=False)
    write_figures(numbers, options.json)
    return 1 if any(stage.lost for stage in stages) else 0


if __name__ == "__main__":
    sys.exit(main())
