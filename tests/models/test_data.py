from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from src.errors import TableError, TrainingDataError
from src.models.data import TrainingData, check_training_data, find_groups, hash_pictures, read_training_data
from tests.support.made_rows import write_csv


def test_a_table_comes_back_as_written(made_rows: TrainingData, tmp_path: Path) -> None:
    data = read_training_data(write_csv(made_rows, tmp_path / "rows.csv"))
    np.testing.assert_array_equal(data.features, made_rows.features)
    assert data.colours.tolist() == made_rows.colours.tolist()
    assert data.digest == made_rows.digest


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        *(("a_lab_std", value, r"column a_lab_std holds 1 values.*row 5") for value in ("", "much", "-0.5", "255.1")),
        *(("color", label, r"1 rows have no color \(rows 5\)") for label in ("", " ", "nan")),
    ],
)
def test_cells_that_are_no_features_or_colours_are_shown_with_their_rows(
    made_rows: TrainingData, tmp_path: Path, column: str, value: str, message: str
) -> None:
    frame = pd.read_csv(write_csv(made_rows, tmp_path / "rows.csv"), dtype=object)
    frame.loc[3, column] = value
    frame.to_csv(tmp_path / "rows.csv", index=False)
    with pytest.raises(TableError, match=message):
        read_training_data(tmp_path / "rows.csv")


def test_a_missing_table_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="build_features"):
        read_training_data(tmp_path / "none.csv")


def test_one_colour_alone_cannot_be_learned(made_rows: TrainingData) -> None:
    with pytest.raises(TrainingDataError, match="at least two colours"):
        check_training_data(made_rows.take(np.flatnonzero(made_rows.colours == "RED")), 5)


def test_a_colour_with_too_few_pictures_is_named(made_rows: TrainingData) -> None:
    few = np.concatenate([np.flatnonzero(made_rows.colours != "RED"), np.flatnonzero(made_rows.colours == "RED")[:6]])
    with pytest.raises(TrainingDataError, match="RED 6: expected at least 7"):
        check_training_data(made_rows.take(few), 5)
    check_training_data(made_rows.take(few), 2)
    one_picture = np.where(made_rows.colours == "RED", 0, made_rows.groups)
    with pytest.raises(TrainingDataError, match="RED 1"):
        check_training_data(replace(made_rows, groups=one_picture), 5)


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


def draw_scene(seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    small = generator.uniform(0, 255, (6, 6, 3)).astype(np.uint8)
    return cv2.resize(small, (218, 218), interpolation=cv2.INTER_CUBIC)


def write(path: Path, image: np.ndarray, quality: int = 95) -> Path:
    done, content = cv2.imencode(path.suffix, image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    path.write_bytes(content.tobytes())
    return path


def test_one_picture_saved_anew_smaller_and_rougher_is_one_group_and_another_is_not(tmp_path: Path) -> None:
    first, other = draw_scene(1), draw_scene(2)
    files = [
        write(tmp_path / "0.jpg", first),
        write(tmp_path / "1.jpg", other),
        write(tmp_path / "2.jpg", first, quality=40),
        write(tmp_path / "3.jpg", cv2.resize(first, (150, 150), interpolation=cv2.INTER_AREA)),
    ]
    hashes = hash_pictures(files)
    features = np.random.default_rng(0).uniform(100, 103, (4, 18))
    assert find_groups(features, hashes).tolist() == [0, 1, 0, 0]


def test_hashes_link_rows_of_like_features_in_chains() -> None:
    features = np.vstack([np.full(18, 60.0), np.full(18, 160.0)])
    assert find_groups(features, ["00ff00ff00ff00ff"] * 2).tolist() == [0, 1], "other colours are another picture"
    features = np.full((3, 18), 50.0) + np.arange(3)[:, None]
    hashes = ["0000000000000000", "000000000000000f", "00000000000000ff"]  # 4 bits apart, the ends 8
    assert find_groups(features, hashes).tolist() == [0, 0, 0]


def test_equal_features_or_addresses_are_one_picture_without_any_file() -> None:
    features = np.arange(90, dtype=float).reshape(5, 18)
    features[3] = features[0]
    names = ["a", "b", "c", "d", "b"]
    assert find_groups(features, None, names).tolist() == [0, 1, 2, 0, 1]


@pytest.mark.parametrize("names", [[""] * 4, ["placeholder.png"] * 4, ["", "", "a", "b"]])
def test_a_missing_or_constant_address_links_no_rows(names: list[str]) -> None:
    features = np.arange(72, dtype=float).reshape(4, 18)
    assert find_groups(features, None, names).tolist() == [0, 1, 2, 3]


def test_missing_and_broken_files_have_no_hash(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    found = hash_pictures([tmp_path / "none.jpg", tmp_path / "broken.jpg", write(tmp_path / "good.jpg", draw_scene(3))])
    assert found[:2] == [None, None]
    assert found[2] is not None
    assert find_groups(np.eye(3, 18), found).tolist() == [0, 1, 2]
