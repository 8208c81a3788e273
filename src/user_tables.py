"""Tables that people have: read whatever way a spreadsheet, a database or a script has saved them.

Training, evaluation, prediction's reports and the gallery's ``--labels`` read through here. A table is
read right or refused with the reason; nothing is guessed that would shift or rename what it says.
"""

import csv
import gzip
import io
import re
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from src.errors import TableError
from src.features.schema import FEATURE_NAMES

LABEL_COLUMNS: Final = ("color", "study_label")
_TEXT_COLUMNS: Final = ("filename", "image", "page", "origin", "title", "artist", "partner", "aspect", "tint")
KNOWN_COLUMNS: Final = frozenset((*FEATURE_NAMES, *LABEL_COLUMNS, *_TEXT_COLUMNS))
MISSING: Final = frozenset({"", "nan", "na", "n/a", "#n/a", "null", "none", "<na>", "-", "?"})
"""What an empty cell is written as, in lower case."""

MAXIMUM_NAME_BYTES: Final = 255  # of a file name, on every file system in common use

_SEPARATORS: Final = (",", ";", "\t", "|")
_BYTE_ORDER_MARKS: Final = (
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)


class UserTable(NamedTuple):
    """A table as text: stripped cells, as many in each row as there are names of columns.

    Columns that the project knows are named as it writes them (``H HSV mean`` is ``h_hsv_mean``), others as the table
    has them. Rows are numbered as a spreadsheet shows them; the header of a plain table is row 1.
    """

    path: Path
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...]

    def get(self, name: str) -> tuple[str, ...]:
        """Give a column's cells, none if there is no such column; raise TableError if there are two of this name."""
        places = [place for place, found in enumerate(self.names) if found == name]
        if len(places) > 1:
            raise TableError(f"{self.path} has {len(places)} columns {name}: expected one; remove or rename the others")
        return tuple(row[places[0]] for row in self.rows) if places else ()

    def require(self, names: Sequence[str]) -> None:
        """Raise TableError, which shows what was found, if one of these columns or every row is missing."""
        if missing := [name for name in names if name not in self.names]:
            raise TableError(
                f"{self.path} lacks the columns {', '.join(missing)}; "
                f"found {', '.join(filter(None, self.names)) or 'none'}: "
                "expected their names in the first row, between commas, semicolons, tabs or bars"
            )
        if not self.rows:
            raise TableError(f"{self.path} has a header and no rows: expected one row for each picture")

    def read_numbers(self, name: str, minimum: float, maximum: float) -> NDArray[np.float64]:
        """Read a column of numbers, with decimal points or commas; TableError names rows where one is none in range."""
        cells = self.get(name)
        numbers = np.array([_parse_number(cell) for cell in cells], dtype=np.float64)
        bad = np.flatnonzero(~((numbers >= minimum) & (numbers <= maximum)))
        if len(bad):
            shown = ", ".join(f"row {self.row_numbers[row]}: {cells[row]!r:.40}" for row in bad[:5])
            raise TableError(
                f"{self.path}: column {name} holds {len(bad)} values that are missing, no finite numbers or outside "
                f"of {minimum:g} to {maximum:g} ({shown}): remove these rows or measure their pictures again"
            )
        return numbers

    def read_labels(self, name: str) -> list[str | None]:
        """Read a column of colour names as the site writes them, missing ones as None."""
        return [normalize_label(cell) for cell in self.get(name)]


@lru_cache(maxsize=10_000)
def normalize_label(label: str) -> str | None:
    """Write a colour name as the site does (``" Red"`` is RED), or None where there is none.

    What cannot be seen makes no other name: the way that an accent is encoded, characters without width,
    quotation marks around the name, and the ``.0`` of a number that was read as a fraction.
    """
    composed = unicodedata.normalize("NFC", label)
    visible = "".join(
        letter for letter in composed if unicodedata.category(letter) not in {"Cc", "Cf"} or letter.isspace()
    )
    words = " ".join(visible.split()).strip("'\"")
    return None if words.lower() in MISSING else re.sub(r"^(\d+)\.0+$", r"\1", words.strip().upper())


