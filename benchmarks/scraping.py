"""The scraper at the study's scale, stage by stage: ``python -m benchmarks.scraping``.

Lists and downloads a whole gallery with two real browsers, beside the study's listing (120
scrolls of 3 seconds each in eleven parallel browsers: 373 s for the listing alone, 67 images lost).
Then a browser lists one long colour, and its memory is read meanwhile. Exit code 1 if an artwork was lost.
"""

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import Figures, list_scraper_processes, read_memory, run_benchmark, run_watched, show_rows
from src import study
from src.gallery.process import GalleryProcess
from src.paths import Workspace


def run(workspace: Workspace, base_url: str, *options: str, pause: float = 3.0) -> tuple[Figures, Figures]:
    """Run the command as a person does, and read the memory of its processes every ``pause`` seconds.

    Give the run file with ``whole_seconds``, and the megabytes (proportional set size) of the parent, all workers and
    all browsers at their peaks.
    """
    command = ["src.scraping", "--base-url", base_url, "--workspace", str(workspace.root), *options]
    peaks: Figures = dict.fromkeys(("parent", "worker", "browser"), 0.0)

    def look(pid: int) -> None:
        processes = list_scraper_processes(pid)
        for kind in peaks:
            peaks[kind] = max(peaks[kind], sum(map(read_memory, processes[kind])))

    seconds = run_watched(command, look, pause)
    content: Figures = json.loads(workspace.run_file.read_text("utf-8"))
    return content | {"whole_seconds": seconds}, peaks


def describe_stage(name: str, artworks: int, done: int, seconds: float) -> Figures:
    """Make a row of the table."""
    return {
        "stage": name, "artworks": done, "seconds": seconds, "per_second": done / seconds, "lost": artworks - done,
    }  # fmt: skip


def time_scale(artworks: int, folder: Path) -> tuple[list[Figures], Figures]:
    """List alone; then list and download at once, in another workspace; then run the same again."""
    options = ("--browsers", "2")
    with GalleryProcess(artworks, seed=0) as gallery:
        listing, _ = run(Workspace(folder / "list"), gallery.base_url, "--list-only", *options)
        whole, memory = run(Workspace(folder / "whole"), gallery.base_url, *options)
        again, _ = run(Workspace(folder / "whole"), gallery.base_url, *options)
    if again["fetched"]:
        raise RuntimeError(f"the second run fetched {again['fetched']} thumbnails again")
    stages = [
        describe_stage("listing alone", artworks, listing["found"], listing["whole_seconds"]),
        describe_stage("listing and downloading", artworks, whole["downloaded"], whole["whole_seconds"]),
        describe_stage("… until all were listed", artworks, whole["found"], whole["listing_seconds"]),
        describe_stage("the same command again", artworks, again["downloaded"], again["whole_seconds"]),
    ]
    return stages, memory


def time_long_list(artworks: int, folder: Path) -> tuple[Figures, Figures]:
    """List one colour of that many artworks with one browser, and 1,000 of it, to compare the memory."""
    with GalleryProcess(artworks, seed=0, proportions="site", colours=("BROWN",)) as gallery:
        options = ("--colours", "BROWN", "--browsers", "1", "--list-only")
        _, few = run(Workspace(folder / "few"), gallery.base_url, *options, "--limit", "1000", pause=0.2)
        found, many = run(Workspace(folder / "long"), gallery.base_url, *options)
    memory = {"browser at 1,000 tiles": few["browser"], **many}
    return describe_stage(f"one list of {artworks:,}", artworks, found["found"], found["whole_seconds"]), memory


def measure(quick: bool) -> Figures:
    """Measure the whole gallery, then one long list; a small gallery alone if ``quick``."""
    artworks, long_list = (660, 0) if quick else (16_311, 21_000)
    memory: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory(prefix="scraping-benchmark-") as folder:
        stages, memory["scale"] = time_scale(artworks, Path(folder))
        if long_list:
            stage, memory["long list"] = time_long_list(long_list, Path(folder))
            stages.append(stage)
    theirs = describe_stage("the study: listing alone", study.TILES, study.TILES, study.LISTING_SECONDS)
    show_rows("Scraping the gallery", [*stages, theirs | {"lost": study.TILES_WITHOUT_IMAGE}])
    for name, megabytes in memory.items():
        show_rows(f"Megabytes of {name}", [megabytes])
    held = {f"nothing is lost: {stage['stage']}": not stage["lost"] for stage in stages}
    return {"stages": stages, "memory": memory, "held": held}


if __name__ == "__main__":
    sys.exit(run_benchmark(measure))
