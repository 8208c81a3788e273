"""Tables on disk: what goes in comes out, and what breaks the contract never replaces what is there."""

import string
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.errors import TableError, UsageError
from src.feature_matrix import iterate_feature_matrix, read_feature_matrix
from src.features.schema import FEATURE_NAMES
from src.table_files import read_table, validate_table, write_table
from src.table_streams import is_parquet_current, iterate_table, write_slices
from src.tables import PROCESSED, RAW, REJECTS


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


def test_numbers_come_back_bit_for_bit(tmp_path: Path) -> None:
    frame = make_processed(2_000)
    write_table(frame, tmp_path / "pictures.csv", PROCESSED)
    back = read_table(tmp_path / "pictures.csv", PROCESSED)
    np.testing.assert_array_equal(back[list(FEATURE_NAMES)].to_numpy(), frame[list(FEATURE_NAMES)].to_numpy())


def test_slices_give_the_bytes_of_the_whole(tmp_path: Path) -> None:
    frame = make_processed(1_000)
    write_table(frame, tmp_path / "whole.csv", PROCESSED)
    for step in (1_000, 333, 7):
        parts = (frame.iloc[start : start + step] for start in range(0, len(frame), step))
        assert write_slices(parts, tmp_path / f"{step}.csv", PROCESSED) == 1_000
        assert (tmp_path / f"{step}.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_slices_read_give_the_rows_of_the_whole(tmp_path: Path) -> None:
    write_table(make_processed(1_000), tmp_path / "pictures.csv", PROCESSED)
    parts = list(iterate_table(tmp_path / "pictures.csv", PROCESSED, rows=300))
    assert [len(part) for part in parts] == [300, 300, 300, 100]
    whole = read_table(tmp_path / "pictures.csv", PROCESSED)
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)


def test_no_rows_make_a_table_with_columns(tmp_path: Path) -> None:
    assert write_slices([], tmp_path / "rejects.csv", REJECTS) == 0
    assert (tmp_path / "rejects.csv").read_text() == "filename,reason\n"
    assert list(read_table(tmp_path / "rejects.csv", REJECTS).columns) == ["filename", "reason"]


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("b_bgr_mean", 300.0, "b_bgr_mean"),
        ("b_bgr_mean", np.nan, "b_bgr_mean"),
        ("color", None, "color"),
        ("page", "https://example.org/asset/no-id", "page"),
        ("index", 0, "index"),
    ],
)
def test_broken_rows_leave_the_old_file(tmp_path: Path, column: str, value: object, problem: str) -> None:
    path, parquet = tmp_path / "pictures.csv", tmp_path / "pictures.parquet"
    write_slices([make_processed(10)], path, PROCESSED, parquet)
    before = path.read_bytes(), parquet.read_bytes()
    broken = make_processed(10)
    broken.loc[5, column] = value
    with pytest.raises(TableError, match=problem):
        write_slices([broken], path, PROCESSED, parquet)
    assert (path.read_bytes(), parquet.read_bytes()) == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["pictures.csv", "pictures.parquet"]


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src.table_streams.SLICE_ROWS", 100)
    monkeypatch.setattr("src.feature_matrix.SLICE_ROWS", 100)


def test_a_source_that_fails_midway_leaves_the_old_file(tmp_path: Path, small_slices: None) -> None:
    path = tmp_path / "pictures.csv"
    write_slices([make_processed(10)], path, PROCESSED, path.with_suffix(".parquet"))
    before = path.read_bytes()

    def fail_midway():
        yield make_processed(150)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        write_slices(fail_midway(), path, PROCESSED, path.with_suffix(".parquet"))
    assert path.read_bytes() == before


def test_a_value_repeated_in_a_later_slice_is_found(tmp_path: Path, small_slices: None) -> None:
    slices = [make_processed(100), make_processed(10, start=5)]
    with pytest.raises(TableError, match=r"10 values of column filename|10 values of column index"):
        write_slices(slices, tmp_path / "pictures.csv", PROCESSED)
    assert not (tmp_path / "pictures.csv").exists()
    (tmp_path / "by_hand.csv").write_text("filename,reason\na.jpg,x\nb.jpg,y\na.jpg,z\n")
    with pytest.raises(TableError, match="filename"):
        list(iterate_table(tmp_path / "by_hand.csv", REJECTS, rows=2))


def test_missing_and_unknown_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"missing columns \['reason'\], unknown columns \['cause'\]"):
        validate_table(pd.DataFrame({"filename": ["a"], "cause": ["b"]}), REJECTS)
    with pytest.raises(TableError, match="is missing: run the stage before"):
        read_table(tmp_path / "none.csv", RAW)
    with pytest.raises(TableError, match="is missing: run the stage before"):
        list(iterate_table(tmp_path / "none.csv", RAW))


def test_parquet_is_used_only_with_its_csv(tmp_path: Path) -> None:
    path, parquet = tmp_path / "pictures.csv", tmp_path / "pictures.parquet"
    write_slices([make_processed(500)], path, PROCESSED, parquet)
    assert is_parquet_current(parquet, path)
    both = read_feature_matrix(path)
    kept = parquet.read_bytes()
    parquet.unlink()
    from_csv = read_feature_matrix(path)
    np.testing.assert_array_equal(both.features, from_csv.features)
    assert both.colours.tolist() == from_csv.colours.tolist()
    parquet.write_bytes(kept)
    write_table(make_processed(300), path, PROCESSED)
    assert not is_parquet_current(parquet, path)
    assert len(read_feature_matrix(path).features) == 300
    parquet.write_bytes(kept[:100])
    assert not is_parquet_current(parquet, path)


def test_the_same_rows_give_the_same_parquet_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_slices([make_processed(500)], tmp_path / f"{name}.csv", PROCESSED, tmp_path / f"{name}.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_a_sample_depends_on_table_and_seed_only(tmp_path: Path) -> None:
    path, parquet = tmp_path / "pictures.csv", tmp_path / "pictures.parquet"
    write_slices([make_processed(2_000)], path, PROCESSED, parquet)
    first = read_feature_matrix(path, sample=100, seed=3)
    assert first.is_sample
    assert (first.table_rows, first.features.shape) == (2_000, (100, 18))
    assert (np.diff(first.indexes) > 0).all()
    assert read_feature_matrix(path, sample=100, seed=4).indexes.tolist() != first.indexes.tolist()
    parquet.unlink()
    again = read_feature_matrix(path, sample=100, seed=3)
    np.testing.assert_array_equal(again.features, first.features)
    whole = read_feature_matrix(path, sample=2_000)
    assert not whole.is_sample
    np.testing.assert_array_equal(whole.features[first.indexes], first.features)


def test_a_stream_gives_every_row_once(tmp_path: Path, small_slices: None) -> None:
    path = tmp_path / "pictures.csv"
    write_slices([make_processed(650)], path, PROCESSED, path.with_suffix(".parquet"))
    parts = list(iterate_feature_matrix(path))
    assert len(parts) == 7
    assert np.concatenate([part.indexes for part in parts]).tolist() == list(range(650))


def test_matrices_that_cannot_be_learned_from_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "pictures.csv"
    write_slices([], path, PROCESSED)
    with pytest.raises(TableError, match="has no rows"):
        read_feature_matrix(path)
    with pytest.raises(UsageError, match="sample of 0 rows"):
        read_feature_matrix(path, sample=0)
