import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from src.models import search
from src.models.data import TrainingData
from src.models.grids import FAMILIES, Candidate, fit_pipeline, list_candidates
from src.models.search import run_search
from tests.support.made_rows import write_csv
from tests.support.waiting import wait_for

FEW = [Candidate("svm", {"C": C, "gamma": 0.01}) for C in (1, 100)] + list_candidates(["logistic_regression"])


def test_the_machines_are_searched_over_the_grid_of_the_study(shared_dir: Path) -> None:
    published = json.loads((shared_dir / "reference" / "study_results.json").read_text())["grid_search_spaces"]
    assert sorted(FAMILIES["svm"].grid["C"]) == sorted(published["svm"]["C"])
    assert sorted(FAMILIES["svm"].grid["gamma"]) == sorted(published["svm"]["gamma"])
    assert len(list_candidates(["svm"])) == 25
    assert set(FAMILIES["logistic_regression"].grid["C"]) - {1} <= set(published["logistic_regression"]["C"])
    assert set(FAMILIES["random_forest"].grid["max_depth"]) <= set(published["random_forest"]["max_depth"])
    assert {candidate.family for candidate in list_candidates(["svm", "study"])} == set(published)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_candidate_of_every_family_learns(family: str, made_rows: TrainingData) -> None:
    pipeline = fit_pipeline(list_candidates([family])[-1], made_rows.features, made_rows.colours)
    assert pipeline.score(made_rows.features, made_rows.colours) > 0.5


def test_scores_are_those_of_separate_fits(made_rows: TrainingData) -> None:
    splits = made_rows.split_folds(3, 0)
    results = run_search(made_rows, FEW, splits)
    found = results.set_index("params").loc["C=100, gamma=0.01", ["fold_1", "fold_2", "fold_3"]]
    for split, accuracy in zip(splits, found, strict=True):
        scaler = StandardScaler().fit(made_rows.features[split.train])
        own = SVC(C=100, gamma=0.01, break_ties=True)
        own.fit(scaler.transform(made_rows.features[split.train]), made_rows.colours[split.train])
        assert accuracy == own.score(scaler.transform(made_rows.features[split.test]), made_rows.colours[split.test])


def test_finished_fits_are_not_repeated_and_those_of_other_rows_are(
    made_rows: TrainingData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = Mock(side_effect=fit_pipeline)
    monkeypatch.setattr(search, "fit_pipeline", fit)
    splits = made_rows.split_folds(2, 0)
    first = run_search(made_rows, FEW, splits, tmp_path)
    pd.testing.assert_frame_equal(run_search(made_rows, FEW, splits, tmp_path), first)
    assert fit.call_count == len(FEW) * 2
    other = TrainingData("made.csv", made_rows.features + 1, made_rows.colours, made_rows.groups)
    run_search(other, FEW, splits, tmp_path)
    assert fit.call_count == len(FEW) * 4


@pytest.mark.slow
def test_a_search_killed_halfway_goes_on(made_rows: TrainingData, tmp_path: Path) -> None:
    table = write_csv(made_rows, tmp_path / "rows.csv")
    command = [sys.executable, "-m", "src.models.train_model", "--workspace", str(tmp_path), "--data", str(table)]
    command += ["--families", "random_forest", "svm", "--folds", "3", "--jobs", "1"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    cache = tmp_path / "data" / "interim" / "search"
    assert wait_for(lambda: len(list(cache.rglob("output.pkl"))) >= 4)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    kept = {path: path.stat().st_mtime_ns for path in cache.rglob("output.pkl")}
    candidates = len(list_candidates(["random_forest", "svm"]))
    assert 4 <= len(kept) < candidates * 3
    assert not (tmp_path / "models" / "model_card.json").exists()
    subprocess.run(command, capture_output=True, text=True, check=True)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert len(list(cache.rglob("output.pkl"))) == candidates * 3
    assert (tmp_path / "models" / "model_card.json").is_file()
