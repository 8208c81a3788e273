"""Runs of the scraper over one small gallery, and what they leave."""

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from rich.console import Console

from src.gallery.process import GalleryProcess
from src.gallery.site.faults import Faults
from src.paths import PROJECT_ROOT, Workspace
from src.processes import start_process
from src.scraping.collect import collect
from src.scraping.settings import CollectSettings
from src.scraping.summary import RunSummary

ARTWORKS = 180
SEED = 5
COLOURS = ("PINK", "RED", "BLACK")


def open_gallery(faults: Faults | None = None) -> GalleryProcess:
    """A gallery of the same artworks, with other faults."""
    return GalleryProcess(ARTWORKS, seed=SEED, colours=COLOURS, workers=1, faults=faults or Faults())


def scrape(
    workspace: Workspace, site: GalleryProcess | Faults | str, console: Console | None = None, **changes: Any
) -> RunSummary:
    """Run the scraper over a gallery, over one with such faults, or over a base URL."""
    if isinstance(site, Faults):
        with open_gallery(site) as gallery:
            return scrape(workspace, gallery, console, **changes)
    base_url = site if isinstance(site, str) else site.base_url
    return collect(CollectSettings(workspace, **{"base_url": base_url, "colours": COLOURS, **changes}), console)


def read_result(workspace: Workspace) -> dict[str, bytes]:
    """Every byte that a run must reproduce: both tables and all thumbnails."""
    paths = [workspace.raw_table, workspace.interim_table, *sorted(workspace.image_dir.iterdir())]
    return {path.relative_to(workspace.root).as_posix(): path.read_bytes() for path in paths}


def read_listed(workspace: Workspace) -> list[tuple[str, str]]:
    """Colour and asset id of all that a workspace's store lists, in listing order."""
    if not workspace.scraping_store.is_file():
        return []
    with contextlib.closing(sqlite3.connect(workspace.scraping_store, timeout=10)) as connection:
        try:
            return list(connection.execute("SELECT color, asset_id FROM artworks ORDER BY position"))
        except sqlite3.OperationalError:
            return []  # it is just being made


@contextlib.contextmanager
def start_command(workspace: Workspace, base_url: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the scraper's command line as a person does, while the block lasts."""
    command = [sys.executable, "-m", "src.scraping", "--base-url", base_url, "--workspace", str(workspace.root)]
    command += ["--colours", *COLOURS, *options]
    with start_process(command, log=subprocess.DEVNULL, folder=PROJECT_ROOT, has_own_session=True) as process:
        yield process
