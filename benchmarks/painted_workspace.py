"""A workspace with the gallery's thumbnails in it, as a scrape leaves it, without browsers.

``python -m benchmarks.painted_workspace DIR --artworks N [--jobs N]`` paints; what is there stays.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import cv2
import pandas as pd

from src.colours import SITE_COLOURS
from src.files import hash_file, write_bytes
from src.gallery.painter.describe import describe
from src.gallery.painter.painting import encode_thumbnail
from src.parallel import map_with_progress, parallel_backend
from src.paths import Workspace
from src.table_files import write_slices
from src.tables import INTERIM, RAW

BATCH = 64


def paint_workspace(
    workspace: Workspace, artworks: int, jobs: int = -1, seed: int = 0, distinct: int | None = None
) -> None:
    """Paint thumbnails and list them in the interim table.

    Parameters
    ----------
    workspace
        Thumbnails that it has stay; further ones are added.
    artworks
        How many in all. Number n is filed under the n-th colour of the site, all twelve in turn.
    jobs
        Processes.
    seed
        Of the gallery.
    distinct
        Paint this many and copy them, file by file, for the rest; None paints all.
    """
    painted = artworks if distinct is None else min(distinct, artworks)
    batches = [(workspace, seed, range(start, min(start + BATCH, painted))) for start in range(0, painted, BATCH)]
    with parallel_backend(jobs):
        for _ in map_with_progress(
            _paint_batch, batches, description="paint", total=painted, unit="pictures", count=lambda count: count
        ):
            pass
    for number in range(painted, artworks):
        copy = workspace.image_dir / f"{number}.jpg"
        if not copy.is_file():
            write_bytes(copy, (workspace.image_dir / f"{number % painted}.jpg").read_bytes())
    if _count_rows(workspace) != artworks:
        slices = (range(start, min(start + 5_000, artworks)) for start in range(0, artworks, 5_000))
        write_slices((_list_artworks(workspace, numbers) for numbers in slices), workspace.interim_table, INTERIM)


def _paint_batch(batch: tuple[Workspace, int, range]) -> int:
    workspace, seed, numbers = batch
    cv2.setNumThreads(1)
    for number in numbers:
        path = workspace.image_dir / f"{number}.jpg"
        if not path.is_file():
            write_bytes(path, encode_thumbnail(describe(seed, number)))
    return len(numbers)


def _list_artworks(workspace: Workspace, numbers: Iterable[int]) -> pd.DataFrame:
    rows = [
        {
            "image": f"http://127.0.0.1/ci/{number}",
            "page": f"http://127.0.0.1/asset/painted/{number:014d}",
            "color": SITE_COLOURS[number % len(SITE_COLOURS)],
            "title": f"Painting {number}",
            "artist": None,
            "partner": None,
            "asset_id": f"{number:014d}",
            "aspect": 1.0,
            "index": number,
            "filename": f"{number}.jpg",
            "sha256": hash_file(workspace.image_dir / f"{number}.jpg"),
            "status": "ok",
            "reason": None,
        }
        for number in numbers
    ]
    return pd.DataFrame(rows, columns=[*RAW.column_names, "index", "filename", "sha256", "status", "reason"])


def _count_rows(workspace: Workspace) -> int:
    if not workspace.interim_table.is_file():
        return -1
    with workspace.interim_table.open("rb") as stream:
        return sum(1 for _ in stream) - 1


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.painted_workspace", description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--artworks", type=int, default=4_000)
    parser.add_argument("--distinct", type=int, metavar="N", help="paint N and copy them for the rest")
    parser.add_argument("--jobs", type=int, default=-1)
    options = parser.parse_args()
    paint_workspace(Workspace(options.workspace), options.artworks, options.jobs, distinct=options.distinct)
    return 0


if __name__ == "__main__":
    sys.exit(main())
