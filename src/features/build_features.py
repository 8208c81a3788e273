"""Pictures on disk to the feature table: ``python -m src.features.build_features``.

The rows of ``data/interim/pictures.csv`` whose file is there are measured in chunks, in parallel,
into ``data/processed/pictures.csv``. Pictures that give no features are listed
with their reasons in ``data/interim/rejects.csv``. A stopped run goes on where it was; a run after
new artworks measures only these.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from src.command import open_console, run_command
from src.errors import EXIT_DONE, EXIT_PARTIAL, TableError
from src.features.decode_image import MAXIMUM_MEMORY
from src.features.image_store import ImageStore
from src.features.measure_batch import ImageBatch, measure_batch, measure_batch_isolated
from src.features.measured_chunks import CHUNK_ROWS, MeasuredChunks, make_chunk_key
from src.features.schema import FEATURE_NAMES
from src.files import hash_file
from src.parallel import add_parallel_arguments, map_with_progress, parallel_backend
from src.paths import Workspace
from src.table_files import iterate_table, write_slices
from src.tables import INTERIM, PROCESSED, REJECTS

_LISTED: Final = ("index", "filename", "sha256", "status")


@dataclass(frozen=True)
class FeatureSummary:
    """What a run did.

    Attributes
    ----------
    images
        Artworks that have a file by the interim table.
    rows
        Of these, measured: rows of the feature table.
    rejects
        The others, listed in the rejects file.
    measured
        Images that were measured now; the rest was known from an earlier run.
    workers
        Processes, or threads of the cluster.
    seconds
        Wall-clock time of the whole stage.
    """

    images: int
    rows: int
    rejects: int
    measured: int
    workers: int
    seconds: float

    @property
    def images_per_second(self) -> float:
        """Images measured now for each second of the whole stage."""
        return self.measured / self.seconds if self.seconds > 0 else 0.0

    @property
    def exit_code(self) -> int:
        """0 if every image gave a row, else 1."""
        return EXIT_PARTIAL if self.rejects else EXIT_DONE


def build_features(
    workspace: Workspace,
    jobs: int = -1,
    *,
    dask: str | None = None,
    images: str | None = None,
    maximum_memory: int = MAXIMUM_MEMORY,
) -> FeatureSummary:
    """Measure every downloaded thumbnail of a workspace.

    Parameters
    ----------
    workspace
        Its interim table is read; its processed table (CSV and Parquet) and its rejects are written.
    jobs
        Processes; -1 is one for each processor.
    dask
        Address of a Dask scheduler to work on instead.
    images
        Folder or URL with the pictures; None is the workspace's own folder. Workers read from it
        themselves, so on a cluster without a shared disk it is a URL.
    maximum_memory
        Pictures whose decoding would take more bytes are rejected.

    Returns
    -------
    FeatureSummary

    Raises
    ------
    TableError
        If the interim table is missing, broken, or lists no file at all; what was there before stays.
    UsageError
        If the place with the pictures or the cluster cannot be reached.
    """
    start = time.perf_counter()
    store = ImageStore(str(workspace.image_dir) if images is None else images)
    finished = MeasuredChunks(workspace.measured_dir)
    store.check()
    listing = hash_file(workspace.interim_table) if workspace.interim_table.is_file() else ""
    keys: list[str] = []  # by chunk, as little as memory should hold of a large collection
    todo: set[str] = set()
    total = measured = 0
    for number, rows in _iterate_chunks(workspace.interim_table, _LISTED):
        keys.append(_make_key(number, rows, store, maximum_memory))
        total += len(rows)
        outcome = finished.load(keys[-1], len(rows))
        if outcome is None or not all(picture.is_final for picture in outcome):
            todo.add(keys[-1])
            measured += len(rows)
    if total == 0:
        raise TableError(
            f"{workspace.interim_table} lists no picture with status ok: expected at least one; run the scraper again"
        )
    batches = (
        ImageBatch(store, tuple(rows["filename"]), maximum_memory)
        for key, (_, rows) in zip(keys, _iterate_chunks(workspace.interim_table, _LISTED), strict=True)
        if key in todo
    )
    with parallel_backend(jobs, dask) as workers:
        outcomes = map_with_progress(
            measure_batch,
            batches,
            description="features",
            total=total,
            done=total - measured,
            unit="images",
            count=len,
            rescue=measure_batch_isolated,
        )
        for key, outcome in zip((key for key in keys if key in todo), outcomes, strict=True):
            finished.save(key, outcome)
    rejects: list[tuple[str, str]] = []
    written = write_slices(
        _join_slices(workspace, listing, keys, finished, rejects),
        workspace.processed_table,
        PROCESSED,
    )
    write_slices([pd.DataFrame(rejects, columns=list(REJECTS.columns), dtype="str")], workspace.rejects_table, REJECTS)
    finished.forget_others(set(keys))
    return FeatureSummary(total, written, len(rejects), measured, workers, time.perf_counter() - start)


def _iterate_chunks(path: Path, columns: tuple[str, ...] | None = None) -> Iterator[tuple[int, pd.DataFrame]]:
    """Give the rows that have a file by ranges of their indexes, in ascending order."""
    held: pd.DataFrame | None = None
    slices = iterate_table(path, INTERIM, columns)
    if not _is_ascending(path):  # a table that a person sorted otherwise: the one case that takes it whole
        slices = iter([pd.concat(list(slices)).sort_values("index", ignore_index=True)])
    for part in slices:
        rows = part.loc[part["status"] == "ok"]
        if held is not None:
            rows = pd.concat([held, rows])
        if rows.empty:
            continue
        numbers = rows["index"] // CHUNK_ROWS
        is_last = numbers == numbers.iloc[-1]  # its other rows may stand in the next slice
        held = rows.loc[is_last]
        for number, chunk in rows.loc[~is_last].groupby(numbers.loc[~is_last], sort=True):
            yield int(str(number)), chunk
    if held is not None and not held.empty:
        yield int(held["index"].iloc[0]) // CHUNK_ROWS, held


def _is_ascending(path: Path) -> bool:
    last = -1
    for part in iterate_table(path, INTERIM, ("index",)):
        indexes = part["index"].to_numpy()
        if len(indexes) and (indexes[0] <= last or np.any(np.diff(indexes) <= 0)):
            return False
        last = indexes[-1] if len(indexes) else last
    return True


def _make_key(number: int, rows: pd.DataFrame, store: ImageStore, maximum_memory: int) -> str:
    lines = [f"{store.location if store.is_remote else 'folder'} {maximum_memory}"]
    lines += [
        f"{index} {name} {digest} {store.describe_file(name)}"
        for index, name, digest in zip(rows["index"], rows["filename"], rows["sha256"], strict=True)
    ]
    return make_chunk_key(number, lines)


def _join_slices(
    workspace: Workspace, listing: str, keys: Sequence[str], finished: MeasuredChunks, rejects: list[tuple[str, str]]
) -> Iterator[pd.DataFrame]:
    """Put what was listed and what was measured together, chunk by chunk; rejects are appended to the list given."""
    outcome = None
    for key, (_, rows) in zip(keys, _iterate_chunks(workspace.interim_table), strict=True):
        outcome = finished.load(key, len(rows))
        if outcome is None:
            break
        pairs = zip(rows["filename"], outcome, strict=True)
        rejects += [(name, picture.reason) for name, picture in pairs if picture.features is None]
        is_measured = [picture.features is not None for picture in outcome]
        measured = [picture.features for picture in outcome if picture.features is not None]
        listed = rows.reset_index(drop=True).loc[is_measured, ["filename", "image", "page", "color", "index"]]
        features = pd.DataFrame(measured, columns=list(FEATURE_NAMES), index=listed.index, dtype=np.float64)
        yield pd.concat([listed, features], axis=1)
    if outcome is None or hash_file(workspace.interim_table) != listing:
        raise TableError(
            f"{workspace.interim_table} or {finished.folder} changed during the run: expected both to stay; "
            "run this stage again"
        )


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m src.features.build_features",
        description="Measure the 18 features of every downloaded thumbnail.",
        epilog="Exit codes: 0 done; 1 some pictures were rejected (see data/interim/rejects.csv); "
        "2 wrong usage or input; 130 interrupted (run again to go on).",
    )
    parser.add_argument("--workspace", type=Path, metavar="DIR", help="folder with data/ (default: the project)")
    parser.add_argument("--images", metavar="DIR|URL", help="where the pictures are (default: data/processed/img)")
    parser.add_argument(
        "--maximum-memory",
        type=int,
        default=MAXIMUM_MEMORY,
        metavar="BYTES",
        help="reject pictures whose decoding takes more (%(default)s)",
    )
    add_parallel_arguments(parser)
    options = parser.parse_args(arguments)
    return run_command(
        lambda: _run(options), "interrupted: finished chunks are kept, run the same command again to go on"
    )


def _run(options: argparse.Namespace) -> int:
    workspace = Workspace() if options.workspace is None else Workspace(options.workspace)
    summary = build_features(
        workspace, options.jobs, dask=options.dask, images=options.images, maximum_memory=options.maximum_memory
    )
    console = open_console()
    console.print(
        f"{summary.images:,} images: {summary.rows:,} rows, {summary.rejects:,} rejects; measured {summary.measured:,} "
        f"in {summary.seconds:.1f} s ({summary.images_per_second:,.0f} images/s on {summary.workers} workers)"
    )
    if summary.rejects:
        console.print(f"the reasons are in {workspace.rejects_table}")
    return summary.exit_code


if __name__ == "__main__":
    sys.exit(main())
