"""No exit of a run touches a file that the scraper did not write."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from src.gallery.process import GalleryProcess
from src.gallery.site.faults import Faults
from src.paths import PROJECT_ROOT, Workspace
from tests.support.scraper_runs import COLOURS, open_gallery, read_listed

pytestmark = pytest.mark.browser


def fill(workspace: Workspace) -> set[bytes]:
    """Put files of somebody else everywhere; give their contents, each of which is there once."""
    images, interim = workspace.image_dir, workspace.interim_table.parent
    names = {
        images: ("0.jpg", "3.jpg", "500.jpg", "picture.jpg", "0.png", ".0.jpg.part", "notes.txt"),
        interim: ("details.csv", "run.json", "notes.txt", "incoming/notes.txt", "listing/RED.jsonl"),
        interim / "incoming": (".x.part", "0" * 63, "f" * 64),
        workspace.evidence_dir: ("mine.html", *(f"{color}.html" for color in COLOURS)),
        workspace.root: ("data/raw/mine.csv", "data/external/list.csv", "models/model.joblib"),
    }
    places = [folder / name for folder, files in names.items() for name in files]
    places += [workspace.raw_table, workspace.interim_table, workspace.processed_table]
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"somebody's {place.relative_to(workspace.root)}")
    return {place.read_bytes() for place in places}


def find_contents(workspace: Workspace) -> set[bytes]:
    return {path.read_bytes() for path in workspace.root.rglob("*") if path.is_file()}


def write_command(workspace: Workspace, base_url: str, *options: str) -> list[str]:
    command = [sys.executable, "-m", "src.scraping", "--workspace", str(workspace.root), "--base-url", base_url]
    return [*command, "--colours", *COLOURS, *options]


def run(workspace: Workspace, base_url: str, *options: str) -> int:
    command = write_command(workspace, base_url, *options)
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, timeout=120, check=False)
    assert b"Traceback" not in done.stderr
    return done.returncode


@pytest.mark.parametrize(
    ("faults", "options", "code"),
    [
        (Faults(), ("--details", "--limit", "8"), 0),
        (Faults(image_gone=0.5), ("--limit", "8"), 1),
        (Faults(), ("--retry-failed",), 2),
        (Faults(block_after=4), ("--browsers", "1"), 3),
        (Faults(empty_shell=1.0), (), 4),
        (Faults(), ("--start-over", "--limit", "8"), 0),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_every_exit_leaves_the_files_of_others(
    tmp_path: Path, faults: Faults, options: tuple[str, ...], code: int
) -> None:
    workspace = Workspace(tmp_path)
    theirs = fill(workspace)
    with open_gallery(faults) as site:
        assert run(workspace, site.base_url, *options) == code
    assert theirs <= find_contents(workspace)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_so_does_a_run_that_is_stopped(gallery: GalleryProcess, tmp_path: Path, number: int) -> None:
    workspace = Workspace(tmp_path)
    theirs = fill(workspace)
    command = write_command(workspace, gallery.base_url)
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 30
        while not read_listed(workspace) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        process.wait(30)
    assert theirs <= find_contents(workspace)
    for options in ((), ("--image-size", "64"), ("--start-over", "--limit", "3")):
        assert run(workspace, gallery.base_url, *options) == 0
        assert theirs <= find_contents(workspace)
