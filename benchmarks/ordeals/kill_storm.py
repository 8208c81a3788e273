"""Thirty SIGKILLs during one scrape, then the same bytes: ``python -m benchmarks.ordeals.kill_storm``.

First a run that nothing disturbs. Then, in another workspace, runs of the same command that are hit
at random moments: the parent, a worker, a driver or a process of a browser gets SIGKILL. When a
parent is killed the command is started again; when all shots are fired, it is run to its end. Both
workspaces must then hold the same tables and thumbnails, and no process may be left.
"""

import contextlib
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil

from benchmarks.measuring import Figures, list_scraper_processes, run_benchmark, show_rows
from src.gallery.process import GalleryProcess
from src.paths import PROJECT_ROOT, Workspace
from src.scraping.browser.marks import find_marked, make_run_mark

COLOURS = ("PURPLE", "BLUE", "RED", "BLACK")
KINDS = ("parent", "worker", "driver", "browser")


def start(workspace: Workspace, base_url: str) -> subprocess.Popen[bytes]:
    """Start the command."""
    command = [sys.executable, "-m", "src.scraping", "--base-url", base_url, "--workspace", str(workspace.root)]
    return subprocess.Popen([*command, "--colours", *COLOURS], cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL)


def read_result(workspace: Workspace) -> dict[str, bytes]:
    """Return every byte that a run must reproduce."""
    paths = [workspace.raw_table, workspace.interim_table, *workspace.image_dir.iterdir()]
    return {path.relative_to(workspace.root).as_posix(): path.read_bytes() for path in paths}


def fire(workspace: Workspace, base_url: str, kills: int, usual_seconds: float, dice: random.Random) -> Counter[str]:
    """Run the command to its end, and fire meanwhile; return the hits by kind of process, and the ``starts``."""
    process, counts = start(workspace, base_url), Counter(starts=1)
    while counts.total() - counts["starts"] < kills:
        time.sleep(dice.uniform(0.005, 0.04) * usual_seconds)
        if process.poll() is not None:
            break  # the scrape is done before all shots were fired; the report says so
        kind = dice.choice(KINDS)
        with contextlib.suppress(psutil.Error, IndexError):
            dice.choice(list_scraper_processes(process.pid)[kind]).kill()
            counts[kind] += 1
            if kind == "parent":
                process.wait()
                process = start(workspace, base_url)
                counts["starts"] += 1
    if process.wait() != 0 and start(workspace, base_url).wait() != 0:
        raise RuntimeError("the run after the last shot did not end well")
    return counts


def measure(quick: bool) -> Figures:
    """Run the storm; a tenth of it if ``quick``."""
    kills, artworks, began = 3 if quick else 30, 500 if quick else 2500, time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="kill-storm-") as folder,
        GalleryProcess(artworks, seed=1, colours=COLOURS, workers=1) as gallery,
    ):
        calm, stormy = Workspace(Path(folder) / "calm"), Workspace(Path(folder) / "stormy")
        if start(calm, gallery.base_url).wait() != 0:
            raise RuntimeError("the undisturbed run did not end well")
        counts = fire(stormy, gallery.base_url, kills, time.monotonic() - began, random.Random(1))
        same, mark = read_result(calm) == read_result(stormy), make_run_mark(stormy.root)
        deadline = time.monotonic() + 10
        while find_marked(mark) and time.monotonic() < deadline:
            time.sleep(0.1)
        left = len(find_marked(mark))
    show_rows(f"SIGKILLs during one scrape, {time.monotonic() - began:.0f} s", [dict(sorted(counts.items()))])
    shots = counts.total() - counts["starts"]
    return {"held": {f"{kills} shots": shots == kills, "the same bytes": same, "no process left": not left}}


if __name__ == "__main__":
    sys.exit(run_benchmark(measure))
