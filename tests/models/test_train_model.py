import json
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock, patch

import numpy as np
import pandas as pd
import psutil
import pytest

from src.models.artefacts import load_model
from src.models.data import TrainingData, group_rows, read_training_data
from src.models.grids import STUDY_CHOICE, list_candidates
from src.models.search import read_results
from src.models.train_model import main, train
from src.paths import PROJECT_ROOT
from tests.support.made_rows import write_csv
from tests.support.waiting import wait_for


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, made_rows: TrainingData) -> Path:
    """A workspace in which the command has run."""
    workspace = tmp_path_factory.mktemp("workspace")
    table = write_csv(made_rows, workspace / "rows.csv")
    given = ["--workspace", str(workspace), "--data", str(table), "--jobs", "1"]
    assert main([*given, "--families", "svm", "logistic_regression"]) == 0
    return workspace


def test_the_command_writes_a_model_a_card_and_the_table_of_the_search(
    trained: Path, made_rows: TrainingData, capsys: pytest.CaptureFixture[str]
) -> None:
    model = load_model(trained / "models")
    assert model.classes == ("BLUE", "GREEN", "RED", "WHITE")
    scores = model.card.scores
    assert scores["test_rows"] == 60
    assert 0.5 < scores["test_accuracy"] <= 1
    assert model.card.data["class_counts"] == dict.fromkeys(("WHITE", "BLUE", "GREEN", "RED"), 60)
    results = read_results(trained / "models" / "search_results.csv")
    assert len(results) == len(list_candidates(["svm", "logistic_regression"]))
    assert results["mean_test_score"].is_monotonic_decreasing
    best = results[results["classifier"] == "svm"].iloc[0]
    assert scores["cross_validation_accuracy"] == pytest.approx(best["mean_test_score"], abs=1e-6)
    assert str(trained) not in (trained / "models" / "model_card.json").read_text()
    folds = results[[f"fold_{number}" for number in range(1, 6)]].to_numpy()
    np.testing.assert_allclose(folds.mean(axis=1), results["mean_test_score"], atol=2e-6)


def test_training_again_on_more_processes_gives_the_same_files(trained: Path, tmp_path: Path) -> None:
    arguments = ["--workspace", str(tmp_path), "--data", str(trained / "rows.csv"), "--jobs", "2", "--fresh"]
    assert main([*arguments, "--families", "svm", "logistic_regression"]) == 0
    for name in ("scaler.joblib", "svm_classifier.joblib", "model_card.json"):
        assert (tmp_path / "models" / name).read_bytes() == (trained / "models" / name).read_bytes()


def test_other_colours_and_two_of_them_alone_are_learned(made_rows: TrainingData, tmp_path: Path) -> None:
    two = made_rows.take(np.flatnonzero(np.isin(made_rows.colours, ["RED", "BLUE"])))
    colours = np.where(two.colours == "RED", "OCHRE", "NAVY")
    renamed = TrainingData("other.csv", two.features, colours, np.arange(len(two)))
    for family in ("svm", "svm_polynomial"):
        summary = train(renamed, tmp_path / family, list_candidates([family]), folds=3)
        assert summary.model.classes == ("NAVY", "OCHRE")
        assert summary.test.accuracy > 0.7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--families", "svn"], "unknown family"),
        (["--families", "random_forest"], "a support vector machine is shipped"),
        (["--folds", "1"], "at least 2"),
        (["--seed", "-1"], "expected 0 to 4294967295"),
        (["--sample", "3"], "no sample of 3 rows"),
        (["--jobs", "0"], "0 jobs"),
        (["--data", "none.csv"], "none.csv is missing"),
        (["--workspace", "{rows}"], "cannot be written"),
        ([], "240 rows are too many for a support vector machine (limit 100): use --sample 100"),
    ],
)
@patch("src.models.train_model.SVM_ROW_LIMIT", 100)
@patch("src.models.train_model.run_search", Mock(side_effect=AssertionError("a search was started")))
def test_what_cannot_be_done_is_said_before_any_search_and_leaves_the_model_alone(
    trained: Path, tmp_path: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    models = Path(shutil.copytree(trained / "models", tmp_path / "models"))
    before = {path.name: path.read_bytes() for path in models.iterdir()}
    rows = str(trained / "rows.csv")
    given = ["--workspace", str(tmp_path), "--data", rows, "--jobs", "1"]
    assert main([*given, *(word.format(rows=rows) for word in arguments)]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert {path.name: path.read_bytes() for path in models.iterdir()} == before


def test_the_studys_winner_is_fitted_to_a_sample_where_no_fit_can_be_kept(
    made_rows: TrainingData, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = write_csv(made_rows, tmp_path / "rows.csv")
    (tmp_path / "file").touch()
    given = ["--workspace", str(tmp_path / "file"), "--models", str(tmp_path / "models"), "--data", str(table)]
    assert main([*given, "--quick", "--sample", "120", "--folds", "3", "--jobs", "1"]) == 0
    assert "fits are not kept" in capsys.readouterr().err
    assert load_model(tmp_path / "models").card.data["rows"] == 120
    assert len(read_results(tmp_path / "models" / "search_results.csv")) == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_sigterm_ends_every_worker(tmp_path: Path) -> None:
    table = PROJECT_ROOT / "data" / "processed" / "pictures.csv"
    places = ["--workspace", str(tmp_path), "--data", str(table), "--models", str(tmp_path / "models")]
    command = [sys.executable, "-m", "src.models.train_model", *places, "--families", "study", "--jobs", "2"]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        trainer = psutil.Process(process.pid)
        kept = tmp_path / "data" / "interim" / "search"
        assert wait_for(lambda: list(kept.rglob("output.pkl")))
        children = trainer.children(recursive=True)
        process.terminate()
        assert process.stderr is not None
        assert b"interrupted: finished fits are kept" in process.stderr.read()
        assert process.wait(60) == 130
    assert len(children) >= 2
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []


def test_a_fresh_clone_without_pictures_takes_the_doubles_of_the_card(made_rows: TrainingData, tmp_path: Path) -> None:
    groups = made_rows.groups.copy()
    groups[5] = groups[2]
    with_doubles = TrainingData("made.csv", made_rows.features, made_rows.colours, groups)
    summary = train(with_doubles, tmp_path, [STUDY_CHOICE], folds=3)
    again = group_rows(made_rows, tmp_path / "no such folder", card=summary.model.card)
    assert again.doubles == [[2, 5]]
    other = TrainingData("made.csv", made_rows.features + 1, made_rows.colours, made_rows.groups)
    assert group_rows(other, card=summary.model.card).doubles == []


@pytest.mark.reference
@pytest.mark.slow
def test_real_rows_are_learned_as_well_as_the_study_did(shared_dir: Path, tmp_path: Path) -> None:
    data = group_rows(read_training_data(shared_dir / "reference" / "labelled_rows.csv"))
    assert len(data.doubles) == 7
    summary = train(data, tmp_path, [STUDY_CHOICE])
    assert summary.results["mean_test_score"].iloc[0] > 0.85
    assert summary.test.accuracy > 0.86
    assert summary.test.near_errors > summary.test.far_errors
    assert summary.test.expected_calibration_error < 0.05
    magpie = json.loads((shared_dir / "reference" / "study_results.json").read_text())["the_magpie"]
    features = pd.Series(magpie["features"]).to_numpy()[None]
    assert summary.model.predict_features(features)[0].colour == magpie["colour"]
