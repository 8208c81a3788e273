"""Tables as people have them: read right, or refused with the true reason."""

import bz2
import gzip
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from src.errors import TableError
from src.features.schema import FEATURE_NAMES
from src.gallery.collection.folder import read_labels as read_gallery_labels
from src.models.data import read_training_data
from src.models.pictures import read_labels
from src.user_tables import normalize_label
from tests.support.made_rows import make_rows


def make_frame(rows_per_colour: int = 6) -> pd.DataFrame:
    data = make_rows(3, rows_per_colour)
    frame = pd.DataFrame(data.features.round(3), columns=list(FEATURE_NAMES))
    frame.insert(0, "filename", [f"{row}.jpg" for row in range(len(frame))])
    frame["color"] = data.colours
    return frame


def to_csv(frame: pd.DataFrame, **options: object) -> str:
    return str(frame.to_csv(index=False, **options))


def to_parquet(frame: pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.to_parquet(stream)
    return stream.getvalue()


READ_RIGHT: dict[str, tuple[str, Callable[[pd.DataFrame], bytes]]] = {
    "a byte order mark": ("a.csv", lambda f: to_csv(f).encode("utf-8-sig")),
    "semicolons and decimal commas": ("a.csv", lambda f: to_csv(f, sep=";", decimal=",").encode()),
    "tabs": ("a.tsv", lambda f: to_csv(f, sep="\t").encode()),
    "bars": ("a.csv", lambda f: to_csv(f, sep="|").encode()),
    "CRLF": ("a.csv", lambda f: to_csv(f, lineterminator="\r\n").encode()),
    "CR alone": ("a.csv", lambda f: to_csv(f, lineterminator="\r").encode()),
    "no line end at the end": ("a.csv", lambda f: to_csv(f).rstrip("\n").encode()),
    "rows of separators at the end": ("a.csv", lambda f: (to_csv(f) + "," * len(f.columns) + "\n").encode()),
    "everything in quotation marks": ("a.csv", lambda f: to_csv(f, quoting=1).encode()),
    "an index column without a name": ("a.csv", lambda f: str(f.to_csv()).encode()),
    "columns in another order": ("a.csv", lambda f: to_csv(f[list(reversed(f.columns))]).encode()),
    "capitals in the header": ("a.csv", lambda f: to_csv(f.rename(columns=str.upper)).encode()),
    "words in the header": ("a.csv", lambda f: to_csv(f.rename(columns=lambda n: n.replace("_", " "))).encode()),
    "sep= of Excel": ("a.csv", lambda f: ("sep=;\n" + to_csv(f, sep=";")).encode()),
    "a comment before the header": ("a.csv", lambda f: ("# measured on Monday\n\n" + to_csv(f)).encode()),
    "a comma after every row": ("a.csv", lambda f: to_csv(f).replace("\n", ",\n").encode()),
    "a comma after the data rows": ("a.csv", lambda f: to_csv(f).replace("\n", ",\n").replace(",\n", "\n", 1).encode()),
    "UTF-16 without": ("a.csv", lambda f: to_csv(f).encode("utf-16-le")),
    "Unicode text of Excel": ("a.txt", lambda f: to_csv(f, sep="\t").encode("utf-16")),
    "Latin-1": ("a.csv", lambda f: to_csv(f.assign(title="Café")).encode("latin-1")),
    "a line separator in a title": ("a.csv", lambda f: to_csv(f.assign(title="a\u2028b")).encode()),
    "a line break in a title": ("a.csv", lambda f: to_csv(f.assign(title="a\nb, c")).encode()),
    "gzip": ("rows.csv.gz", lambda f: gzip.compress(to_csv(f).encode())),
    "Parquet": ("rows.parquet", to_parquet),
    "Parquet under another name": ("rows.csv", to_parquet),
    "Parquet of text": ("rows.pq", lambda f: to_parquet(f.astype(str))),
    "Parquet of categories": ("rows.pq", lambda f: to_parquet(f.astype({"color": "category"}))),
    "Parquet of bytes": ("rows.pq", lambda f: to_parquet(f.assign(color=[c.encode() for c in f["color"]]))),
    "Parquet with an index": ("rows.pq", lambda f: to_parquet(f.set_index("filename"))),
    "mixed line ends": ("a.csv", lambda f: to_csv(f).replace("\n", "\r\n", 5).encode()),
    "UTF-16 without, the other way round": ("a.csv", lambda f: to_csv(f).encode("utf-16-be")),
    "decimal commas in quotation marks": ("a.csv", lambda f: to_csv(f, decimal=",", quoting=1).encode()),
}


@pytest.mark.parametrize("case", READ_RIGHT)
def test_a_table_is_read_right(case: str, tmp_path: Path) -> None:
    name, write = READ_RIGHT[case]
    frame = make_frame()
    (tmp_path / name).write_bytes(write(frame))
    data = read_training_data(tmp_path / name)
    np.testing.assert_array_equal(data.features, frame[list(FEATURE_NAMES)].to_numpy())
    assert data.colours.tolist() == frame["color"].tolist()
    assert data.filenames == tuple(frame["filename"])


REFUSED: dict[str, tuple[str, Callable[[pd.DataFrame], bytes]]] = {
    "is empty": ("a.csv", lambda _: b""),
    "is empty: ": ("a.csv", lambda _: b" \n\n"),
    "has a header and no rows": ("a.csv", lambda f: to_csv(f.iloc[:0]).encode()),
    "has no header": ("a.csv", lambda _: b"# nothing but this\n"),
    "lacks the columns a_lab_mean": ("a.csv", lambda f: to_csv(f.drop(columns="a_lab_mean")).encode()),
    "found filename, b_bgr_mean": ("a.csv", lambda f: to_csv(f.drop(columns="a_lab_mean")).encode()),
    "row 25 has 1[0-9] cells": ("a.csv", lambda f: to_csv(f).encode()[:-9]),
    "row 2 has 21 cells separated by ',', the header 20": (
        "a.csv",
        lambda f: to_csv(f).replace("0.jpg,", "0.jpg,surplus,", 1).encode(),
    ),
    "the file may be cut off": ("a.csv", lambda f: to_csv(f, quoting=1).encode()[:-4]),
    "2 columns b_bgr_mean": ("a.csv", lambda f: to_csv(f.rename(columns={"filename": "b_bgr_mean"})).encode()),
    "2 columns color": ("a.csv", lambda f: to_csv(f.rename(columns={"filename": "Color"})).encode()),
    "row 2: '-0.5', row 3: '255.1'": (
        "a.csv",
        lambda f: to_csv(f.assign(l_lab_std=[-0.5, 255.1, *[2.0] * (len(f) - 2)])).encode(),
    ),
    "row 2: '1.234,5'": ("a.csv", lambda f: to_csv(f.assign(l_lab_std="1.234,5"), sep=";").encode()),
    "24 values that are missing": ("a.pq", lambda f: to_parquet(f.assign(b_bgr_mean=f["b_bgr_mean"] > 9))),
    "row 2: 'inf'": ("a.csv", lambda f: to_csv(f.assign(h_hsv_std=np.inf), na_rep="inf").encode()),
    "row 26 has 2 cells": ("a.csv", lambda f: (to_csv(f) + "Total,24\n").encode()),
    "looks like JSON": ("a.csv", lambda f: str(f.to_json()).encode()),
    "expected a table of text": ("a.csv", lambda f: bz2.compress(to_csv(f).encode())),
    "holds NUL": ("a.csv", lambda f: to_csv(f).encode().replace(b"RED", b"R\0D")),
    "cut off gzip": ("a.csv.gz", lambda f: gzip.compress(to_csv(f).encode())[:-20]),
    "cut off Parquet": ("a.parquet", lambda f: to_parquet(f)[:-100]),
    "workbook": ("a.xlsx", lambda _: b"PK\x03\x04 and so on"),
    "cut off or no UTF-16": ("a.csv", lambda f: to_csv(f).encode("utf-16")[:-1]),
}


@pytest.mark.parametrize("message", REFUSED)
def test_a_table_is_refused_with_the_reason(message: str, tmp_path: Path) -> None:
    name, write = REFUSED[message]
    (tmp_path / name).write_bytes(write(make_frame()))
    with pytest.raises(TableError, match=message):
        read_training_data(tmp_path / name)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("green", "GREEN"),
        ("GREEN ", "GREEN"),
        ("\tPale  blue", "PALE BLUE"),
        ("\ufeffPale\xa0blue\u200b", "PALE BLUE"),
        ("ble\u0301", "BLÉ"),
        ("'RED'", "RED"),
        ("3.0", "3"),
        ("3.5", "3.5"),
        (" ", None),
        ("NaN", None),
        ("", None),
        ("#N/A", None),
        ("-", None),
    ],
)
def test_a_colour_is_written_as_the_site_does(written: str, meant: str | None) -> None:
    assert normalize_label(written) == meant


