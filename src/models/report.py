"""Write ``references/model_report.md`` and its figures for the model of a workspace.

Usage::

    python -m src.models.report [--workspace DIR] [--rows TABLE] [--images DIR --labels FILE.csv]
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from src import study
from src.command import open_console, run_command
from src.errors import UsageError
from src.files import write_text
from src.models.artefacts import ColourModel, load_model
from src.models.data import read_training_data
from src.models.evaluate import Evaluation
from src.models.evaluate_real import evaluate_pictures, evaluate_rows
from src.models.report_measures import ReportMeasures, measure_report
from src.models.report_text import write_report_text
from src.models.search import RESULTS_NAME, read_results
from src.models.train_model import group_rows
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

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_report(results: pd.DataFrame, measures: ReportMeasures) -> "dict[str, Figure]":
    """Draw the report's figures, by name."""
    best = results.drop_duplicates("classifier").set_index("classifier")
    scores = {score.colour: score for score in measures.test.class_scores}
    reliability = measures.test.reliability
    return {
        "family_scores": plot_family_scores(
            {str(family): float(mean) for family, mean in best["mean_test_score"].items()},
            {str(family): float(deviation) for family, deviation in best["std_test_score"].items()},
            reference={family: mean for family, (mean, _) in study.BEST_PER_FAMILY.items()},
        ),
        "confusion_matrix": plot_confusion_matrix(measures.test.confusion, measures.test.classes),
        "class_scores": plot_class_scores(
            {colour: score.precision for colour, score in scores.items()},
            {colour: score.recall for colour, score in scores.items()},
            {colour: score.count for colour, score in scores.items()},
        ),
        "reliability": plot_reliability(
            reliability.confidence.tolist(),
            reliability.accuracy.tolist(),
            reliability.counts.tolist(),
            calibration_error=reliability.expected_calibration_error,
        ),
        "permutation_importance": plot_permutation_importance(
            measures.importance, measures.importance_deviation, reference=study.PERMUTATION_IMPORTANCE
        ),
        "feature_elimination": plot_feature_elimination(
            measures.elimination, added=measures.ranking, reference=study.FEATURE_ELIMINATION
        ),
        "learning_curve": plot_learning_curve(
            measures.curve_sizes, measures.curve_test, measures.curve_deviation, training_means=measures.curve_train
        ),
    }


def write_report(
    workspace: Workspace,
    model: ColourModel,
    results: pd.DataFrame,
    measures: ReportMeasures,
    real: Mapping[str, Evaluation],
) -> Path:
    """Write the figures, then the report that shows them; return the report's path."""
    report = workspace.references_dir / "model_report.md"
    addresses = {}
    for name, figure in draw_report(results, measures).items():
        is_matrix = name == "confusion_matrix"
        place = workspace.references_dir / f"{name}.png" if is_matrix else workspace.figures_dir / f"model_{name}.png"
        save_figure(figure, place)
        addresses[name] = Path(os.path.relpath(place, report.parent)).as_posix()
    write_text(report, write_report_text(model, results, measures, addresses, real))
    return report


def build_parser() -> argparse.ArgumentParser:
    """Build the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m src.models.report", description="Write references/model_report.md and its figures."
    )
    parser.add_argument("--workspace", type=Path, default=PROJECT_ROOT, help="folder with data/ and models/")
    parser.add_argument("--data", type=Path, help="table of the training (default: the workspace's final dataset)")
    parser.add_argument("--rows", type=Path, metavar="TABLE", help="score the model on these rows as well")
    parser.add_argument("--images", type=Path, metavar="DIR", help="and on the pictures of this folder (cropped)")
    parser.add_argument("--labels", type=Path, metavar="FILE.csv", help="with these labels")
    add_parallel_arguments(parser)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = build_parser().parse_args(arguments)
    return run_command(lambda: _run(options), "interrupted: the earlier report is untouched")


def _run(options: argparse.Namespace) -> int:
    console = open_console(stderr=True)
    workspace = Workspace(options.workspace)
    if (options.images is None) != (options.labels is None):
        raise UsageError("--images and --labels belong together: name both, or none")
    model = load_model(workspace.models_dir)
    results = read_results(workspace.models_dir / RESULTS_NAME)
    data = group_rows(read_training_data(options.data or workspace.processed_table), card=model.card)
    with parallel_backend(options.jobs, options.dask), console.status("report") as status:
        measures = measure_report(model, data, status.update)
        status.stop()
        real = _evaluate_elsewhere(options, model)
    path = write_report(workspace, model, results, measures, real)
    console.print(f"wrote {path}")
    return 0


def _evaluate_elsewhere(options: argparse.Namespace, model: ColourModel) -> dict[str, Evaluation]:
    real: dict[str, Evaluation] = {}
    if options.rows is not None:
        found = evaluate_rows(model, options.rows)
        real.update({f"`{options.rows.name}`, {name}": evaluation for name, evaluation in found.items()})
    if options.images is not None:
        evaluation, _ = evaluate_pictures(model, options.images, options.labels, crop=True)
        real[f"`{options.labels.name}`, pictures cropped to 218 × 218"] = evaluation
    return real


if __name__ == "__main__":
    sys.exit(main())
