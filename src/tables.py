"""The tables of the project: every column, defined once, as schemas of pandera; reading and writing hold files to them.

A stage reads the tables of the one before and writes its own; both validate, so that a broken table is refused where
it is made and not three stages later. ``title`` is the file in a workspace, ``description`` says what a row or a
column is, ``metadata`` has a column's unit and source: ``references/data_dictionary.md`` is written from them.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.errors import SchemaErrors
from pandera.pandas import Check, Column, DataFrameSchema

from src.errors import TableError
from src.features.schema import FEATURE_NAMES
from src.files import replace_file

SLICE_ROWS: Final = 5_000
"""Rows of one slice: some 6 MB of a table with addresses and 18 features; validating it costs 20 ms at least."""


def _column(kind: str, unit: str, meaning: str, source: str, *checks: Check, **options: Any) -> Column:
    return Column(kind, list(checks), description=meaning, metadata={"unit": unit, "source": source}, **options)


def _text(unit: str, meaning: str, source: str, pattern: str | None = None, **options: Any) -> Column:
    checks = [] if pattern is None else [Check.str_contains(pattern)]
    return _column("str", unit, meaning, source, *checks, **options)


def _feature(name: str) -> Column:
    letter, space, statistic = name.split("_")
    channel = letter if space == "lab" and letter != "l" else letter.upper()
    words = "mean" if statistic == "mean" else "population standard deviation"
    meaning = f"{words} of channel {channel} of {'Lab' if space == 'lab' else space.upper()}"
    # a mean reaches the end of the channel's scale, a standard deviation half of it
    largest = (179.0 if letter == "h" else 255.0) / (1 if statistic == "mean" else 2)
    unit = "half-degrees" if letter == "h" else "8-bit scale"
    return _column("float64", unit, meaning, "pixels of the file", Check.ge(0.0), Check.le(largest))


def _table(name: str, title: str, description: str, columns: dict[str, Column]) -> DataFrameSchema:
    return DataFrameSchema(columns, coerce=True, name=name, title=title, description=description)


_URL: Final = "^https?://"
_PAGE: Final = _text(
    "URL ending in `/asset/<slug>/<id>`",
    "address of the artwork's page",
    "`href` of the tile",
    r"/asset/[^\s]*?[A-Za-z0-9_-]{14}$",  # only 14-character ids are artworks
)
_COLOUR: Final = _text(
    "colour name", "the colour under which the site files the artwork", "the page that lists it", "^[A-Z]+$"
)
_ASSET_ID: Final = _text(
    "14 characters of URL-safe base64",
    "identity of the artwork",
    "end of the page address",
    "^[A-Za-z0-9_-]{14}$",
    unique=True,
)
_INDEX: Final = _column(
    "int64", "0, 1, 2 …", "number of the artwork in listing order", "this project", Check.ge(0), unique=True
)

RAW: Final = _table(
    "raw",
    "data/raw/pictures.csv",
    "What the browsers listed: one row for each artwork, in listing order.",
    {
        "image": _text(
            "URL",
            "address of the thumbnail; empty where the page gives none",
            "`data-bgsrc` of the tile",
            _URL,
            nullable=True,
        ),
        "page": _PAGE,
        "color": _COLOUR,
        "title": _text("free text", "title", "item index 1 of the page's data", nullable=True),
        "artist": _text("free text", "artist; often unknown", "item index 2", nullable=True),
        "partner": _text("free text", "museum or collection", "item index 10, [12]", nullable=True),
        "asset_id": _ASSET_ID,
        "aspect": _column(
            "float64",
            "width / height",
            "shape of the whole picture",
            "item index 10, [1]",
            Check.ge(0.0),
            nullable=True,
        ),
        "tint": _text(
            "`#rrggbb`",
            "the site's own colour for the artwork",
            "item index 8",
            "^#[0-9a-fA-F]{6}$",
            nullable=True,
            required=False,  # tables that were written before it was collected lack it
        ),
    },
)
INTERIM: Final = _table(
    "interim",
    "data/interim/pictures.csv",
    "The same rows, with the thumbnail's file or the reason why there is none.",
    {
        **RAW.columns,
        "index": _INDEX,
        "filename": _text(
            "`<index>.jpg`", "file in `data/processed/img`; empty where there is none", "this project", nullable=True
        ),
        "sha256": _text(
            "64 hexadecimal digits", "hash of the file's bytes", "this project", "^[0-9a-f]{64}$", nullable=True
        ),
        "status": _column(
            "str",
            "`ok`, `failed` or `pending`",
            "whether the file is there and verified",
            "this project",
            Check.isin(("ok", "failed", "pending")),
        ),
        "reason": _text("free text", "why there is no file", "this project", nullable=True),
    },
)
PROCESSED: Final = _table(
    "processed",
    "data/processed/pictures.csv",
    "The final dataset: one row for each thumbnail that could be measured.",
    {
        "filename": _text("`<index>.jpg`", "file in `data/processed/img`", "this project", unique=True),
        **{name: _feature(name) for name in FEATURE_NAMES},
        "image": _text("URL", "address of the thumbnail", "`data-bgsrc` of the tile", _URL),
        "page": _PAGE,
        "color": _COLOUR,
        "index": _INDEX,
    },
)
REJECTS: Final = _table(
    "rejects",
    "data/interim/rejects.csv",
    "Thumbnails that gave no features.",
    {
        "filename": _text("file name", "file that gave no features", "this project", unique=True),
        "reason": _text("free text", "why not", "this project"),
    },
)
_DETAIL_MEANINGS: Final = {
    "title": "title as the page shows it",
    "partner": "museum or collection",
    "place": "where the museum is",
    "creator": "creator",
    "date": "date created, as the museum writes it",
    "medium": "medium or technique",
    "type": "type of object",
    "dimensions": "physical dimensions",
    "rights": "rights, terms of use or credit line",
    "labels": "every label and value of the page, as a JSON object",
}
DETAILS: Final = _table(
    "details",
    "data/interim/details.csv",
    "What the asset pages say; only with `--details`.",
    {
        "asset_id": _ASSET_ID,
        **{
            name: _text("free text", meaning, "asset page", nullable=True) for name, meaning in _DETAIL_MEANINGS.items()
        },
    },
)
TABLES: Final = (RAW, INTERIM, PROCESSED, REJECTS, DETAILS)


def validate_table(frame: pd.DataFrame, table: DataFrameSchema) -> pd.DataFrame:
    """Hold a frame to a table's contract; return it with the table's columns and types.

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


