from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_rows import write_csv

from src.errors import TrainingDataError
from src.models.training_data import TrainingData, check_training_data, read_training_data


@pytest.fixture
def frame(made_rows: TrainingData, tmp_path: Path) -> pd.DataFrame:
    return pd.read_csv(write_csv(made_rows, tmp_path / "rows.csv"))


def save(frame: pd.DataFrame, tmp_path: Path) -> Path:
    frame.to_csv(tmp_path / "changed.csv", index=False)
    return tmp_path / "changed.csv"


def test_rows_come_back_as_written_from_csv_and_parquet(
    frame: pd.DataFrame, made_rows: TrainingData, tmp_path: Path
) -> None:
    frame.to_parquet(tmp_path / "rows.parquet")
    for data in (read_training_data(tmp_path / "rows.csv"), read_training_data(tmp_path / "rows.parquet")):
        np.testing.assert_array_equal(data.features, made_rows.features)
        assert data.colours.tolist() == made_rows.colours.tolist()
        assert data.digest == made_rows.digest


def test_columns_may_stand_in_any_order_and_others_beside_them(
    frame: pd.DataFrame, made_rows: TrainingData, tmp_path: Path
) -> None:
    shuffled = frame[list(reversed(frame.columns))].assign(note="x")
    np.testing.assert_array_equal(read_training_data(save(shuffled, tmp_path)).features, made_rows.features)


def test_missing_columns_are_all_named(frame: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="lacks the columns s_hsv_mean, color"):
        read_training_data(save(frame.drop(columns=["color", "s_hsv_mean"]), tmp_path))


@pytest.mark.parametrize("value", [np.nan, np.inf, "much"])
def test_values_that_are_no_numbers_are_shown_with_their_rows(
    frame: pd.DataFrame, tmp_path: Path, value: object
) -> None:
    frame["a_lab_std"] = frame["a_lab_std"].astype(object)
    frame.loc[3, "a_lab_std"] = value
    with pytest.raises(TrainingDataError, match=r"column a_lab_std holds 1 values.*row 5"):
        read_training_data(save(frame, tmp_path))


def test_a_row_without_a_colour_is_shown(frame: pd.DataFrame, tmp_path: Path) -> None:
    frame.loc[0, "color"] = None
    with pytest.raises(TrainingDataError, match=r"1 rows have no color \(rows 2\)"):
        read_training_data(save(frame, tmp_path))


def test_a_missing_or_unreadable_table_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="build_features"):
        read_training_data(tmp_path / "none.csv")
    (tmp_path / "bad.parquet").write_bytes(b"no parquet")
    with pytest.raises(TrainingDataError, match="cannot be read"):
        read_training_data(tmp_path / "bad.parquet")


def test_one_colour_alone_cannot_be_learned(made_rows: TrainingData) -> None:
    with pytest.raises(TrainingDataError, match="at least two colours"):
        check_training_data(made_rows.take(np.flatnonzero(made_rows.colours == "RED")), 5)


def test_a_colour_with_too_few_pictures_is_named(made_rows: TrainingData) -> None:
    few = np.concatenate([np.flatnonzero(made_rows.colours != "RED"), np.flatnonzero(made_rows.colours == "RED")[:6]])
    with pytest.raises(TrainingDataError, match="RED 6: expected at least 7"):
        check_training_data(made_rows.take(few), 5)
    check_training_data(made_rows.take(few), 2)


def test_many_rows_of_few_pictures_are_too_few(made_rows: TrainingData) -> None:
    groups = np.where(made_rows.colours == "RED", 0, made_rows.groups)
    with pytest.raises(TrainingDataError, match="RED 1"):
        check_training_data(replace(made_rows, groups=groups), 5)


def test_no_picture_is_on_both_sides_and_every_colour_is_on_each(made_rows: TrainingData) -> None:
    data = replace(made_rows, groups=np.arange(len(made_rows)) // 3)
    splits = data.split_folds(5, seed=0)
    assert sorted(np.concatenate([split.test for split in splits]).tolist()) == list(range(len(data)))
    for split in splits:
        assert not set(data.groups[split.train]) & set(data.groups[split.test])
        assert set(data.colours[split.test]) == set(data.colours)
    assert all((one.test == other.test).all() for one, other in zip(splits, data.split_folds(5, seed=0), strict=True))


def test_doubles_are_listed(made_rows: TrainingData) -> None:
    groups = made_rows.groups.copy()
    groups[[7, 3]] = groups[1]
    assert replace(made_rows, groups=groups).doubles == [[1, 3, 7]]
    assert made_rows.doubles == []


def test_a_sample_keeps_the_shares_of_the_colours(made_rows: TrainingData) -> None:
    sample = made_rows.sample(80, seed=0)
    assert sample.class_counts == dict.fromkeys(sample.class_counts, 20)
    assert len(made_rows.sample(10_000, seed=0)) == len(made_rows)
