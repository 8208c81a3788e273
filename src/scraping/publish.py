"""What a run leaves in the workspace: both tables and the numbered thumbnails."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from src.paths import Workspace
from src.scraping.artwork import Artwork
from src.scraping.details import journal_path
from src.scraping.ledger import Ledger
from src.scraping.placement import clear_waiting, incoming_dir, place_files
from src.scraping.run_file import ColourSummary, RunSummary
from src.table_files import write_table
from src.tables import INTERIM, RAW


def publish_tables(
    workspace: Workspace,
    rows: Sequence[Artwork],
    ledger: Ledger,
    files: Mapping[Path, str],
    summary: RunSummary,
) -> None:
    """Give every artwork its file, write both tables and count the outcomes.

    Parameters
    ----------
    workspace
        Where to.
    rows
        In table order; without any, no table is written.
    ledger
        What became of each thumbnail.
    files
        Numbered thumbnails that were there when the run began, with their SHA-256.
    summary
        Takes the numbers.
    """
    outcomes = [ledger.outcome(row.asset_id) for row in rows]
    wanted = {
        index: outcome.sha256
        for index, outcome in enumerate(outcomes)
        if outcome is not None and outcome.status == "ok" and outcome.sha256
    }
    lost = set(place_files(workspace, wanted, files))
    records = []
    for index, (row, outcome) in enumerate(zip(rows, outcomes, strict=True)):
        has_file = index in wanted and index not in lost
        status = "ok" if has_file else "failed" if outcome is not None and outcome.status == "failed" else "pending"
        reason = outcome.detail if outcome is not None and status == "failed" else None
        records.append(
            {
                **row.to_record(),
                "index": index,
                "filename": f"{index}.jpg" if has_file else None,
                "sha256": wanted[index] if has_file else None,
                "status": status,
                "reason": reason,
            }
        )
        _count(summary.colours[row.color], status, reason)
    if records:
        frame = pd.DataFrame.from_records(records, columns=list(INTERIM.column_names))
        write_table(frame[list(RAW.column_names)], workspace.raw_table, RAW)
        write_table(frame, workspace.interim_table, INTERIM)
    clear_waiting(workspace)


def _count(colour: ColourSummary, status: str, reason: str | None) -> None:
    colour.found += 1
    if status == "ok":
        colour.downloaded += 1
    elif status == "failed":
        colour.failed[reason or "unknown"] = colour.failed.get(reason or "unknown", 0) + 1
    else:
        colour.pending += 1


def forget_scraped(workspace: Workspace) -> None:
    """Remove what the scraper wrote into a workspace: journals, tables and numbered thumbnails."""
    for folder in (workspace.journal_dir, incoming_dir(workspace), workspace.evidence_dir):
        shutil.rmtree(folder, ignore_errors=True)
    tables = (workspace.raw_table, workspace.interim_table, workspace.details_table)
    for path in (*tables, journal_path(workspace), Ledger.path_in(workspace)):
        path.unlink(missing_ok=True)
    for path in workspace.image_dir.glob("*.jpg") if workspace.image_dir.is_dir() else ():
        if path.stem.isdecimal():
            path.unlink()