def read_table(path: Path, table: DataFrameSchema) -> pd.DataFrame:
    """Read a CSV file whole, as :func:`iterate_table` does."""
    return pd.concat(list(iterate_table(path, table)), ignore_index=True)


def iterate_table(
    path: Path, table: DataFrameSchema, columns: Sequence[str] | None = None, rows: int | None = None
) -> Iterator[pd.DataFrame]:
    """Read a CSV file in slices of at most ``rows`` rows, one slice at least; empty cells are missing values.

    Each slice is held to the table's contract, but where a caller needs few ``columns`` of many: these are unvalidated.

    Raises
    ------
    TableError
        If the file is missing, unreadable, or breaks the contract. That a value which must be
        unique appears in two slices is known at the end only.
    """
    if not path.is_file():
        raise TableError(f"{path} is missing: run the stage before, which writes it")
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
            if columns is None:
                yield from _validate_slices(slices, table)
            else:
                yield from (part.loc[:, list(columns)] for part in slices)
    except ValueError as error:
        raise TableError(f"{path} cannot be read as table {table.name}: {error}") from error


def write_table(frame: pd.DataFrame, path: Path, table: DataFrameSchema) -> None:
    """Hold a frame to its contract and write it whole, as :func:`write_slices` does."""
    write_slices([frame], path, table)


def write_slices(slices: Iterable[pd.DataFrame], path: Path, table: DataFrameSchema) -> int:
    """Hold slices to the table's contract and write them whole as CSV, in constant memory; return the number of rows.

    The bytes depend on the rows alone: Unix line ends, the shortest digits that give each number back. No slice at
    all gives a table without rows.

    Raises
    ------
    TableError
        If the rows break the contract; the file is then left as it was, and so it is if the source
        of the slices fails.
    """
    written = 0
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        pd.DataFrame(columns=list(table.columns)).to_csv(stream, index=False, lineterminator="\n")
        for valid in _validate_slices(_gather(slices), table):
            # Python's writer leaves a lone carriage return unquoted, and readers take it for the end of the row
            for name in _list_texts(table):
                if valid[name].str.contains("\r", regex=False).any():
                    valid[name] = valid[name].str.replace(r"\r\n?", "\n", regex=True)
            valid.to_csv(stream, index=False, header=False, lineterminator="\n")
            written += len(valid)
    return written


def _list_texts(table: DataFrameSchema) -> list[str]:
    return [name for name, column in table.columns.items() if str(column.dtype).startswith("str")]


def _gather(slices: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Join small slices to ones worth the fixed cost of a validation (some 20 ms)."""
    held: list[pd.DataFrame] = []
    for part in slices:
        held.append(part)
        if sum(map(len, held)) >= SLICE_ROWS:
            yield pd.concat(held, ignore_index=True)
            held = []
    if any(map(len, held)):
        yield pd.concat(held, ignore_index=True)


def _validate_slices(slices: Iterable[pd.DataFrame], table: DataFrameSchema) -> Iterator[pd.DataFrame]:
    """Hold each slice to the contract; at the end, refuse values that must be unique and came in two slices.

    Eight bytes of each value are kept (a 64-bit hash: by chance equal once in 10^6 tables of 10^7 rows).
    """
    hashes: dict[str, list[NDArray[np.uint64]]] = {name: [] for name, column in table.columns.items() if column.unique}
    for part in slices:
        valid = validate_table(part, table)
        for name, parts in hashes.items():
            parts.append(pd.util.hash_array(valid[name].to_numpy(), categorize=False))
        yield valid
    for name, parts in hashes.items():
        values = np.concatenate([np.empty(0, dtype=np.uint64), *parts])
        if repeated := len(values) - len(np.unique(values)):
            raise TableError(
                f"table {table.name} ({table.title}): {repeated} values of column {name} come more "
                "than once: expected each once; run the stage that writes it again"
            )
