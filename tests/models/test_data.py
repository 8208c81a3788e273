from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from src.errors import TableError, TrainingDataError
from src.models.data import TrainingData, check_training_data, find_groups, hash_pictures, read_training_data
from tests.support.made_rows import write_csv


@pytest.mark.parametrize("label", ["", " ", "nan"])
def test_rows_without_a_colour_are_named(made_rows: TrainingData, tmp_path: Path, label: str) -> None:
    frame = pd.read_csv(write_csv(made_rows, tmp_path / "rows.csv"), dtype=object)
    frame.loc[3, "color"] = label
    frame.to_csv(tmp_path / "rows.csv", index=False)
    with pytest.raises(TableError, match=r"1 rows have no color \(rows 5\)"):
        read_training_data(tmp_path / "rows.csv")


def test_one_colour_and_a_colour_with_too_few_pictures_cannot_be_learned(made_rows: TrainingData) -> None:
    red, others = np.flatnonzero(made_rows.colours == "RED"), np.flatnonzero(made_rows.colours != "RED")
    with pytest.raises(TrainingDataError, match="at least two colours"):
        check_training_data(made_rows.take(red), 5)
    few = made_rows.take(np.concatenate([others, red[:6]]))
    with pytest.raises(TrainingDataError, match="RED 6: expected at least 7"):
        check_training_data(few, 5)
    check_training_data(few, 2)
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


def test_a_sample_keeps_the_shares_of_the_colours(made_rows: TrainingData) -> None:
    sample = made_rows.sample(80, seed=0)
    assert sample.class_counts == dict.fromkeys(sample.class_counts, 20)
    assert len(made_rows.sample(10_000, seed=0)) == len(made_rows)


def draw_scene(seed: int) -> np.ndarray:
    small = np.random.default_rng(seed).uniform(0, 255, (6, 6, 3)).astype(np.uint8)
    return cv2.resize(small, (218, 218), interpolation=cv2.INTER_CUBIC)


def test_one_picture_saved_anew_smaller_and_rougher_is_one_group_and_another_is_not(tmp_path: Path) -> None:
    first, other = draw_scene(1), draw_scene(2)
    smaller = cv2.resize(first, (150, 150), interpolation=cv2.INTER_AREA)
    files = [tmp_path / "none.jpg", tmp_path / "broken.jpg"]
    files[1].write_bytes(b"no picture")
    for image, quality in ((first, 95), (other, 95), (first, 40), (smaller, 95)):
        files.append(tmp_path / f"{len(files)}.jpg")
        files[-1].write_bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())
    hashes = hash_pictures(files)
    assert hashes[:2] == [None, None]
    features = np.random.default_rng(0).uniform(100, 103, (6, 18))
    assert find_groups(features, hashes).tolist() == [0, 1, 2, 3, 2, 2]


def test_hashes_link_rows_of_like_features_in_chains() -> None:
    features = np.vstack([np.full(18, 60.0), np.full(18, 160.0)])
    assert find_groups(features, ["00ff00ff00ff00ff"] * 2).tolist() == [0, 1], "other colours are another picture"
    features = np.full((3, 18), 50.0) + np.arange(3)[:, None]
    hashes = ["0000000000000000", "000000000000000f", "00000000000000ff"]  # 4 bits apart, the ends 8
    assert find_groups(features, hashes).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["a", "b", "c", "d", "b"], [0, 1, 2, 0, 1]),
        (["", "", "", "", "b"], [0, 1, 2, 0, 3]),
        (["placeholder.png"] * 5, [0, 1, 2, 0, 3]),
    ],
)
def test_equal_features_or_addresses_that_say_something_are_one_picture(names: list[str], groups: list[int]) -> None:
    features = np.arange(90, dtype=float).reshape(5, 18)
    features[3] = features[0]
    assert find_groups(features, None, names).tolist() == groups