LABELS = "filename,color\nrötlich.jpg,Red\nb.jpg, BLUE\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_evaluation_and_gallery_read_labels_alike(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_bytes(LABELS.encode(encoding))
    for name in ("rötlich.jpg", "b.jpg"):
        (tmp_path / name).touch()
    expected = [("rötlich.jpg", "RED"), ("b.jpg", "BLUE")]
    assert read_labels(tmp_path / "labels.csv") == expected
    entries = read_gallery_labels(tmp_path / "labels.csv", tmp_path)
    assert sorted((entry.filename, entry.colour) for entry in entries) == sorted(expected)
    (tmp_path / "labels.csv").write_bytes(f"{LABELS}c.jpg,\n".encode(encoding))
    assert read_labels(tmp_path / "labels.csv") == expected, "a row without a colour is left out"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (f"{'x' * 300}.jpg,RED\n", r"row 2: 'xxx.* too long"),
        ("a.jpg,RED\n,BLUE\n", "row 3 has no filename"),
        ("a.jpg,RED\na.jpg,BLUE\n", r"a\.jpg stands in the rows 2 and 3"),
        ("a.jpg,\nb.jpg,-\n", "has 2 rows and no colour in any"),
    ],
)
def test_rows_of_labels_that_mean_nothing_are_refused(rows: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(f"filename,color\n{rows}")
    with pytest.raises(TableError, match=message):
        read_labels(tmp_path / "labels.csv")


@pytest.mark.reference
def test_tables_of_the_cases_are_read_right(shared_dir: Path) -> None:
    cases = shared_dir / "cases" / "data"
    for folder, names in {
        "trailing-comma": "first-row.csv every-row.csv refused.csv",
        "semicolon-message": "semicolon.csv decimal-comma.csv",
        "label-spaces-and-case": "spaces.csv case.csv",
        "evaluate-rows-suffix": "ROWS.CSV ROWS.PARQUET rows.csv.gz rows.pq rows.txt",
    }.items():
        for name in names.split():
            data = read_training_data(cases / folder / name)
            assert set(data.colours) == {"BLUE", "RED"}, name
            assert len(data) > 20, name
            assert data.features.max() <= 255, name
    for name in ("latin1.csv", "utf16.csv", "case.csv"):
        labels = read_labels(cases / "label-table-unreadable" / name)
        assert labels == [("01-portrait.jpg", "RED"), ("02-landscape.jpg", "BLUE")], name


@pytest.mark.reference
@pytest.mark.parametrize(
    ("read", "name", "message"),
    [
        (read_training_data, "duplicate-column/dup.csv", "2 columns b_bgr_mean"),
        (read_training_data, "label-spaces-and-case/blank.csv", "rows have no color"),
        (read_training_data, "evaluate-rows-suffix/header-only.csv", "has a header and no rows"),
        (read_labels, "label-table-unreadable/empty.csv", "is empty"),
        (read_labels, "label-table-unreadable/ragged.csv", "row 2 has 3 cells separated by ',', the header 2"),
    ],
)
def test_tables_of_the_cases_are_refused(
    read: Callable[[Path], object], name: str, message: str, shared_dir: Path
) -> None:
    with pytest.raises(TableError, match=message):
        read(shared_dir / "cases" / "data" / name)
