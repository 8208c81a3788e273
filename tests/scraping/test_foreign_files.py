"""No exit of a run touches a file that the scraper did not write."""

import signal

import pytest

from src.gallery.process import GalleryProcess
from src.gallery.site.faults import Faults
from src.paths import Workspace
from src.scraping.browser.marks import find_marked, make_run_mark
from tests.support.scraper_runs import COLOURS, open_gallery, read_listed, start_command
from tests.support.waiting import wait_for

pytestmark = pytest.mark.browser


FOREIGN = {
    "data/raw": ("pictures.csv", "mine.csv"),
    "data/interim": ("pictures.csv", "details.csv", "run.json", "notes.txt"),
    "data/interim/incoming": ("notes.txt", ".x.part", "0" * 63, "f" * 64),
    "data/interim/evidence": ("mine.html", *(f"{color}.html" for color in COLOURS)),
    "data/processed": ("pictures.csv",),
    "data/processed/img": ("0.jpg", "3.jpg", "500.jpg", "picture.jpg", "0.png", ".0.jpg.part", "notes.txt"),
    "models": ("model.joblib",),
}


def fill(workspace: Workspace) -> set[bytes]:
    """Put files of somebody else everywhere; give their contents, each of which is there once."""
    for folder, names in FOREIGN.items():
        (workspace.root / folder).mkdir(parents=True)
        for name in names:
            (workspace.root / folder / name).write_text(f"somebody's {folder}/{name}")
    return find_contents(workspace)


def find_contents(workspace: Workspace) -> set[bytes]:
    return {path.read_bytes() for path in workspace.root.rglob("*") if path.is_file()}


def run(workspace: Workspace, base_url: str, *options: str) -> int:
    with start_command(workspace, base_url, *options) as process:
        return process.wait(120)


@pytest.mark.parametrize(
    ("faults", "options", "code"),
    [
        (Faults(), ("--details", "--limit", "8"), 0),
        (Faults(image_gone=0.5), ("--limit", "8"), 1),
        (Faults(), ("--retry-failed",), 2),
        (Faults(block_after=4), ("--browsers", "1"), 3),
        (Faults(empty_shell=1.0), ("--browsers", "1"), 4),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_every_exit_leaves_the_files_of_others(
    workspace: Workspace, faults: Faults, options: tuple[str, ...], code: int
) -> None:
    theirs = fill(workspace)
    with open_gallery(faults) as site:
        assert run(workspace, site.base_url, *options) == code
    assert theirs <= find_contents(workspace)


@pytest.mark.parametrize(
    ("number", "options"),
    [
        (signal.SIGINT, ()),
        (signal.SIGTERM, ("--image-size", "64")),
        (signal.SIGKILL, ("--start-over", "--limit", "3")),
    ],
)
def test_so_does_a_run_that_is_stopped_and_no_browser_outlives_it(
    gallery: GalleryProcess, workspace: Workspace, number: int, options: tuple[str, ...]
) -> None:
    theirs, mark = fill(workspace), make_run_mark(workspace.root)
    with start_command(workspace, gallery.base_url) as process:
        assert wait_for(lambda: bool(read_listed(workspace)))
        process.send_signal(number)
        assert process.wait(30) == (130 if number != signal.SIGKILL else -signal.SIGKILL)
    assert wait_for(lambda: not find_marked(mark), 15)
    assert theirs <= find_contents(workspace)
    assert run(workspace, gallery.base_url, *options) == 0
    assert theirs <= find_contents(workspace)
