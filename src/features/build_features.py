"""Pictures on disk to the feature table: ``python -m src.features.build_features``.

The rows of ``data/interim/pictures.csv`` whose file is there are measured in chunks, in parallel,
into ``data/processed/pictures.csv``. Pictures that give no features are listed
with their reasons in ``data/interim/rejects.csv``. Finished chunks stay on disk, so a stopped run goes on
where it was, and a run after new artworks measures only these. No more than a slice of the tables is in memory.
"""

import argparse
import hashlib
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from src.command import open_console, run_command
from src.errors import EXIT_DONE, EXIT_PARTIAL, TableError
from src.features.image_store import ImageStore
from src.features.measure_image import ImageBatch, MeasuredPicture, measure_batch, measure_batch_isolated
from src.features.schema import FEATURE_COUNT, FEATURE_NAMES
from src.files import hash_file, replace_file
from src.parallel import add_parallel_arguments, map_with_progress, parallel_backend
from src.paths import Workspace
from src.tables import INTERIM, PROCESSED, REJECTS, iterate_table, write_slices

CHUNK_ROWS: Final = 256
"""Artworks of one chunk: a quarter of a second of work, 37 KB of features."""

SLICE_CHUNKS: Final = 20
"""Chunks that are read from the table at a time."""

_LISTED: Final = ("index", "filename", "sha256", "status")
_NO_FEATURES: Final = np.full(FEATURE_COUNT, np.nan)


class FeatureSummary(NamedTuple):
    """Artworks that have a file, rows and rejects of them, those that were measured in this run, and how fast."""

    images: int
    rows: int
    rejects: int
    measured: int
    workers: int
    seconds: float


