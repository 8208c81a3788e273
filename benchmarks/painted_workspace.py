"""A workspace with the gallery's thumbnails in it, as a scrape leaves it, without browsers."""

import cv2
import pandas as pd

from src.colours import SITE_COLOURS
from src.files import hash_file, write_bytes
from src.gallery.painter.describe import describe
from src.gallery.painter.painting import encode_thumbnail
from src.parallel import map_with_progress, parallel_backend
from src.paths import Workspace
from src.tables import INTERIM, write_slices

BATCH = 64


def paint_workspace(workspace: Workspace, artworks: int, jobs: int = -1) -> None:
    """Paint thumbnails where they are missing, and list them in the interim table, in parallel.

    Of ``artworks`` in all number n is filed under the n-th colour of the site, all twelve in turn.
    """
    numbers = range(artworks)
    batches = [(workspace, numbers[start : start + BATCH]) for start in range(0, artworks, BATCH)]
    with parallel_backend(jobs):
        slices = map_with_progress(
            _paint_batch, batches, description="paint", total=artworks, unit="pictures", count=len
        )
        write_slices(slices, workspace.interim_table, INTERIM)


def _paint_batch(batch: tuple[Workspace, range]) -> pd.DataFrame:
    workspace, numbers = batch
    cv2.setNumThreads(1)
    rows = []
    for number in numbers:
        path = workspace.image_dir / f"{number}.jpg"
        if not path.is_file():
            write_bytes(path, encode_thumbnail(describe(0, number)))
        rows.append(
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
                "filename": path.name,
                "sha256": hash_file(path),
                "status": "ok",
                "reason": None,
            }
        )
    return pd.DataFrame(rows)
