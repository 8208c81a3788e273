import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from src.errors import UsageError
from src.models.data import Split, TrainingData
from src.models.search import ProgressReport, run_search
from src.models.search_cache import SearchCache
from src.models.search_space import (
    EXTENDED_FAMILIES,
    SEARCH_SPACES,
    STUDY_CHOICE,
    STUDY_FAMILIES,
    SearchUnit,
    parse_families,
)
from src.models.shared_fits import score_unit
from tests.support.made_rows import write_csv


@pytest.fixture(scope="module")
def split(made_rows: TrainingData) -> Split:
    return made_rows.split_folds(4, seed=3)[0]


@pytest.fixture(scope="module")
def scaled(made_rows: TrainingData, split: Split) -> tuple[np.ndarray, np.ndarray]:
    scaler = StandardScaler().fit(made_rows.features[split.train])
    return scaler.transform(made_rows.features[split.train]), scaler.transform(made_rows.features[split.test])


def test_the_spaces_are_the_studys(shared_dir: Path) -> None:
    published = json.loads((shared_dir / "reference" / "study_results.json").read_text())["grid_search_spaces"]
    spaces = {family: SEARCH_SPACES[family] for family in STUDY_FAMILIES}
    assert {family: len(space.list_candidates()) for family, space in spaces.items()} == {
        "svm": 25,
        "neural_network": 30,
        "logistic_regression": 13,
        "random_forest": 80,
        "gradient_boosting": 4,
    }
    assert sorted(spaces["svm"].grid["C"]) == sorted(published["svm"]["C"])
    assert sorted(spaces["svm"].grid["gamma"]) == sorted(published["svm"]["gamma"])
    assert list(spaces["logistic_regression"].grid["C"]) == published["logistic_regression"]["C"]
    assert spaces["neural_network"].grid["alpha"] == tuple(published["neural_network"]["alpha"])
    assert list(spaces["random_forest"].grid["max_depth"]) == published["random_forest"]["max_depth"]
    assert list(spaces["gradient_boosting"].grid["n_estimators"]) == published["gradient_boosting"]["n_estimators"]


def test_every_candidate_is_in_one_unit() -> None:
    for space in SEARCH_SPACES.values():
        units = space.list_units()
        listed = [str(candidate) for unit in units for candidate in unit.candidates]
        assert sorted(listed) == sorted(map(str, space.list_candidates()))
    assert len(SEARCH_SPACES["random_forest"].list_units()) == 4
    assert len(SEARCH_SPACES["svm"].list_units()) == 5


def test_names_of_families_and_groups() -> None:
    assert parse_families(["svm", "study"]) == STUDY_FAMILIES
    assert parse_families(["all"]) == (*STUDY_FAMILIES, *EXTENDED_FAMILIES)
    with pytest.raises(UsageError, match="unknown family 'svn'"):
        parse_families(["svn"])


def test_the_first_trees_of_a_large_forest_are_the_small_forest(
    made_rows: TrainingData, split: Split, scaled: tuple[np.ndarray, np.ndarray]
) -> None:
    unit = SEARCH_SPACES["random_forest"].list_units()[0]
    unit = SearchUnit(unit.family, unit.candidates[:5])
    found = score_unit(unit, made_rows.features, made_rows.colours, split, seed=4)
    for candidate, score in zip(unit.candidates, found, strict=True):
        own = RandomForestClassifier(random_state=4, **candidate.parameters)
        own.fit(scaled[0], made_rows.colours[split.train])
        assert score.accuracy == own.score(scaled[1], made_rows.colours[split.test])
    assert len({score.accuracy for score in found}) > 1, "the test data must tell the candidates apart"


def test_a_stage_of_boosting_is_the_shorter_boosting(
    made_rows: TrainingData, split: Split, scaled: tuple[np.ndarray, np.ndarray]
) -> None:
    for unit in SEARCH_SPACES["gradient_boosting"].list_units():
        found = score_unit(unit, made_rows.features, made_rows.colours, split, seed=4)
        for candidate, score in zip(unit.candidates, found, strict=True):
            own = GradientBoostingClassifier(
                random_state=4, learning_rate=1, n_iter_no_change=20, **candidate.parameters
            )
            own.fit(scaled[0], made_rows.colours[split.train])
            assert score.accuracy == own.score(scaled[1], made_rows.colours[split.test])


