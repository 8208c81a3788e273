"""Tables on disk: what goes in comes out, and what breaks the contract never replaces what is there."""

import string
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.errors import TableError
from src.features.schema import FEATURE_NAMES
from src.tables import (
    PROCESSED,
    RAW,
    REJECTS,
    iterate_table,
    read_table,
    validate_table,
    write_slices,
    write_table,
)


def make_processed(rows: int, start: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(start)
    indexes = np.arange(start, start + rows)
    frame = pd.DataFrame(generator.uniform(0, 89, (rows, 18)), columns=list(FEATURE_NAMES))
    frame.insert(0, "filename", [f"{index}.jpg" for index in indexes])
    frame["image"] = [f"https://example.org/ci/{index}" for index in indexes]
    frame["page"] = [f"https://example.org/asset/slug/{index:014d}" for index in indexes]
    frame["color"] = np.array(["RED", "BLUE", "BLACK"])[indexes % 3]
    frame["index"] = indexes
    return frame.astype(dict.fromkeys(("filename", "image", "page", "color"), "str"))


def make_raw(titles: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "image": "https://example.org/ci/x",
            "page": [f"https://example.org/asset/slug/{number:014d}" for number in range(len(titles))],
            "color": "RED",
            "title": pd.array(titles, dtype="str"),
            "artist": None,
            "partner": None,
            "asset_id": [f"{number:014d}" for number in range(len(titles))],
            "aspect": 1.25,
        }
    )


TEXT = st.text(st.sampled_from(string.ascii_letters + " ,;\"'\n\r\té–ü漢\u2028"), min_size=1, max_size=30)


@settings(max_examples=40, deadline=None)
@given(titles=st.lists(TEXT, min_size=1, max_size=6))
def test_any_title_survives_a_round_trip(titles: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("raw") / "pictures.csv"
    write_table(make_raw(titles), path, RAW)
    expected = [title.replace("\r\n", "\n").replace("\r", "\n") for title in titles]
    assert read_table(path, RAW)["title"].tolist() == expected


def test_slices_written_and_read_give_the_bytes_and_rows_of_the_whole(tmp_path: Path) -> None:
    frame, path = make_processed(1_000), tmp_path / "whole.csv"
    write_table(frame, path, PROCESSED)
    for step in (1_000, 333, 7):
        parts = (frame.iloc[start : start + step] for start in range(0, len(frame), step))
        assert write_slices(parts, tmp_path / f"{step}.csv", PROCESSED) == 1_000
        assert (tmp_path / f"{step}.csv").read_bytes() == path.read_bytes()
    pd.testing.assert_frame_equal(read_table(path, PROCESSED), frame, check_exact=True)
    read = list(iterate_table(path, PROCESSED, rows=300))
    assert [len(part) for part in read] == [300, 300, 300, 100]
    pd.testing.assert_frame_equal(pd.concat(read, ignore_index=True), frame, check_exact=True)


def test_no_rows_make_a_table_with_columns(tmp_path: Path) -> None:
    assert write_slices([], tmp_path / "rejects.csv", REJECTS) == 0
    assert (tmp_path / "rejects.csv").read_text() == "filename,reason\n"
    assert list(read_table(tmp_path / "rejects.csv", REJECTS).columns) == ["filename", "reason"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("b_bgr_mean", 300.0), ("b_bgr_mean", np.nan), ("color", None), ("index", 0)),
        ("page", "https://example.org/asset/no-id"),
    ],
)
def test_broken_rows_leave_the_old_file(tmp_path: Path, column: str, value: object) -> None:
    path = tmp_path / "pictures.csv"
    write_slices([make_processed(10)], path, PROCESSED)
    before = path.read_bytes()
    broken = make_processed(10)
    broken.loc[5, column] = value
    with pytest.raises(TableError, match=column):
        write_slices([broken], path, PROCESSED)
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["pictures.csv"]


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src.tables.SLICE_ROWS", 100)


def test_a_source_that_fails_midway_leaves_the_old_file(tmp_path: Path, small_slices: None) -> None:
    path = tmp_path / "pictures.csv"
    write_slices([make_processed(10)], path, PROCESSED)
    before = path.read_bytes()
    with pytest.raises(ZeroDivisionError):
        write_slices((make_processed(150 // left) for left in (1, 0)), path, PROCESSED)
    assert path.read_bytes() == before


def test_a_value_repeated_in_a_later_slice_is_found(tmp_path: Path, small_slices: None) -> None:
    slices = [make_processed(100), make_processed(10, start=5)]
    with pytest.raises(TableError, match=r"10 values of column filename|10 values of column index"):
        write_slices(slices, tmp_path / "pictures.csv", PROCESSED)
    assert not (tmp_path / "pictures.csv").exists()
    (tmp_path / "by_hand.csv").write_text("filename,reason\na.jpg,x\nb.jpg,y\na.jpg,z\n")
    with pytest.raises(TableError, match="filename"):
        list(iterate_table(tmp_path / "by_hand.csv", REJECTS, rows=2))


def test_missing_and_unknown_columns_are_named() -> None:
    with pytest.raises(TableError, match=r"missing columns \['reason'\], unknown columns \['cause'\]"):
        validate_table(pd.DataFrame({"filename": ["a"], "cause": ["b"]}), REJECTS)
