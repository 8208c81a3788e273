"""The feature table as arrays to learn from: all of it, or a fixed sample of a large one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from src.errors import TableError, UsageError
from src.features.schema import FEATURE_NAMES
from src.table_streams import SLICE_ROWS, is_parquet_current, iterate_table
from src.tables import PROCESSED

_COLUMNS: Final = (*FEATURE_NAMES, "color", "image", "index")


@dataclass(frozen=True)
class FeatureMatrix:
    """Rows of the feature table.

    Attributes
    ----------
    features
        float64, shape (rows, 18), columns in the order of :data:`src.features.schema.FEATURE_NAMES`.
    colours
        Names, shape (rows,).
    images
        Addresses, shape (rows,); two artworks with the same one show the same picture.
    indexes
        int64, shape (rows,): the artworks' numbers.
    table_rows
        Rows of the table that these come from; more than ``len(features)`` if this is a sample.
    """

    features: NDArray[np.float64]
    colours: NDArray[np.object_]
    images: NDArray[np.object_]
    indexes: NDArray[np.int64]
    table_rows: int

    @property
    def is_sample(self) -> bool:
        """Whether rows were left out."""
        return len(self.features) < self.table_rows


def read_feature_matrix(path: Path, sample: int | None = None, seed: int = 0) -> FeatureMatrix:
    """Read the feature table, or a random sample of its rows, in memory for the rows kept only.

    The Parquet file beside the CSV file is read instead, some thirty times faster, where it was written together
    with it; the answer is the same.

    Parameters
    ----------
    path
        The CSV file, ``data/processed/pictures.csv``.
    sample
        Rows to keep at most, drawn without replacement, each row as likely as any other; None keeps all.
    seed
        Of the draw. The same table, sample and seed give the same rows, in the table's order.

    Returns
    -------
    FeatureMatrix

    Raises
    ------
    TableError
        If the file is missing, unreadable, or breaks its contract.
    UsageError
        If ``sample`` is not positive.
    """
    if sample is not None and sample < 1:
        raise UsageError(f"a sample of {sample} rows cannot be learned from: expected 1 or more")
    total = _count_rows(path)
    wanted = None
    if sample is not None and sample < total:
        wanted = np.sort(np.random.default_rng(seed).choice(total, sample, replace=False))
    kept, start = [], 0
    for part in _iterate_frames(path):
        if wanted is None:
            kept.append(part)
        else:
            first, last = np.searchsorted(wanted, (start, start + len(part)))
            kept.append(part.iloc[wanted[first:last] - start])
        start += len(part)
    if not total:
        raise TableError(f"{path} has no rows: expected pictures with features; run the stages before")
    return _make_matrix(pd.concat(kept, ignore_index=True), total)


def iterate_feature_matrix(path: Path) -> Iterator[FeatureMatrix]:
    """Give the feature table slice by slice, for what learns from a stream (``partial_fit``)."""
    total = _count_rows(path)
    for part in _iterate_frames(path):
        yield _make_matrix(part, total)


def _count_rows(path: Path) -> int:
    parquet = path.with_suffix(".parquet")
    if is_parquet_current(parquet, path):
        return int(pq.read_metadata(parquet).num_rows)
    return sum(len(part) for part in iterate_table(path, PROCESSED, ("index",)))


def _iterate_frames(path: Path) -> Iterator[pd.DataFrame]:
    parquet = path.with_suffix(".parquet")
    if not is_parquet_current(parquet, path):
        for part in iterate_table(path, PROCESSED):
            yield part.loc[:, list(_COLUMNS)]
        return
    with pq.ParquetFile(parquet) as stream:  # validated where it was written, and bound to the CSV file by its hash
        for batch in stream.iter_batches(SLICE_ROWS, columns=list(_COLUMNS)):
            yield batch.to_pandas()


def _make_matrix(frame: pd.DataFrame, table_rows: int) -> FeatureMatrix:
    return FeatureMatrix(
        np.ascontiguousarray(frame.loc[:, list(FEATURE_NAMES)].to_numpy(np.float64)),
        frame["color"].to_numpy(dtype=object),
        frame["image"].to_numpy(dtype=object),
        frame["index"].to_numpy(np.int64),
        table_rows,
    )
