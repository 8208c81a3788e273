from pathlib import Path

import cv2
import numpy as np

from src.models.groups import find_groups, hash_pictures


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


def test_equal_hashes_of_pictures_of_other_colours_are_two_pictures() -> None:
    features = np.vstack([np.full(18, 60.0), np.full(18, 160.0)])
    assert find_groups(features, ["00ff00ff00ff00ff"] * 2).tolist() == [0, 1]


def test_equal_features_or_addresses_are_one_picture_without_any_file() -> None:
    features = np.arange(90, dtype=float).reshape(5, 18)
    features[3] = features[0]
    names = ["a", "b", "c", "d", "b"]
    assert find_groups(features, None, names).tolist() == [0, 1, 2, 0, 1]


def test_chains_of_likeness_are_one_group() -> None:
    features = np.full((3, 18), 50.0) + np.arange(3)[:, None]
    hashes = ["0000000000000000", "000000000000000f", "00000000000000ff"]  # 4 bits apart, the ends 8
    assert find_groups(features, hashes).tolist() == [0, 0, 0]


def test_hashes_are_kept_and_a_changed_file_is_hashed_anew(tmp_path: Path) -> None:
    path, cache = write(tmp_path / "0.jpg", draw_scene(1)), tmp_path / "cache.json"
    (first,) = hash_pictures([path], cache)
    assert first is not None
    assert first in cache.read_text()
    assert hash_pictures([path], cache) == [first]
    write(path, draw_scene(2), quality=90)
    assert hash_pictures([path], cache) != [first]


def test_missing_and_broken_files_have_no_hash_and_a_broken_cache_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    (tmp_path / "cache.json").write_text("{")
    good = write(tmp_path / "good.jpg", draw_scene(3))
    found = hash_pictures([tmp_path / "none.jpg", tmp_path / "broken.jpg", good], tmp_path / "cache.json")
    assert found[:2] == [None, None]
    assert found[2] is not None
    assert find_groups(np.eye(3, 18), found).tolist() == [0, 1, 2]