def read_user_table(path: Path) -> UserTable:
    """Read a table, deciding by its content and not by its name.

    CSV with commas, semicolons, tabs or bars, found by the header; ``sep=`` lines and comment lines
    (``#``) before it; UTF-8, UTF-16, Windows-1252; plain or by gzip; Parquet.

    Raises
    ------
    TableError
        If it is missing, empty, no table, cut off, or a row has another number of cells than the header.
    """
    try:
        if not path.is_file():
            raise TableError(f"{path} is missing or no regular file: expected a table, such as CSV or Parquet")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise TableError(f"{str(path)[:200]!r} cannot be read: {error}") from error
    if content.startswith(b"\x1f\x8b"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise TableError(f"{path} is a damaged or cut off gzip file ({error}): make it again") from error
    if content.startswith(b"PAR1"):
        return _read_parquet(path, content)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise TableError(f"{path} is a workbook or an archive, no table of text: save the sheet as CSV UTF-8")
    return _read_text(path, _decode(path, content))


def read_labelled_names(path: Path) -> tuple[UserTable, tuple[str, ...], list[str | None]]:
    """Read a table with ``filename`` and ``color`` (or ``study_label``): it, the names, and the colours or None.

    Raises
    ------
    TableError
        As :func:`read_user_table`; also if a column is missing, or a name is empty, can be no file's, or comes twice.
    """
    table = read_user_table(path)
    label = next((name for name in LABEL_COLUMNS if name in table.names), "color (or study_label)")
    table.require(["filename", label])
    names = table.get("filename")
    rows: dict[str, int] = {}
    for number, name in zip(table.row_numbers, names, strict=True):
        if not name:
            raise TableError(f"{path}, row {number} has no filename: name the file, or remove the row")
        if rows.setdefault(name, number) != number:
            raise TableError(f"{path}: {name} stands in the rows {rows[name]} and {number}: remove one of them")
        if "\0" in name or any(len(part.encode()) > MAXIMUM_NAME_BYTES for part in re.split(r"[/\\]", name)):
            raise TableError(
                f"{path}, row {number}: {name[:40]!r} is too long for a file name, or holds a NUL: correct the row"
            )
    return table, names, table.read_labels(label)


def _decode(path: Path, content: bytes) -> str:
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if content.startswith(mark)), None)
    if encoding is None and len(content) > 1 and 0 in content[:2] and any(content[:2]):
        encoding = "utf-16-be" if content[0] == 0 else "utf-16-le"  # Latin text without a byte order mark
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding is not None:
            raise TableError(f"{path} is cut off or no {encoding.upper()} text ({error}): save it again") from error
        text = content.decode("cp1252", errors="replace")  # what Excel writes in Western Europe and America
    if "\0" in text:
        raise TableError(f"{path} holds NUL characters: expected a table of text (plain or by gzip), or Parquet")
    if text.lstrip().startswith(("{", "[", "<")):
        raise TableError(f"{path} looks like JSON or HTML: expected a table of text such as CSV, or Parquet")
    if not text.strip():
        raise TableError(f"{path} is empty: expected a header and a row for each picture")
    return text


def _read_text(path: Path, text: str) -> UserTable:
    lines = list(io.StringIO(text, newline=""))
    skipped = 0
    separator = None
    while skipped < len(lines) and (not lines[skipped].strip() or lines[skipped].lstrip('"').startswith(("#", "sep="))):
        named = re.match(r'"?sep=(.)', lines[skipped])
        separator = named[1] if named else separator
        skipped += 1
    if skipped == len(lines):
        raise TableError(f"{path} has no header: expected the names of the columns in its first row")
    if separator is None:
        separator = max(_SEPARATORS, key=lambda mark: len(next(csv.reader([lines[skipped]], delimiter=mark))))
    rows: list[list[str]] = []
    numbers: list[int] = []
    try:
        for number, row in enumerate(csv.reader(lines[skipped:], delimiter=separator, strict=True), start=skipped + 1):
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() for cell in row])
                numbers.append(number)
    except csv.Error as error:
        raise TableError(
            f"{path}: cannot be read after row {numbers[-1] if numbers else skipped + 1} ({error}): expected quotation "
            "marks in pairs; the file may be cut off"
        ) from error
    header = rows.pop(0)
    while header and not header[-1]:  # a separator at the end of the header
        header.pop()
    for number, row in zip(numbers[1:], rows, strict=True):
        surplus = row[len(header) :]
        if any(surplus) or len(row) < len(header):
            raise TableError(
                f"{path}, row {number} has {len(row)} cells separated by {separator!r}, the header {len(header)}: "
                "expected as many; a separator inside a text needs quotation marks, and a short last row means that "
                "the file is cut off"
            )
    return _make_table(path, header, [row[: len(header)] for row in rows], numbers[1:])


def _make_table(
    path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]], row_numbers: Iterable[int]
) -> UserTable:
    plain = ["_".join(heading.lower().split()) for heading in headings]
    names = [name if name in KNOWN_COLUMNS else heading for name, heading in zip(plain, headings, strict=True)]
    return UserTable(path, tuple(names), tuple(map(tuple, rows)), tuple(row_numbers))


def _read_parquet(path: Path, content: bytes) -> UserTable:
    try:
        import pyarrow as pa  # noqa: PLC0415 - large, and only Parquet needs it
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise TableError(
            f"{path} is Parquet, which needs pyarrow: run `pip install pyarrow`, or save it as CSV"
        ) from error
    try:
        table = pq.read_table(io.BytesIO(content))
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{path} is a damaged or cut off Parquet file ({error}): make it again") from error
    cells = ([_show_value(value) for value in column.to_pylist()] for column in table.columns)
    return _make_table(path, table.column_names, zip(*cells, strict=True), range(2, table.num_rows + 2))


def _show_value(value: object) -> str:
    if isinstance(value, bytes):  # text that was written without saying so
        return value.decode("utf-8", errors="replace").strip()
    return "" if value is None else str(value).strip()


def _parse_number(cell: str) -> float:
    if "," in cell and "." not in cell:
        cell = cell.replace(",", ".")
    try:
        return float(cell) if "_" not in cell else np.nan  # Python reads 1_0 as 10, no table means that
    except ValueError:
        return np.nan
