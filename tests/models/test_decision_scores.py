import numpy as np
import pytest

from src.models.data import TrainingData
from src.models.decision_scores import (
    BlendScorer,
    ProductsScorer,
    SupportVectorScorer,
    build_scorer,
    compute_softmax,
)
from src.models.search_space import Candidate
from tests.support.made_rows import fit, make_rows

FAST = {
    "svm": (Candidate("svm", {"C": 10, "gamma": 0.05}), SupportVectorScorer),
    "polynomial": (Candidate("polynomial", {"degree": 2, "C": 1}), ProductsScorer),
    "blend": (Candidate("blend", {"logistic_C": 1}), BlendScorer),
}
OTHERS = {
    "logistic_regression": Candidate("logistic_regression", {"C": 1}),
    "random_forest": Candidate("random_forest", {"max_depth": 10, "n_estimators": 10}),
    "nystroem": Candidate("nystroem", {"gamma": 0.05, "C": 1}),
}


@pytest.fixture(scope="module")
def unseen() -> np.ndarray:
    generator = np.random.default_rng(5)
    return np.concatenate([make_rows(7).features, generator.uniform(0, 179, (500, 18))])


@pytest.mark.parametrize("family", FAST)
def test_fast_scores_are_those_of_scikit_learn(family: str, made_rows: TrainingData, unseen: np.ndarray) -> None:
    candidate, kind = FAST[family]
    scaler, estimator = fit(candidate, made_rows)
    rows = scaler.transform(unseen)
    scorer = build_scorer(estimator)
    assert isinstance(scorer, kind)
    if family == "svm":
        np.testing.assert_allclose(scorer.compute_both(rows)[0], estimator.decision_function(rows), atol=1e-9)
    elif family == "blend":
        np.testing.assert_allclose(scorer.compute_probabilities(rows), estimator.predict_proba(rows), atol=1e-9)
    else:
        np.testing.assert_allclose(np.exp(scorer(rows)), estimator.predict_proba(rows), atol=1e-9)
    assert (estimator.classes_[scorer(rows).argmax(axis=1)] == estimator.predict(rows)).all()


@pytest.mark.parametrize("family", OTHERS)
def test_other_families_are_scored_by_themselves(family: str, made_rows: TrainingData, unseen: np.ndarray) -> None:
    scaler, estimator = fit(OTHERS[family], made_rows.take(np.arange(0, len(made_rows), 2)))
    rows = scaler.transform(unseen)
    scores = build_scorer(estimator)(rows)
    assert (estimator.classes_[scores.argmax(axis=1)] == estimator.predict(rows)).all()
    np.testing.assert_allclose(compute_softmax(scores, 1.0), estimator.predict_proba(rows), atol=1e-9)


@pytest.mark.parametrize("family", ["svm", "polynomial", "blend"])
def test_two_classes_are_scored_in_two_columns(family: str, made_rows: TrainingData, unseen: np.ndarray) -> None:
    two = made_rows.take(np.flatnonzero(np.isin(made_rows.colours, ["RED", "BLUE"])))
    scaler, estimator = fit(FAST[family][0], two)
    rows = scaler.transform(unseen)
    scores = build_scorer(estimator)(rows)
    assert scores.shape == (len(rows), 2)
    assert (estimator.classes_[scores.argmax(axis=1)] == estimator.predict(rows)).all()


def test_many_rows_are_scored_in_parts_with_the_same_result(
    made_rows: TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    scaler, estimator = fit(FAST["svm"][0], made_rows)
    rows = scaler.transform(made_rows.features)
    whole = build_scorer(estimator)(rows)
    monkeypatch.setattr("src.models.decision_scores.CHUNK_ELEMENTS", 500)
    np.testing.assert_allclose(build_scorer(estimator)(rows), whole, atol=1e-12)


def test_temperature_changes_how_sure_and_not_which() -> None:
    scores = np.random.default_rng(0).normal(size=(50, 4))
    cold, warm = compute_softmax(scores, 0.1), compute_softmax(scores, 10.0)
    assert (cold.argmax(axis=1) == warm.argmax(axis=1)).all()
    assert cold.max(axis=1).mean() > warm.max(axis=1).mean()
    np.testing.assert_allclose(warm.sum(axis=1), 1)


def test_a_support_vector_machine_is_not_as_sure_of_everything(made_rows: TrainingData, unseen: np.ndarray) -> None:
    scaler, estimator = fit(FAST["svm"][0], made_rows)
    confidence = compute_softmax(build_scorer(estimator)(scaler.transform(unseen)), 1.0).max(axis=1)
    assert np.ptp(confidence) > 0.4
