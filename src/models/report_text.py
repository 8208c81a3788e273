"""The model report as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from src import study
from src.models.artefacts import ColourModel
from src.models.evaluate import Evaluation
from src.models.grids import FAMILIES
from src.models.report_measures import ReportMeasures

SHOWN_ROWS: Final = 15


def write_report_text(
    model: ColourModel,
    results: pd.DataFrame,
    measures: ReportMeasures,
    figures: Mapping[str, str],
    real: Mapping[str, Evaluation],
) -> str:
    """Compose the report.

    Parameters
    ----------
    model
        The saved model.
    results
        The search's table, best first.
    measures
        What was measured anew.
    figures
        Address of each figure, relative to the report, by name.
    real
        Scores of the saved model on rows or pictures from elsewhere, by name.
    """
    parts = [
        "# Model report\n",
        "Written by `python -m src.models.report`. Accuracy is the share of rows named as the source files them.\n",
        _describe_model(model),
        _describe_search(model, results, figures),
        _describe_test(measures, figures),
        _describe_features(measures, figures),
        f"## Learning curve\n\n![accuracy over training rows]({figures['learning_curve']})\n",
        _describe_real(real),
        _describe_use(model),
    ]
    return "\n".join(part for part in parts if part)


def _describe_model(model: ColourModel) -> str:
    card = model.card
    data = card.data
    parameters = ", ".join(f"{name}={value}" for name, value in card.parameters.items())
    libraries = ", ".join(f"{name} {version}" for name, version in card.libraries.items())
    counts = format_table(tuple(data["class_counts"]), [tuple(f"{count:,}" for count in data["class_counts"].values())])
    return (
        f"Version `{model.version}`: {FAMILIES[card.family].title} (`{card.estimator}`; {parameters}), "
        f"trained on `{data['table']}`: {data['rows']:,} rows of {data['pictures']:,} different pictures. "
        "Probabilities: the mean over the SVMs, each calibrated on a part of the rows that it left out. "
        f"{libraries}.\n\n"
        f"{counts}"
    )


def _describe_search(model: ColourModel, results: pd.DataFrame, figures: Mapping[str, str]) -> str:
    best = results.drop_duplicates("classifier")
    families = []
    for row in best.to_dict("records"):
        published = study.BEST_PER_FAMILY.get(row["classifier"])
        families.append(
            (
                row["classifier"].replace("_", " "),
                row["params"],
                f"{row['mean_test_score']:.4f}",
                f"{row['std_test_score']:.4f}",
                f"{row['mean_fit_seconds']:.2f}",
                "" if published is None else f"{published[0]:.4f}",
                "" if published is None else f"{row['mean_test_score'] - published[0]:+.4f}",
            )
        )
    top = [
        (
            row["params"],
            f"{row['mean_test_score']:.4f}",
            f"{row['std_test_score']:.4f}",
            row["classifier"].replace("_", " "),
            f"{row['mean_fit_seconds']:.2f}",
        )
        for row in results.head(SHOWN_ROWS).to_dict("records")
    ]
    return (
        "## Search\n\n"
        f"{len(results)} candidates, {model.card.data['folds']} stratified folds of three quarters of the rows, the "
        "scaler fitted inside each fold, rows of one picture never on both sides. Shipped is the smoothest support "
        "vector machine (smallest gamma) within one standard error of the best; the other families stand beside "
        "it. The study's figures are on its own "
        "16,311 thumbnails of the live site, so differences tell of the data as well as of the models.\n\n"
        f"![best of each family]({figures['family_scores']})\n\n"
        + format_table(("family", "best parameters", "mean", "std", "fit s", "study's best", "difference"), families)
        + f"\nThe {min(SHOWN_ROWS, len(results))} best of all (the others stand in `models/search_results.csv`):\n\n"
        + format_table(("params", "mean", "std", "classifier", "fit s"), top)
    )


def _describe_test(measures: ReportMeasures, figures: Mapping[str, str]) -> str:
    test = measures.test
    published = {
        colour: study.CONFUSION_PERCENT[place][place] / 100 for place, colour in enumerate(study.CONFUSION_ORDER)
    }
    classes = [
        (
            score.colour,
            f"{score.count:,}",
            f"{score.precision:.3f}",
            f"{score.recall:.3f}",
            f"{score.f1:.3f}",
            f"{published[score.colour]:.3f}" if score.colour in published else "",
        )
        for score in test.class_scores
    ]
    errors = test.near_errors + test.far_errors
    return (
        "## Held-out quarter\n\n"
        "The chosen candidate, fitted to the other three quarters; the saved model is fitted to all rows.\n\n"
        + format_table(
            ("", "this model", "study"),
            [
                ("rows", f"{test.count:,}", ""),
                ("accuracy", f"{test.accuracy:.4f}", f"{study.SVM_TEST_ACCURACY:.4f}"),
                ("macro F1", f"{test.macro_f1:.4f}", ""),
                ("errors", f"{errors:,}", ""),
                ("… near misses (neighbouring colours)", f"{test.near_errors:,}", ""),
                ("… far misses", f"{test.far_errors:,}", ""),
                ("expected calibration error", f"{test.expected_calibration_error:.4f}", ""),
            ],
        )
        + "\n"
        + format_table(("colour", "rows", "precision", "recall", "F1", "study's recall"), classes)
        + f"\n![precision and recall]({figures['class_scores']})\n\n"
        f"![confusion matrix]({figures['confusion_matrix']})\n\n"
        "### Probabilities\n\n"
        f"![reliability diagram]({figures['reliability']})\n"
    )


def _describe_features(measures: ReportMeasures, figures: Mapping[str, str]) -> str:
    rows = [
        (
            place,
            f"`{name}`",
            f"{measures.importance[name]:.4f}",
            f"{measures.importance_deviation[name]:.4f}",
            f"{study.PERMUTATION_IMPORTANCE[name]:.4f}",
            f"{measures.elimination[place]:.4f}",
            f"{study.FEATURE_ELIMINATION[place]:.2f}" if place in study.FEATURE_ELIMINATION else "",
        )
        for place, name in enumerate(measures.ranking, 1)
    ]
    return (
        "## Features\n\n"
        "Importance: accuracy lost on the held-out quarter when one feature is shuffled (mean and deviation of five "
        "times). Elimination: accuracy of a model that has the first 1, 2 … features of this order alone.\n\n"
        + format_table(
            ("", "feature", "importance", "±", "study", "accuracy with the features so far", "study's"), rows
        )
        + f"\n![permutation importance]({figures['permutation_importance']})\n\n"
        f"![feature elimination]({figures['feature_elimination']})\n"
    )


def _describe_real(real: Mapping[str, Evaluation]) -> str:
    if not real:
        return ""
    rows = [
        (
            name,
            f"{found.count:,}",
            f"{found.accuracy:.4f}",
            f"{found.macro_f1:.4f}",
            f"{min(score.recall for score in found.class_scores):.3f}",
            f"{found.near_errors:,}",
            f"{found.far_errors:,}",
            f"{found.expected_calibration_error:.4f}",
        )
        for name, found in real.items()
    ]
    return (
        "## On rows and pictures from elsewhere\n\n"
        "The saved model on data that is no part of this project "
        "(`python -m src.models.evaluate_real` prints it in full).\n\n"
        + format_table(
            ("data", "rows", "accuracy", "macro F1", "lowest recall", "near misses", "far misses", "calibration error"),
            rows,
        )
    )


def _describe_use(model: ColourModel) -> str:
    limits = "".join(f"- {limit}\n" for limit in model.card.limits)
    return f"## Intended use and limits\n\n{model.card.intended_use}\n\n{limits}"


def format_table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, numbers_from: int | None = None) -> str:
    """Write a table as Markdown, one line a row.

    Parameters
    ----------
    headings, rows
        The cells; their text is taken as it is.
    numbers_from
        The first of the columns that are aligned to the right; None aligns none.
    """
    texts = len(headings) if numbers_from is None else numbers_from
    rule = ["---"] * texts + ["---:"] * (len(headings) - texts)
    return "".join(f"| {' | '.join(map(str, cells))} |\n" for cells in (headings, rule, *rows))
