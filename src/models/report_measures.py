"""What the report measures anew: a model like the shipped one, fitted to three quarters of the rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from sklearn.inspection import permutation_importance
from sklearn.model_selection import learning_curve

from src.errors import ModelMismatchError
from src.features.schema import FEATURE_NAMES
from src.models.artefacts import ColourModel
from src.models.data import HELD_OUT_FOLDS, TrainingData
from src.models.evaluate import Evaluation, evaluate
from src.models.grids import FAMILIES, Candidate, build_pipeline, fit_calibrated

REPEATS: Final = 5
CURVE_SHARES: Final = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0)


@dataclass(frozen=True)
class ReportMeasures:
    """Measured on the held-out quarter, by the chosen candidate fitted to the rest.

    Attributes
    ----------
    test
        Scores.
    importance, importance_deviation
        Accuracy lost when a feature is shuffled, by feature, and its deviation over the repeats.
    elimination
        Accuracy with the 1, 2 … 18 most important features.
    ranking
        The features in the order in which :attr:`elimination` adds them.
    curve_sizes, curve_test, curve_deviation, curve_train
        Learning curve: training rows, accuracy on rows not seen (mean, deviation over the folds),
        and on those seen.
    """

    test: Evaluation
    importance: dict[str, float]
    importance_deviation: dict[str, float]
    elimination: dict[int, float]
    ranking: tuple[str, ...]
    curve_sizes: tuple[int, ...]
    curve_test: tuple[float, ...]
    curve_deviation: tuple[float, ...]
    curve_train: tuple[float, ...]


def measure_report(model: ColourModel, data: TrainingData, advance: Callable[[str], None]) -> ReportMeasures:
    """Measure all that the report shows beyond the search's own table.

    Parameters
    ----------
    model
        The saved model.
    data
        The rows that it was trained on, grouped as then.
    advance
        Told the name of each part as it begins.

    Raises
    ------
    ModelMismatchError
        If the rows are not those of the card.
    """
    card = model.card
    if card.data.get("sha256") != data.digest:
        raise ModelMismatchError(
            f"the model was trained on other rows than {data.name} holds: train it again, then write the report"
        )
    if not {"seed", "folds"} <= card.data.keys():
        raise ModelMismatchError("the model's card does not tell how it was trained: train it again")
    seed, folds = int(card.data["seed"]), int(card.data["folds"])
    candidate = restore_candidate(model)
    split = data.split_folds(HELD_OUT_FOLDS, seed)[0]
    learning = data.take(split.train)
    rows, colours = data.features[split.test], data.colours[split.test]
    advance("held-out quarter")
    scaler, classifier = fit_calibrated(candidate, learning.features, learning.colours, seed)
    test = evaluate(colours, classifier.predict_proba(scaler.transform(rows)), classifier.classes_.tolist())
    advance("permutation importance")
    pipeline = build_pipeline(candidate).fit(learning.features, learning.colours)
    importance = permutation_importance(pipeline, rows, colours, n_repeats=REPEATS, random_state=seed, n_jobs=-1)
    means = dict(zip(FEATURE_NAMES, importance.importances_mean.tolist(), strict=True))
    ranking = tuple(sorted(FEATURE_NAMES, key=lambda name: -means[name]))
    elimination = {}
    for count in range(1, len(ranking) + 1):
        advance(f"the {count} most important features")
        columns = [FEATURE_NAMES.index(name) for name in ranking[:count]]
        reduced = build_pipeline(candidate).fit(learning.features[:, columns], learning.colours)
        elimination[count] = float(np.mean(reduced.predict(rows[:, columns]) == colours))
    advance("learning curve")
    splits = [(fold.train, fold.test) for fold in learning.split_folds(folds, seed)]
    sizes, train_scores, test_scores = learning_curve(
        build_pipeline(candidate),
        learning.features,
        learning.colours,
        cv=splits,
        train_sizes=np.asarray(_choose_sizes(learning, min(len(train) for train, _ in splits))),
        shuffle=True,
        random_state=seed,
        n_jobs=-1,
    )
    return ReportMeasures(
        test=test,
        importance=means,
        importance_deviation=dict(zip(FEATURE_NAMES, importance.importances_std.tolist(), strict=True)),
        elimination=elimination,
        ranking=ranking,
        curve_sizes=tuple(sizes.tolist()),
        curve_test=tuple(test_scores.mean(axis=1).tolist()),
        curve_deviation=tuple(test_scores.std(axis=1).tolist()),
        curve_train=tuple(train_scores.mean(axis=1).tolist()),
    )


def restore_candidate(model: ColourModel) -> Candidate:
    """Tell the candidate that a card names."""
    family = model.card.family
    return Candidate(family, {name: model.card.parameters[name] for name in FAMILIES[family].grid})


def _choose_sizes(data: TrainingData, largest: int) -> list[int]:
    """Numbers of rows for the curve, none so small that a random draw may hold one colour alone."""
    rarest = min(data.class_counts.values()) / len(data)
    least = 2 / rarest if rarest > 0 else 0
    sizes = [round(share * largest) for share in CURVE_SHARES]
    return sorted({size for size in sizes if size >= min(least, 0.2 * largest)} | {largest})
