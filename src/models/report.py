"""Write ``references/model_report.md`` and its figures: ``python -m src.models.report [--workspace DIR]``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.inspection import permutation_importance
from sklearn.model_selection import learning_curve

from src import study
from src.command import open_console, run_command
from src.errors import ModelMismatchError
from src.features.schema import FEATURE_NAMES
from src.files import write_text
from src.models.artefacts import ColourModel, load_model
from src.models.data import HELD_OUT_FOLDS, TrainingData, group_rows, read_training_data
from src.models.evaluate import Evaluation, evaluate
from src.models.grids import Candidate, build_pipeline, fit_calibrated
from src.models.search import RESULTS_NAME, read_results
from src.parallel import add_parallel_arguments, parallel_backend
from src.paths import PROJECT_ROOT, Workspace
from src.visualization.model_figures import (
    plot_class_scores,
    plot_confusion_matrix,
    plot_family_scores,
    plot_feature_elimination,
    plot_learning_curve,
    plot_permutation_importance,
    plot_reliability,
)
from src.visualization.output import save_figure

REPEATS: Final = 5
CURVE_SHARES: Final = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0)


class ReportMeasures(NamedTuple):
    """Measured on the held-out quarter, by the chosen candidate fitted to the rest.

    Attributes
    ----------
    test
        Of the calibrated SVMs.
    features
        The features, most important first: ``importance`` is the accuracy lost when one is shuffled, with its
        ``deviation`` over the repeats; ``accuracy`` that of a model that has it and those before it alone.
    curve
        Learning curve, by training rows: accuracy on rows not seen (``test``, with its ``deviation`` over the folds),
        and on those seen (``train``).
    """

    test: Evaluation
    features: pd.DataFrame
    curve: pd.DataFrame


def measure_report(model: ColourModel, data: TrainingData) -> ReportMeasures:
    """Measure what the report shows of a saved model and the rows that it was trained on, grouped as then.

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
    seed, candidate = card.data["seed"], Candidate(card.family, card.parameters)
    split = data.split_folds(HELD_OUT_FOLDS, seed)[0]
    learning = data.take(split.train)
    rows, colours = data.features[split.test], data.colours[split.test]
    scaler, classifier = fit_calibrated(candidate, learning.features, learning.colours, seed)
    test = evaluate(colours, classifier.predict_proba(scaler.transform(rows)), classifier.classes_.tolist())
    pipeline = build_pipeline(candidate).fit(learning.features, learning.colours)
    importance = permutation_importance(pipeline, rows, colours, n_repeats=REPEATS, random_state=seed, n_jobs=-1)
    order = np.argsort(-importance.importances_mean, kind="stable")
    accuracies = []
    for count in range(1, len(order) + 1):
        columns = order[:count]
        reduced = build_pipeline(candidate).fit(learning.features[:, columns], learning.colours)
        accuracies.append(reduced.score(rows[:, columns], colours))
    splits = learning.split_folds(card.data["folds"], seed)
    sizes, train_scores, test_scores = learning_curve(
        build_pipeline(candidate),
        learning.features,
        learning.colours,
        cv=splits,
        train_sizes=_choose_sizes(learning, min(len(train) for train, _ in splits)),
        shuffle=True,
        random_state=seed,
        n_jobs=-1,
    )
    means, deviations = importance.importances_mean[order], importance.importances_std[order]
    features = {"importance": means, "deviation": deviations, "accuracy": accuracies}
    names = [FEATURE_NAMES[place] for place in order]
    curve = {"test": test_scores.mean(axis=1), "deviation": test_scores.std(axis=1), "train": train_scores.mean(axis=1)}
    return ReportMeasures(test, pd.DataFrame(features, names), pd.DataFrame(curve, sizes.tolist()))


def _choose_sizes(data: TrainingData, largest: int) -> list[int]:
    """Numbers of rows for the curve, none so small that a random draw may hold one colour alone."""
    least = min(2 * len(data) / min(data.class_counts.values()), 0.2 * largest)
    return [size for share in CURVE_SHARES if (size := round(share * largest)) >= least]


def draw_report(results: pd.DataFrame, measures: ReportMeasures) -> dict[str, Figure]:
    """Draw the report's figures, by name."""
    best = results.drop_duplicates("classifier")
    test, features = measures.test, measures.features
    return {
        "family_scores": plot_family_scores(
            dict(zip(best["classifier"], best["mean_test_score"], strict=True)),
            dict(zip(best["classifier"], best["std_test_score"], strict=True)),
            reference={family: mean for family, (mean, _) in study.BEST_PER_FAMILY.items()},
        ),
        "confusion_matrix": plot_confusion_matrix(test.confusion, test.classes),
        "class_scores": plot_class_scores(test.per_class),
        "reliability": plot_reliability(*test.reliability, calibration_error=test.expected_calibration_error),
        "permutation_importance": plot_permutation_importance(features, reference=study.PERMUTATION_IMPORTANCE),
        "feature_elimination": plot_feature_elimination(features, reference=study.FEATURE_ELIMINATION),
        "learning_curve": plot_learning_curve(measures.curve),
    }


