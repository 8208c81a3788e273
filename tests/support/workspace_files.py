"""A workspace as the scraper leaves it, with good and bad files."""

from collections.abc import Mapping

import pandas as pd

from src.paths import Workspace
from src.tables import INTERIM, RAW, write_table


def list_files(workspace: Workspace, contents: Mapping[int, bytes | None], without: tuple[int, ...] = ()) -> None:
    """Write files by index (None writes none) and list all as ok, but for those ``without`` a download."""
    workspace.image_dir.mkdir(parents=True, exist_ok=True)
    for index, content in contents.items():
        if content is not None:
            (workspace.image_dir / f"{index}.jpg").write_bytes(content)
    rows = [
        {
            "image": f"https://example.org/ci/{index}",
            "page": f"https://example.org/asset/slug/{index:014d}",
            "color": "RED" if index % 2 else "BLUE",
            "title": 'A "title", with\nall of it',
            "artist": None,
            "partner": None,
            "asset_id": f"{index:014d}",
            "aspect": 1.0,
            "index": index,
            "filename": None if index in without else f"{index}.jpg",
            "sha256": None,
            "status": "failed" if index in without else "ok",
            "reason": "HTTP 404" if index in without else None,
        }
        for index in contents
    ]
    columns = [*RAW.columns, "index", "filename", "sha256", "status", "reason"]
    write_table(pd.DataFrame(rows, columns=columns), workspace.interim_table, INTERIM)