def test_a_shared_kernel_gives_the_answers_of_separate_fits(
    made_rows: TrainingData, split: Split, scaled: tuple[np.ndarray, np.ndarray]
) -> None:
    accuracies = set()
    for unit in SEARCH_SPACES["svm"].list_units():
        found = score_unit(unit, made_rows.features, made_rows.colours, split, seed=4)
        for candidate, score in zip(unit.candidates, found, strict=True):
            own = SVC(break_ties=True, **candidate.parameters).fit(scaled[0], made_rows.colours[split.train])
            assert score.accuracy == own.score(scaled[1], made_rows.colours[split.test])
            accuracies.add(score.accuracy)
    assert len(accuracies) > 3, "the test data must tell the candidates apart"


def search(data: TrainingData, folder: Path | None, reports: list[ProgressReport]) -> list[str]:
    results = run_search(
        data,
        ["svm", "polynomial"],
        data.split_folds(2, 0),
        seed=0,
        cache=SearchCache(folder, data.digest, 0),
        report=reports.append,
    )
    assert [result.mean for result in results] == sorted((result.mean for result in results), reverse=True)
    return [f"{result.candidate.label} {result.mean}" for result in results]


def test_finished_fits_are_not_repeated_and_damaged_ones_are(made_rows: TrainingData, tmp_path: Path) -> None:
    data = made_rows.take(np.arange(0, len(made_rows), 2))
    first, second, third = [], [], []
    expected = search(data, tmp_path, first)
    assert {report.is_remembered for report in first} == {False}
    units = sum(len(SEARCH_SPACES[family].list_units()) for family in ("svm", "polynomial"))
    assert [report.done for report in first] == list(range(1, units * 2 + 1))
    assert search(data, tmp_path, second) == expected
    assert {report.is_remembered for report in second} == {True}
    damaged = next(tmp_path.rglob("*.json"))
    damaged.write_text("[{")
    assert search(data, tmp_path, third) == expected
    assert sum(not report.is_remembered for report in third) == 1


def test_the_cache_knows_other_rows_seeds_and_folds(made_rows: TrainingData, tmp_path: Path) -> None:
    unit = SearchUnit("svm", (STUDY_CHOICE,))
    splits = made_rows.split_folds(3, 0)
    cache = SearchCache(tmp_path, made_rows.digest, 0)
    cache.write(unit, splits[0], score_unit(unit, made_rows.features, made_rows.colours, splits[0], 0))
    assert cache.read(unit, splits[0]) is not None
    assert cache.read(unit, splits[1]) is None
    assert SearchCache(tmp_path, made_rows.digest, 1).read(unit, splits[0]) is None
    assert SearchCache(tmp_path, "other rows", 0).read(unit, splits[0]) is None


@pytest.mark.slow
def test_a_search_killed_halfway_goes_on(made_rows: TrainingData, tmp_path: Path) -> None:
    table = write_csv(made_rows, tmp_path / "rows.csv")
    command = [sys.executable, "-m", "src.models.train_model", "--workspace", str(tmp_path), "--data", str(table)]
    command += ["--families", "random_forest", "svm", "--folds", "3", "--jobs", "1"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    cache = tmp_path / "data" / "interim" / "search"
    deadline = time.monotonic() + 150
    while len(list(cache.rglob("[!.]*.json"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    kept = {path: path.stat().st_mtime_ns for path in cache.rglob("[!.]*.json")}
    assert 4 <= len(kept) < (4 + 5) * 3
    assert not list((tmp_path / "models").glob("*.joblib"))
    assert not (tmp_path / "models" / "model_card.json").exists()
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"{len(kept)} fits were remembered" in answer.stdout
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert len(list(cache.rglob("*.json"))) == (4 + 5) * 3
    assert (tmp_path / "models" / "model_card.json").is_file()
