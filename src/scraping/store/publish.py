"""What a run leaves in the workspace: the tables and the numbered thumbnails."""

import contextlib
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import pandas as pd
from pandera.pandas import DataFrameSchema

from src.files import hash_file
from src.paths import Workspace
from src.scraping.artwork import Artwork
from src.scraping.store.placement import incoming_dir, name_in, place_pictures, set_aside
from src.scraping.store.store import Store
from src.scraping.summary import RunSummary
from src.tables import DETAILS, INTERIM, RAW, write_table


def publish(workspace: Workspace, store: Store, summary: RunSummary) -> None:
    """Give every artwork its file, write both tables and count the outcomes in the summary.

    Without any row nothing in the workspace changes.
    """
    rows = store.rows()
    if not rows:
        return
    outcomes = [store.outcomes.get(row.asset_id) for row in rows]
    wanted = {index: outcome.sha256 for index, outcome in enumerate(outcomes) if outcome and outcome.sha256}
    images = name_in(workspace, workspace.image_dir)
    store.claim_files((f"{images}/{index}.jpg", digest) for index, digest in wanted.items())
    is_whole = len(wanted) == len(rows) and not summary.has_been_cut_short
    placed, notes = place_pictures(workspace, wanted, store.read_files(), is_whole=is_whole)
    summary.notes += notes
    records = []
    for index, (row, outcome) in enumerate(zip(rows, outcomes, strict=True)):
        digest = placed.get(index)
        status = "ok" if digest else "failed" if outcome and outcome.status == "failed" else "pending"
        reason = outcome.detail if outcome and status == "failed" else None
        filename = f"{index}.jpg" if digest else None
        records.append(
            {**asdict(row), "index": index, "filename": filename, "sha256": digest, "status": status, "reason": reason}
        )
        colour = summary.colours[row.color]
        colour.found += 1
        colour.downloaded += status == "ok"
        if reason is not None:
            colour.failed[reason] = colour.failed.get(reason, 0) + 1
    frame = pd.DataFrame.from_records(records, columns=list(INTERIM.columns))
    _write_table(store, workspace, frame[list(RAW.columns)], workspace.raw_table, RAW)
    _write_table(store, workspace, frame, workspace.interim_table, INTERIM)


def publish_details(workspace: Workspace, store: Store, artworks: Iterable[Artwork]) -> int:
    """Write what the asset pages of some artworks say, in their order; return how many were read."""
    pages = store.read_asset_pages()
    records = [{"asset_id": one.asset_id, **pages[one.asset_id]} for one in artworks if one.asset_id in pages]
    if records:
        frame = pd.DataFrame.from_records(records, columns=list(DETAILS.columns))
        _write_table(store, workspace, frame, workspace.details_table, DETAILS)
    return len(records)


def _write_table(store: Store, workspace: Workspace, frame: pd.DataFrame, path: Path, table: DataFrameSchema) -> None:
    """Write a table as the scraper's own; one of somebody else in its place is renamed."""
    waiting = path.with_name(f".{path.name}.waiting")
    write_table(frame, waiting, table)
    name = name_in(workspace, path)
    store.claim_files([(name, hash_file(waiting))])
    if path.is_dir() or (path.is_file() and (name, hash_file(path)) not in store.read_files()):
        set_aside(path)
    waiting.replace(path)


def forget_scraped(workspace: Workspace) -> None:
    """Remove what the scraper wrote into a workspace, and nothing else: its store, tables and thumbnails."""
    store = workspace.scraping_store
    if not store.is_file():
        return
    with contextlib.closing(sqlite3.connect(store)) as connection:
        try:
            owned = set(connection.execute("SELECT path, sha256 FROM files"))
        except sqlite3.DatabaseError:
            set_aside(store)  # not the scraper's
            return
    for name in {name for name, _ in owned}:
        path = workspace.root / name
        if path.is_file() and (name, hash_file(path)) in owned:
            path.unlink()
    if incoming_dir(workspace).is_dir():
        place_pictures(workspace, {}, (), is_whole=True)
    for suffix in ("", "-wal", "-shm"):
        store.with_name(store.name + suffix).unlink(missing_ok=True)
