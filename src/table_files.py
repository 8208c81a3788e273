"""Tables on disk, and the border checks between stages.

A stage reads the tables of the one before and writes its own; both validate, so that a broken table
is refused where it is made and not three stages later. Stages whose tables grow with the collection
use :func:`iterate_table` and :func:`write_slices`, in constant memory; the files are the same, byte for byte.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.errors import SchemaErrors
from pandera.pandas import DataFrameSchema

from src.errors import TableError
from src.files import replace_file

SLICE_ROWS: Final = 5_000
"""Rows of one slice: some 6 MB of a table with addresses and 18 features; validating it costs 20 ms at least."""


def validate_table(frame: pd.DataFrame, table: DataFrameSchema) -> pd.DataFrame:
    """Hold a frame to the contract of a table of :mod:`src.tables`; return it with the table's columns and types.

    Raises
    ------
    TableError
        If a column is missing or unknown, or a value breaks its rule; the message names the
        first ones.
    """
    missing = [name for name, column in table.columns.items() if column.required and name not in frame.columns]
    unknown = [str(name) for name in frame.columns if name not in table.columns]
    if missing or unknown:
        raise TableError(
            f"table {table.name} ({table.title}): missing columns {missing}, unknown columns {unknown}; "
            f"expected {', '.join(table.columns)}"
        )
    try:
        return table.validate(frame.reindex(columns=list(table.columns)), lazy=True)
    except SchemaErrors as error:
        shown = error.failure_cases[["column", "check", "failure_case"]].head(3).to_string(index=False)
        raise TableError(f"table {table.name} ({table.title}) breaks its contract:\n{shown}") from error


def read_table(path: Path, table: DataFrameSchema, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a CSV file whole, as :func:`iterate_table` does."""
    return pd.concat(list(iterate_table(path, table, columns)), ignore_index=True)


def iterate_table(
    path: Path, table: DataFrameSchema, columns: Sequence[str] | None = None, rows: int | None = None
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
        Rows of a slice; :data:`SLICE_ROWS` by default.

    Yields
    ------
    pandas.DataFrame
        At most ``rows`` rows; empty cells are missing values. One slice at least.

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
            dtype=dict.fromkeys(_list_texts(table), "str"),
            keep_default_na=False,
            na_values=[""],
            index_col=False,
            usecols=None if columns is None else list(columns),
            chunksize=rows or SLICE_ROWS,
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


def write_table(frame: pd.DataFrame, path: Path, table: DataFrameSchema) -> None:
    """Hold a frame to its contract and write it whole, as :func:`write_slices` does."""
    write_slices([frame], path, table)


def write_slices(slices: Iterable[pd.DataFrame], path: Path, table: DataFrameSchema) -> int:
    """Hold slices to the table's contract and write them whole as CSV.

    The bytes depend on the rows alone: Unix line ends, the shortest digits that give each number back.

    Parameters
    ----------
    slices
        The rows, in order. No slice at all gives a table without rows.
    path
        The file; it replaces the old one at the very end.
    table
        What the rows are.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    TableError
        If the rows break the contract; the file is then left as it was, and so it is if the source
        of the slices fails.
    """
    unique = _UniqueColumns(table)
    written = 0
    with replace_file(path) as temporary:
        with temporary.open("w", encoding="utf-8", newline="") as stream:
            pd.DataFrame(columns=list(table.columns)).to_csv(stream, index=False, lineterminator="\n")
            for part in _gather(slices):
                valid = validate_table(part, table)
                unique.add(valid)
                # Python's writer leaves a lone carriage return unquoted, and readers take it for the end of the row
                for name in _list_texts(table):
                    if valid[name].str.contains("\r", regex=False).any():
                        valid[name] = valid[name].str.replace(r"\r\n?", "\n", regex=True)
                valid.to_csv(stream, index=False, header=False, lineterminator="\n")
                written += len(valid)
        unique.check()
    return written


def _list_texts(table: DataFrameSchema) -> list[str]:
    return [name for name, column in table.columns.items() if str(column.dtype).startswith("str")]


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


class _UniqueColumns:
    """Checks that values are unique over all slices; keeps eight bytes a value."""

    def __init__(self, table: DataFrameSchema) -> None:
        self._table = table
        self._hashes: dict[str, list[NDArray[np.uint64]]] = {
            name: [] for name, column in table.columns.items() if column.unique
        }

    def add(self, frame: pd.DataFrame) -> None:
        for name, parts in self._hashes.items():
            parts.append(pd.util.hash_array(frame[name].to_numpy(), categorize=False))

    def check(self) -> None:
        """Raise TableError if a value came twice (a 64-bit hash: by chance once in 10^6 tables of 10^7 rows)."""
        for name, parts in self._hashes.items():
            values = np.concatenate([np.empty(0, dtype=np.uint64), *parts])
            if repeated := len(values) - len(np.unique(values)):
                raise TableError(
                    f"table {self._table.name} ({self._table.title}): {repeated} values of column {name} come more "
                    "than once: expected each once; run the stage that writes it again"
                )
