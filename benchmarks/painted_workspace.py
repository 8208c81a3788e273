"""A workspace with the gallery's thumbnails in it, as a scrape leaves it, without browsers."""

from collections.abc import Iterable

import cv2
import pandas as pd

from src.colours import SITE_COLOURS
from src.files import hash_file, write_bytes
from src.gallery.painter.describe import describe
from src.gallery.painter.painting import encode_thumbnail
from src.parallel import map_with_progress, parallel_backend
from src.paths import Workspace
from src.table_files import write_slices
from src.tables import INTERIM

BATCH = 64


def paint_workspace(workspace: Workspace, artworks: int, jobs: int = -1) -> None:
    """Paint thumbnails and list them in the interim table.

    Parameters
    ----------
    workspace
        Thumbnails that it has stay; further ones are added.
    artworks
        How many in all. Number n is filed under the n-th colour of the site, all twelve in turn.
    jobs
        Processes.
    """
    batches = [(workspace, range(start, min(start + BATCH, artworks))) for start in range(0, artworks, BATCH)]
    with parallel_backend(jobs):
        for _ in map_with_progress(
            _paint_batch, batches, description="paint", total=artworks, unit="pictures", count=lambda count: count
        ):
            pass
    slices = (range(start, min(start + 5_000, artworks)) for start in range(0, artworks, 5_000))
    write_slices((_list_artworks(workspace, numbers) for numbers in slices), workspace.interim_table, INTERIM)


def _paint_batch(batch: tuple[Workspace, range]) -> int:
    workspace, numbers = batch
    cv2.setNumThreads(1)
    for number in numbers:
        path = workspace.image_dir / f"{number}.jpg"
        if not path.is_file():
            write_bytes(path, encode_thumbnail(describe(0, number)))
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
    return pd.DataFrame(rows, columns=list(INTERIM.columns))
