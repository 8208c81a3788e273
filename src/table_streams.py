"""Tables of any length, a slice of rows at a time: validated, written and read in constant memory.

:mod:`src.table_files` holds a whole table in memory, which is right for thousands of rows. The
stages whose tables grow with the collection use these instead; the files are the same, byte for byte.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from src.errors import TableError
from src.files import hash_file, replace_file
from src.table_files import validate_table, write_rows
from src.tables import Column, Table

SLICE_ROWS: Final = 5_000
"""Rows of one slice: some 6 MB of a table with addresses and 18 features; validating it costs 20 ms at least."""

CSV_HASH_KEY: Final = b"csv_sha256"
"""Metadata key of a Parquet file that names the CSV file it was written with."""

_ARROW_TYPES: Final = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64()}


def iterate_table(
    path: Path, table: Table, columns: Sequence[str] | None = None, rows: int = SLICE_ROWS
) -> Iterator[pd.DataFrame]:
    """Read a CSV file in slices and hold each to the table's contract.

    Parameters
    ----------
    path
        The file.
    table
        What it should hold.
    columns
        Only these, unvalidated, where a caller needs few of many.
    rows
        Rows of a slice.

    Yields
    ------
    pandas.DataFrame
        At most ``rows`` rows; empty cells are missing values.

    Raises
    ------
    TableError
        If the file is missing, unreadable, or breaks the contract. That a value which must be
        unique appears in two slices is known at the end only.
    """
    if not path.is_file():
        raise TableError(f"{path} is missing: run the stage before, which writes it")
    unique = _UniqueColumns(table)
    try:
        with pd.read_csv(
            path,
            dtype={column.name: "str" for column in table.columns if column.kind == "text"},
            keep_default_na=False,
            na_values=[""],
            usecols=None if columns is None else list(columns),
            chunksize=rows,
        ) as slices:
            for part in slices:
                if columns is None:
                    valid = validate_table(part, table)
                    unique.add(valid)
                    yield valid
                else:
                    yield part.loc[:, list(columns)]
    except (ValueError, pd.errors.ParserError) as error:
        raise TableError(f"{path} cannot be read as table {table.name}: {error}") from error
    unique.check()


def write_slices(slices: Iterable[pd.DataFrame], path: Path, table: Table, parquet: Path | None = None) -> int:
    """Hold slices to the table's contract and write them whole, as CSV and, if asked, as Parquet.

    Both files replace the old ones at the very end; if a slice breaks the contract, or the source
    of the slices fails, the old ones stay.

    Parameters
    ----------
    slices
        The rows, in order. No slice at all gives a table without rows.
    path
        The CSV file.
    table
        What the rows are.
    parquet
        A Parquet file (zstd, one row group a slice) with the same rows. It carries the hash of the
        CSV file, so that a reader can see whether the two still belong together.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    TableError
        If the rows break the contract.
    """
    unique = _UniqueColumns(table)
    written = 0
    with ExitStack() as stack:
        # Left in reverse order: the CSV file, whose hash the Parquet file carries, comes first.
        parquet_part = None if parquet is None else stack.enter_context(replace_file(parquet))
        csv_part = stack.enter_context(replace_file(path))
        writer = None if parquet_part is None else _ParquetFile(parquet_part, table)
        try:
            with csv_part.open("w", encoding="utf-8", newline="") as stream:
                write_rows(validate_table(_make_empty(table), table), stream, table, with_header=True)
                for part in _gather(slices):
                    valid = validate_table(part, table)
                    unique.add(valid)
                    write_rows(valid, stream, table, with_header=False)
                    if writer is not None:
                        writer.add(valid)
                    written += len(valid)
            unique.check()
            if writer is not None:
                writer.finish(hash_file(csv_part))
        finally:
            if writer is not None:
                writer.close()
    return written


def is_parquet_current(parquet: Path, path: Path) -> bool:
    """Whether a Parquet file is whole and was written together with the CSV file as it is now."""
    if not parquet.is_file() or not path.is_file():
        return False
    try:
        metadata = pq.read_metadata(parquet).metadata or {}
    except (OSError, pa.ArrowInvalid):
        return False
    return bool(metadata.get(CSV_HASH_KEY) == hash_file(path).encode())


def _gather(slices: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Join small slices to ones worth the fixed cost of a validation (some 20 ms)."""
    held: list[pd.DataFrame] = []
    rows = 0
    for part in slices:
        held.append(part)
        rows += len(part)
        if rows >= SLICE_ROWS:
            yield pd.concat(held, ignore_index=True)
            held, rows = [], 0
    if rows:
        yield pd.concat(held, ignore_index=True)


def _make_empty(table: Table) -> pd.DataFrame:
    return pd.DataFrame({column.name: pd.Series(dtype=_pandas_type(column)) for column in table.columns})


def _pandas_type(column: Column) -> str:
    return {"text": "str", "integer": "int64", "number": "float64"}[column.kind]


class _ParquetFile:
    """A Parquet file that grows by row groups."""

    def __init__(self, path: Path, table: Table) -> None:
        self._schema = pa.schema(
            [pa.field(column.name, _ARROW_TYPES[column.kind], nullable=column.is_optional) for column in table.columns]
        )
        self._writer: Any = pq.ParquetWriter(path, self._schema, compression="zstd")

    def add(self, frame: pd.DataFrame) -> None:
        self._writer.write_table(pa.Table.from_pandas(frame, schema=self._schema, preserve_index=False))

    def finish(self, csv_hash: str) -> None:
        self._writer.add_key_value_metadata({CSV_HASH_KEY: csv_hash.encode()})

    def close(self) -> None:
        self._writer.close()


class _UniqueColumns:
    """Sees that values are unique over all slices; keeps eight bytes a value."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._hashes: dict[str, list[NDArray[np.uint64]]] = {
            column.name: [] for column in table.columns if column.is_unique
        }

    def add(self, frame: pd.DataFrame) -> None:
        for name, parts in self._hashes.items():
            parts.append(pd.util.hash_array(frame[name].to_numpy(), categorize=False))

    def check(self) -> None:
        """Raise TableError if a value came twice (a 64-bit hash: by chance once in 10^6 tables of 10^7 rows)."""
        for name, parts in self._hashes.items():
            if not parts:
                continue
            values = np.concatenate(parts)
            values.sort()
            repeated = int(np.count_nonzero(values[1:] == values[:-1]))
            if repeated:
                raise TableError(
                    f"table {self._table.name} ({self._table.location}): {repeated} values of column {name} come more "
                    "than once: expected each once; run the stage that writes it again"
                )
