"""Tables on disk, and the border checks between stages.

A stage reads the tables of the one before and writes its own; both validate, so that a broken table
is refused where it is made and not three stages later. Stages whose tables grow with the collection
use :func:`iterate_table` and :func:`write_slices`, in constant memory; the files are the same, byte for byte.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.errors import TableError
from src.files import replace_file
from src.tables import Table

if TYPE_CHECKING:
    import pandera.pandas as pandera

SLICE_ROWS: Final = 5_000
"""Rows of one slice: some 6 MB of a table with addresses and 18 features; validating it costs 20 ms at least."""

_DTYPES: Final = {"text": "str", "integer": "int64", "number": "float64"}


@cache
def _build_schema(table: Table) -> "pandera.DataFrameSchema":
    import pandera.pandas as pandera  # noqa: PLC0415 - half a second that only the borders need

    columns = {}
    for column in table.columns:
        checks = []
        if column.minimum is not None:
            checks.append(pandera.Check.ge(column.minimum))
        if column.maximum is not None:
            checks.append(pandera.Check.le(column.maximum))
        if column.values:
            checks.append(pandera.Check.isin(list(column.values)))
        if column.pattern is not None:
            # pandas warns about groups that a search does not ask for
            checks.append(pandera.Check.str_contains(re.sub(r"(?<!\\)\((?!\?)", "(?:", column.pattern)))
        columns[column.name] = pandera.Column(
            _DTYPES[column.kind], checks, nullable=column.is_optional, unique=column.is_unique
        )
    return pandera.DataFrameSchema(columns, strict=True, ordered=True, name=table.name)


def validate_table(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Hold a frame to a table's contract.

    Parameters
    ----------
    frame
        Rows to check.
    table
        One of :data:`TABLES`.

    Returns
    -------
    pandas.DataFrame
        The rows, with the table's columns and types.

    Raises
    ------
    TableError
        If a column is missing or unknown, or a value breaks its rule; the message names the
        first ones.
    """
    import pandera.errors  # noqa: PLC0415 - as above

    later = [column.name for column in table.columns if column.may_be_absent and column.name not in frame.columns]
    frame = frame.assign(**dict.fromkeys(later)) if later else frame
    missing = [name for name in table.column_names if name not in frame.columns]
    unknown = [str(name) for name in frame.columns if name not in table.column_names]
    if missing or unknown:
        raise TableError(
            f"table {table.name} ({table.location}): missing columns {missing}, unknown columns {unknown}; "
            f"expected {', '.join(table.column_names)}"
        )
    typed = frame.loc[:, list(table.column_names)].copy()
    for column in table.columns:
        if column.kind == "text" and typed[column.name].isna().all():
            typed[column.name] = typed[column.name].astype("str")
    try:
        typed = typed.astype({column.name: _DTYPES[column.kind] for column in table.columns})
        return _build_schema(table).validate(typed, lazy=True)
    except (pandera.errors.SchemaErrors, pandera.errors.SchemaError) as error:
        cases = error.failure_cases if isinstance(error, pandera.errors.SchemaErrors) else None
        shown = "" if cases is None else cases[["column", "check", "failure_case"]].head(3).to_string(index=False)
        raise TableError(f"table {table.name} ({table.location}) breaks its contract:\n{shown or error}") from error
    except (ValueError, TypeError) as error:
        raise TableError(f"table {table.name} ({table.location}): {error}") from error


def read_table(path: Path, table: Table, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a CSV file whole, as :func:`iterate_table` does."""
    return pd.concat(list(iterate_table(path, table, columns)), ignore_index=True)


def iterate_table(
    path: Path, table: Table, columns: Sequence[str] | None = None, rows: int | None = None
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
            dtype={column.name: "str" for column in table.columns if column.kind == "text"},
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


def write_table(frame: pd.DataFrame, path: Path, table: Table) -> None:
    """Hold a frame to its contract and write it whole, as :func:`write_slices` does."""
    write_slices([frame], path, table)


def write_slices(slices: Iterable[pd.DataFrame], path: Path, table: Table) -> int:
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
    empty = pd.DataFrame({column.name: pd.Series(dtype=_DTYPES[column.kind]) for column in table.columns})
    written = 0
    with replace_file(path) as temporary:
        with temporary.open("w", encoding="utf-8", newline="") as stream:
            empty.to_csv(stream, index=False, lineterminator="\n")
            for part in _gather(slices):
                valid = validate_table(part, table)
                unique.add(valid)
                _write_rows(valid, stream, table)
                written += len(valid)
        unique.check()
    return written


def _write_rows(frame: pd.DataFrame, stream: TextIO, table: Table) -> None:
    """Write rows; line ends inside a text become Unix ones.

    Python's writer leaves a lone carriage return unquoted, and every reader takes it for the end of the row.
    """
    texts = [column.name for column in table.columns if column.kind == "text"]
    broken = [name for name in texts if frame[name].str.contains("\r", regex=False).any()]
    if broken:
        frame = frame.assign(**{name: frame[name].str.replace(r"\r\n?", "\n", regex=True) for name in broken})
    frame.to_csv(stream, index=False, header=False, lineterminator="\n")


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
