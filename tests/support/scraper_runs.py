"""Runs of the scraper over one small gallery, and what they leave."""

from pathlib import Path
from typing import Any

from src.gallery.process import GalleryProcess
from src.gallery.site.faults import Faults
from src.paths import Workspace
from src.scraping.settings import CollectSettings

ARTWORKS = 180
SEED = 5
COLOURS = ("PINK", "RED", "BLACK")


def open_gallery(faults: Faults | None = None) -> GalleryProcess:
    """A gallery of the same artworks, with other faults."""
    return GalleryProcess(ARTWORKS, seed=SEED, colours=COLOURS, workers=1, faults=faults)


def make_settings(workspace: Workspace, gallery: GalleryProcess, **changes: Any) -> CollectSettings:
    """The settings of a run over the whole gallery."""
    return CollectSettings(**{"workspace": workspace, "base_url": gallery.base_url, "colours": COLOURS, **changes})


def read_result(workspace: Workspace) -> dict[str, bytes]:
    """Every byte that a run must reproduce: both tables and all thumbnails."""
    paths = [workspace.raw_table, workspace.interim_table, *sorted(workspace.image_dir.iterdir())]
    return {path.relative_to(workspace.root).as_posix(): path.read_bytes() for path in paths}


def find_listing_lines(workspace: Workspace) -> dict[str, list[str]]:
    """Lines of the listing journals, by colour."""
    return {path.stem: path.read_text("utf-8").splitlines() for path in sorted(Path(workspace.journal_dir).iterdir())}
