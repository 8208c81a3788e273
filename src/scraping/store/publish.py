"""What a run leaves in the workspace: the tables and the numbered thumbnails."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import pandas as pd
from pandera.pandas import DataFrameSchema

from src.files import hash_file
from src.paths import Workspace
from src.scraping.run_file import RunSummary
from src.scraping.store.placement import (
    Placement,
    incoming_dir,
    name_in,
    place_pictures,
    set_aside,
)
from src.scraping.store.store import Store, read_owned_files
from src.table_files import write_table
from src.tables import INTERIM, RAW


def publish(workspace: Workspace, store: Store, summary: RunSummary) -> None:
    """Give every artwork its file, write both tables and count the outcomes.

    A row keeps its thumbnail of another size or format until the new one is there. Without any row
    nothing in the workspace changes.

    Parameters
    ----------
    workspace
        Where to.
    store
        The artworks and what became of their thumbnails.
    summary
        Takes the numbers.
    """
    rows = store.rows()
    if not rows:
        return
    wanted, earlier = {}, set()
    for index, row in enumerate(rows):
        outcome = store.outcome(row.asset_id)
        if outcome is not None and outcome.sha256:
            wanted[index] = outcome.sha256
        elif digest := store.earlier_sha256(row.asset_id):
            wanted[index] = digest
            earlier.add(index)
    owned = store.read_files()
    store.claim_files((name_in(workspace, workspace.image_dir / f"{index}.jpg"), wanted[index]) for index in wanted)
    is_whole = len(wanted) == len(rows) and not earlier and not summary.has_been_cut_short
    placement = place_pictures(workspace, wanted, owned, is_whole=is_whole)
    records = []
    for index, row in enumerate(rows):
        outcome = store.outcome(row.asset_id)
        digest = placement.placed.get(index)
        has_failed = outcome is not None and outcome.status == "failed"
        status = "ok" if digest else "failed" if has_failed else "pending"
        reason = outcome.detail if outcome is not None and status == "failed" else None
        filename = f"{index}.jpg" if digest else None
        records.append(
            {**asdict(row), "index": index, "filename": filename, "sha256": digest, "status": status, "reason": reason}
        )
        # a thumbnail of an earlier kind is a file for the table, and still to be fetched for the run
        summary.colours[row.color].count("pending" if index in earlier and status == "ok" else status, reason)
    frame = pd.DataFrame.from_records(records, columns=list(INTERIM.columns))
    tables = (
        write_owned_table(store, workspace, frame[list(RAW.columns)], workspace.raw_table, RAW),
        write_owned_table(store, workspace, frame, workspace.interim_table, INTERIM),
    )
    _settle(store, workspace, owned, placement, tables)
    _describe_files(summary, placement, len(earlier))


def write_owned_table(
    store: Store, workspace: Workspace, frame: pd.DataFrame, path: Path, table: DataFrameSchema
) -> tuple[str, str]:
    """Write a table as the scraper's own; one of somebody else in its place is renamed.

    Returns
    -------
    tuple of str
        Path in the workspace, and SHA-256.
    """
    waiting = path.with_name(f".{path.name}.waiting")
    write_table(frame, waiting, table)
    owned, mine = store.read_files(), (name_in(workspace, path), hash_file(waiting))
    if path.is_dir() or (path.is_file() and (digest := hash_file(path)) != mine[1] and (mine[0], digest) not in owned):
        set_aside(path)
    store.claim_files([mine])
    waiting.replace(path)
    return mine


def _settle(
    store: Store,
    workspace: Workspace,
    owned: set[tuple[str, str]],
    placement: Placement,
    tables: Iterable[tuple[str, str]],
) -> None:
    """Let the store know the files that are in place now."""
    images = f"{name_in(workspace, workspace.image_dir)}/"
    taken = {f"{images}{index}.jpg": digest for index, digest in placement.placed.items()}
    left = {f"{images}{name}" for name in placement.unclaimed}
    written = dict(tables)
    others = {
        entry for entry in owned if entry[0] in left or (not entry[0].startswith(images) and entry[0] not in written)
    }
    store.settle_files({*taken.items(), *written.items(), *others})


def _describe_files(summary: RunSummary, placement: Placement, earlier: int) -> None:
    """Name what is in the folder of thumbnails beside them."""
    if placement.kept_aside:
        summary.notes.append(
            f"{len(placement.kept_aside)} files that this scraper did not write stood where thumbnails belong; "
            f"they are kept as {_name_some(placement.kept_aside)}"
        )
    if placement.unclaimed:
        summary.notes.append(
            f"{len(placement.unclaimed)} numbered files belong to no row and stay: {_name_some(placement.unclaimed)}"
        )
    if earlier:
        summary.notes.append(f"{earlier} rows keep a thumbnail of an earlier size or format until theirs is fetched")


def _name_some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def forget_scraped(workspace: Workspace) -> None:
    """Remove what the scraper wrote into a workspace, and nothing else: its store, tables and thumbnails."""
    owned = read_owned_files(workspace)
    if owned is None:
        if workspace.scraping_store.exists():
            set_aside(workspace.scraping_store)
        return
    for name in {name for name, _ in owned}:
        path = workspace.root / name
        if path.is_file() and (name, hash_file(path)) in owned:
            path.unlink()
    if incoming_dir(workspace).is_dir():
        place_pictures(workspace, {}, (), is_whole=True)
    for suffix in ("", "-wal", "-shm"):
        workspace.scraping_store.with_name(workspace.scraping_store.name + suffix).unlink(missing_ok=True)