def compose_report(model: ColourModel, results: pd.DataFrame, measures: ReportMeasures) -> str:
    """Write the text of the report, which shows the figures beside it."""
    card, test = model.card, measures.test
    data = card.data
    parameters = ", ".join(f"{name}={value}" for name, value in card.parameters.items())
    libraries = ", ".join(f"{name} {version}" for name, version in card.libraries.items())
    counts = format_table(tuple(data["class_counts"]), [[f"{count:,}" for count in data["class_counts"].values()]])
    limits = "".join(f"- {limit}\n" for limit in card.limits)
    return f"""# Model report

Written by `python -m src.models.report`. Accuracy is the share of rows named as the source files them.

Version `{model.version}`: {card.family.replace("_", " ")} (`{card.estimator}`; {parameters}), \
trained on `{data["table"]}`: {data["rows"]:,} rows of {data["pictures"]:,} different pictures. \
Probabilities: the mean over the SVMs, each calibrated on a part of the rows that it left out. {libraries}.

{counts}
## Search

{len(results)} candidates, {data["folds"]} stratified folds of three quarters of the rows, the \
scaler fitted inside each fold, rows of one picture never on both sides. Shipped is the support vector machine \
with the best mean; the other families stand beside it. The study's figures are on its own 16,311 thumbnails of the \
live site, so differences tell of the data as well as of the models. All candidates stand in \
`models/search_results.csv`.

![best of each family](figures/model_family_scores.png)

{_format_families(results)}
## Held-out quarter

The chosen candidate, fitted to the other three quarters; the saved model is fitted to all rows.

|  | this model | study |
| --- | --- | --- |
| rows | {test.count:,} |  |
| accuracy | {test.accuracy:.4f} | {study.SVM_TEST_ACCURACY:.4f} |
| macro F1 | {test.macro_f1:.4f} |  |
| errors | {test.near_errors + test.far_errors:,} |  |
| … near misses (neighbouring colours) | {test.near_errors:,} |  |
| … far misses | {test.far_errors:,} |  |
| expected calibration error | {test.expected_calibration_error:.4f} |  |

{_format_classes(test)}
![precision and recall](figures/model_class_scores.png)

![confusion matrix](confusion_matrix.png)

### Probabilities

![reliability diagram](figures/model_reliability.png)

## Features

Importance: accuracy lost on the held-out quarter when one feature is shuffled (mean and deviation of five \
times). Elimination: accuracy of a model that has the first 1, 2 … features of this order alone.

{_format_features(measures.features)}
![permutation importance](figures/model_permutation_importance.png)

![feature elimination](figures/model_feature_elimination.png)

## Learning curve

![accuracy over training rows](figures/model_learning_curve.png)

## Intended use and limits

{card.intended_use}

{limits}"""


def _format_families(results: pd.DataFrame) -> str:
    rows = []
    for row in results.drop_duplicates("classifier").to_dict("records"):
        mean = row["mean_test_score"]
        published = study.BEST_PER_FAMILY.get(row["classifier"])
        compared = ("", "") if published is None else (f"{published[0]:.4f}", f"{mean - published[0]:+.4f}")
        scores = f"{mean:.4f}", f"{row['std_test_score']:.4f}", f"{row['mean_fit_seconds']:.2f}"
        rows.append((row["classifier"].replace("_", " "), row["params"], *scores, *compared))
    return format_table(("family", "best parameters", "mean", "std", "fit s", "study's best", "difference"), rows)


def _format_classes(test: Evaluation) -> str:
    published = {
        colour: f"{row[place] / 100:.3f}" for place, (colour, row) in enumerate(study.CONFUSION_PERCENT.items())
    }
    rows = []
    for colour, score in test.per_class.items():
        figures = (f"{score[name]:.3f}" for name in ("precision", "recall", "f1"))
        rows.append((colour, f"{score['count']:,}", *figures, published.get(colour, "")))
    return format_table(("colour", "rows", "precision", "recall", "F1", "study's recall"), rows)


def _format_features(features: pd.DataFrame) -> str:
    rows = []
    for place, (name, importance, deviation, accuracy) in enumerate(features.itertuples(), 1):
        published = study.FEATURE_ELIMINATION.get(place)
        figures = (f"{value:.4f}" for value in (importance, deviation, study.PERMUTATION_IMPORTANCE[name], accuracy))
        rows.append((place, f"`{name}`", *figures, "" if published is None else f"{published:.2f}"))
    headings = ("", "feature", "importance", "±", "study", "accuracy with the features so far", "study's")
    return format_table(headings, rows)


def format_table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, numbers_from: int | None = None) -> str:
    """Write a table as Markdown, one line a row; columns from number ``numbers_from`` on are aligned to the right."""
    texts = len(headings) if numbers_from is None else numbers_from
    rule = ["---"] * texts + ["---:"] * (len(headings) - texts)
    return "".join(f"| {' | '.join(map(str, cells))} |\n" for cells in (headings, rule, *rows))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m src.models.report", description="Write references/model_report.md and its figures."
    )
    parser.add_argument("--workspace", type=Path, default=PROJECT_ROOT, help="folder with data/ and models/")
    parser.add_argument("--data", type=Path, help="table of the training (default: the workspace's final dataset)")
    add_parallel_arguments(parser)
    options = parser.parse_args(arguments)
    return run_command(lambda: _run(options), "interrupted: the earlier report is untouched")


def _run(options: argparse.Namespace) -> int:
    console, workspace = open_console(stderr=True), Workspace(options.workspace)
    model = load_model(workspace.models_dir)
    results = read_results(workspace.models_dir / RESULTS_NAME)
    data = group_rows(read_training_data(options.data or workspace.processed_table), card=model.card)
    with parallel_backend(options.jobs, options.dask), console.status("measuring (minutes)"):
        measures = measure_report(model, data)
    for name, figure in draw_report(results, measures).items():
        is_matrix = name == "confusion_matrix"
        place = workspace.references_dir / f"{name}.png" if is_matrix else workspace.figures_dir / f"model_{name}.png"
        save_figure(figure, place)
    report = workspace.references_dir / "model_report.md"
    write_text(report, compose_report(model, results, measures))
    console.print(f"wrote {report}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
