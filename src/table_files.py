"""Tables on disk, and the border checks between stages.

A stage reads the tables of the one before with :func:`read_table` and writes its own with
:func:`write_table`; both validate, so that a broken table is refused where it is made and not
three stages later.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import pandas as pd

from src.errors import TableError
from src.files import replace_file
from src.tables import Table

if TYPE_CHECKING:
    import pandera.pandas as pandera

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
    """Read a CSV file and hold it to its contract.

    Parameters
    ----------
    path
        The file.
    table
        What it should hold.
    columns
        Only these, unvalidated, where a caller needs few of many.

    Returns
    -------
    pandas.DataFrame
        Empty cells are missing values.

    Raises
    ------
    TableError
        If the file is missing, unreadable, or breaks the contract.
    """
    if not path.is_file():
        raise TableError(f"{path} is missing: run the stage before, which writes it")
    types = {column.name: "str" for column in table.columns if column.kind == "text"}
    try:
        frame = pd.read_csv(
            path,
            dtype=types,
            keep_default_na=False,
            na_values=[""],
            usecols=None if columns is None else list(columns),
        )
    except (ValueError, pd.errors.ParserError) as error:
        raise TableError(f"{path} cannot be read as table {table.name}: {error}") from error
    return frame if columns is not None else validate_table(frame, table)


def write_table(frame: pd.DataFrame, path: Path, table: Table) -> None:
    """Hold a frame to its contract and write it whole as CSV.

    The bytes depend on the rows alone: Unix line ends, the shortest digits that give each number back.

    Raises
    ------
    TableError
        If the rows break the contract; the file is then left as it was.
    """
    valid = validate_table(frame, table)
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        write_rows(valid, stream, table, with_header=True)


def write_rows(frame: pd.DataFrame, stream: TextIO, table: Table, *, with_header: bool) -> None:
    """Write valid rows as CSV into an open text stream (opened with ``newline=""``).

    Line ends inside a text become Unix ones: Python's writer leaves a lone carriage return
    unquoted, and every reader then takes it for the end of the row.
    """
    texts = [column.name for column in table.columns if column.kind == "text"]
    broken = [name for name in texts if frame[name].str.contains("\r", regex=False).any()]
    if broken:
        frame = frame.assign(**{name: frame[name].str.replace(r"\r\n?", "\n", regex=True) for name in broken})
    frame.to_csv(stream, index=False, header=with_header, lineterminator="\n")
