import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.svm import SVC

from src.models import scoring
from src.models.data import TrainingData
from src.models.grids import Candidate, fit_calibrated
from src.models.scoring import SvmScorer

MACHINES = (
    Candidate("svm", {"C": 100, "gamma": 0.01}),
    Candidate("svm", {"C": 1, "gamma": 1}),
    Candidate("svm_polynomial", {"degree": 2, "C": 1}),
    Candidate("svm_polynomial", {"degree": 3, "C": 10}),
)


@pytest.mark.parametrize("candidate", MACHINES, ids=lambda candidate: candidate.label)
def test_probabilities_are_those_of_scikit_learn(
    candidate: Candidate, made_rows: TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    scaler, machine = fit_calibrated(candidate, made_rows.features, made_rows.colours)
    generator = np.random.default_rng(3)
    rows = np.concatenate([scaler.transform(made_rows.features), generator.normal(0, 4, (200, 18))])
    assert SvmScorer.fits(machine)
    scorer = SvmScorer(machine)
    expected = machine.predict_proba(rows)
    np.testing.assert_allclose(scorer.score(rows)[0], expected, atol=1e-10)
    monkeypatch.setattr(scoring, "ROWS_AT_ONCE", 7)
    np.testing.assert_allclose(scorer.score(rows)[0], expected, atol=1e-10)
    vectors = machine.calibrated_classifiers_[0].estimator.support_vectors_
    assert scorer.score(vectors)[1].max() == 0
    assert scorer.score(vectors[:1] + 50.0)[1] > 100  # standard deviations


def test_other_estimators_are_left_to_scikit_learn(made_rows: TrainingData) -> None:
    assert not SvmScorer.fits(SVC().fit(made_rows.features, made_rows.colours))
    sigmoid = CalibratedClassifierCV(SVC(), method="sigmoid", cv=2).fit(made_rows.features, made_rows.colours)
    assert not SvmScorer.fits(sigmoid)