def build_features(
    workspace: Workspace, jobs: int = -1, *, dask: str | None = None, images: str | None = None
) -> FeatureSummary:
    """Measure every downloaded thumbnail of a workspace: its interim table is read, its processed table is written.

    Parameters
    ----------
    jobs, dask
        As :func:`src.parallel.parallel_backend` takes them.
    images
        Folder or URL with the pictures; None is the workspace's own folder. Workers read from it
        themselves, so on a cluster without a shared disk it is a URL.

    Raises
    ------
    TableError
        If the interim table is missing, broken, or lists no file at all; what was there before stays.
    UsageError
        If the place with the pictures or the cluster cannot be reached.
    """
    start = time.perf_counter()
    store = ImageStore(str(workspace.image_dir) if images is None else images)
    store.check()
    listing = hash_file(workspace.interim_table) if workspace.interim_table.is_file() else ""
    chunks: list[Path] = []
    todo: set[Path] = set()
    total = measured = 0
    for number, rows in enumerate(_iterate_chunks(workspace, _LISTED)):
        chunks.append(workspace.measured_dir / f"{number:08d}-{_hash_chunk(rows, store)}.npz")
        total += len(rows)
        known = _load_chunk(chunks[-1], len(rows))
        if known is None or not all(picture.is_final for picture in known):
            todo.add(chunks[-1])
            measured += len(rows)
    if total == 0:
        raise TableError(
            f"{workspace.interim_table} lists no picture with status ok: expected at least one; run the scraper again"
        )
    batches = (
        ImageBatch(store, tuple(rows["filename"]))
        for chunk, rows in zip(chunks, _iterate_chunks(workspace, _LISTED), strict=True)
        if chunk in todo
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
        for chunk, outcome in zip((chunk for chunk in chunks if chunk in todo), outcomes, strict=True):
            _save_chunk(chunk, outcome)
    rejects: list[tuple[str, str]] = []
    written = write_slices(_join(workspace, listing, chunks, rejects), workspace.processed_table, PROCESSED)
    write_slices([pd.DataFrame(rejects, columns=list(REJECTS.columns), dtype="str")], workspace.rejects_table, REJECTS)
    for path in set(workspace.measured_dir.glob("*.npz")) - set(chunks):
        path.unlink(missing_ok=True)
    return FeatureSummary(total, written, len(rejects), measured, workers, time.perf_counter() - start)


def _iterate_chunks(workspace: Workspace, columns: tuple[str, ...] | None = None) -> Iterator[pd.DataFrame]:
    """Give the rows that have a file, by chunks of the table: new artworks are appended and move no other."""
    for part in iterate_table(workspace.interim_table, INTERIM, columns, SLICE_CHUNKS * CHUNK_ROWS):
        for start in range(0, len(part), CHUNK_ROWS):
            rows = part.iloc[start : start + CHUNK_ROWS]
            yield rows.loc[rows["status"] == "ok"]


@cache
def _describe_extractor() -> str:
    """Describe the code of this package and the libraries that turn bytes into features."""
    libraries = [f"{name} {version(name)}" for name in ("numpy", "opencv-python-headless", "pillow", "simplejpeg")]
    return " ".join([*libraries, *map(hash_file, sorted(Path(__file__).parent.glob("*.py")))])


def _hash_chunk(rows: pd.DataFrame, store: ImageStore) -> str:
    """Hash all that a chunk's features depend on: code, libraries, each artwork's file with its size and time."""
    lines = [_describe_extractor(), store.location if store.is_remote else "folder"]
    lines += [
        f"{index} {name} {digest} {store.describe_file(name)}"
        for index, name, digest in zip(rows["index"], rows["filename"], rows["sha256"], strict=True)
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:24]


def _save_chunk(path: Path, pictures: Sequence[MeasuredPicture]) -> None:
    with replace_file(path) as temporary:
        np.savez(
            temporary,
            features=[_NO_FEATURES if picture.features is None else picture.features for picture in pictures],
            reasons=np.array([picture.reason for picture in pictures], dtype=str),
            is_final=np.array([picture.is_final for picture in pictures], dtype=bool),
        )


def _load_chunk(path: Path, rows: int) -> list[MeasuredPicture] | None:
    """Give a finished chunk, or None if there is none of that size that can be read."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as content:
            columns = content["features"], content["reasons"].tolist(), content["is_final"].tolist()
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    pictures = [
        MeasuredPicture(None if reason else features, reason, is_final)
        for features, reason, is_final in zip(*columns, strict=True)
    ]
    return pictures if len(pictures) == rows else None


def _join(
    workspace: Workspace, listing: str, chunks: Sequence[Path], rejects: list[tuple[str, str]]
) -> Iterator[pd.DataFrame]:
    """Put what was listed and what was measured together, chunk by chunk; rejects are appended to the list given."""
    changed = TableError(
        f"{workspace.interim_table} or {workspace.measured_dir} changed during the run: expected both to stay; "
        "run this stage again"
    )
    for chunk, rows in zip(chunks, _iterate_chunks(workspace), strict=False):
        outcome = _load_chunk(chunk, len(rows))
        if outcome is None:
            raise changed
        pairs = zip(rows["filename"], outcome, strict=True)
        rejects += [(name, picture.reason) for name, picture in pairs if picture.features is None]
        is_measured = [picture.features is not None for picture in outcome]
        measured = [picture.features for picture in outcome if picture.features is not None]
        listed = rows.loc[is_measured, ["filename", "image", "page", "color", "index"]].reset_index(drop=True)
        yield listed.join(pd.DataFrame(measured, columns=list(FEATURE_NAMES), dtype=np.float64))
    if hash_file(workspace.interim_table) != listing:
        raise changed


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m src.features.build_features",
        description="Measure the 18 features of every downloaded thumbnail.",
        epilog="Exit codes: 0 done; 1 some pictures were rejected (see data/interim/rejects.csv); "
        "2 wrong usage or input; 130 interrupted (run again to go on).",
    )
    parser.add_argument("--workspace", type=Path, default=Workspace().root, metavar="DIR", help="folder with data/")
    parser.add_argument("--images", metavar="DIR|URL", help="where the pictures are (default: data/processed/img)")
    add_parallel_arguments(parser)
    options = parser.parse_args(arguments)

    def run() -> int:
        workspace = Workspace(options.workspace)
        done = build_features(workspace, options.jobs, dask=options.dask, images=options.images)
        console = open_console()
        console.print(
            f"{done.images:,} images: {done.rows:,} rows, {done.rejects:,} rejects; measured {done.measured:,} "
            f"in {done.seconds:.1f} s ({done.measured / done.seconds:,.0f} images/s on {done.workers} workers)"
        )
        if done.rejects:
            console.print(f"the reasons are in {workspace.rejects_table}")
        return EXIT_PARTIAL if done.rejects else EXIT_DONE

    return run_command(run, "interrupted: finished chunks are kept, run the same command again to go on")


if __name__ == "__main__":
    sys.exit(main())
