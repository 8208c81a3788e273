"""Score a saved model on rows or pictures whose colour is known.

Usage::

    python -m src.models.evaluate_real --rows labelled_rows.csv
    python -m src.models.evaluate_real --images FOLDER --labels manifest.csv --crop [--json]

Rows need the 18 features and ``color``; where there is an ``origin`` column, each origin is scored
by itself as well. Labels need ``filename`` and ``color`` (or ``study_label``).
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from src.command import open_console, run_command
from src.errors import EXIT_DONE, EXIT_PARTIAL, UsageError
from src.models.artefacts import ColourModel, load_model
from src.models.data import read_training_data
from src.models.evaluate import Evaluation, evaluate, show_evaluation
from src.models.pictures import measure_labelled_pictures, read_labels, show_failures
from src.parallel import add_parallel_arguments, parallel_backend
from src.paths import Workspace


def evaluate_rows(model: ColourModel, path: Path) -> dict[str, Evaluation]:
    """Score a model on a table of features: under ``all``, and each value of the ``origin`` column under its name.

    Raises
    ------
    TableError
        If the table lacks a column or holds a value that is no number.
    """
    data = read_training_data(path)
    probabilities = model.predict_probabilities(data.features)
    evaluations = {"all": evaluate(data.colours, probabilities, model.classes)}
    origins = np.asarray(data.origins, dtype=str)
    for origin in np.unique(origins):
        chosen = origins == origin
        evaluations[str(origin)] = evaluate(data.colours[chosen], probabilities[chosen], model.classes)
    return evaluations


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m src.models.evaluate_real",
        description="Score a saved model on rows or pictures whose colour is known.",
    )
    parser.add_argument("--workspace", type=Path, default=Workspace().root, help="folder with models/ in it")
    parser.add_argument("--models", type=Path, help="folder of the model (default: the workspace's models/)")
    parser.add_argument("--rows", type=Path, metavar="TABLE", help="the 18 features and color (and origin)")
    parser.add_argument("--images", type=Path, metavar="DIR", help="folder with pictures")
    parser.add_argument("--labels", type=Path, metavar="FILE.csv", help="filename and color (or study_label)")
    parser.add_argument("--crop", action="store_true", help="measure centre-cropped thumbnails of 218 × 218")
    parser.add_argument("--json", action="store_true", help="print JSON and no tables")
    add_parallel_arguments(parser)
    options = parser.parse_args(arguments)
    return run_command(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    if (options.images is None) != (options.labels is None) or (options.rows is None and options.images is None):
        raise UsageError("expected --rows TABLE, or --images DIR with --labels FILE.csv, or both")
    model = load_model(options.models or Workspace(options.workspace).models_dir)
    evaluations: dict[str, Evaluation] = {}
    failures: list[tuple[str, str]] = []
    if options.rows is not None:
        scored = evaluate_rows(model, options.rows)
        evaluations |= {f"{options.rows.name}, {name}": found for name, found in scored.items()}
    if options.images is not None:
        with parallel_backend(options.jobs, options.dask):
            pictures = measure_labelled_pictures(options.images, read_labels(options.labels), crop=options.crop)
        failures = pictures.failures
        name = f"{options.labels.name}, pictures{', cropped' if options.crop else ''}"
        evaluations[name] = evaluate(pictures.colours, model.predict_probabilities(pictures.features), model.classes)
    if options.json:
        content = {
            "model": model.version,
            "evaluations": {
                name: {key: value for key, value in vars(found).items() if key != "reliability"}
                for name, found in evaluations.items()
            },
            "failures": [{"filename": name, "reason": reason} for name, reason in failures],
        }
        sys.stdout.write(json.dumps(content, indent=2, default=np.ndarray.tolist) + "\n")
    else:
        console = open_console()
        console.print(f"model {model.version} ({model.card.family}, trained on {model.card.data.get('table')})")
        for name, found in evaluations.items():
            show_evaluation(console, name, found)
    show_failures(open_console(stderr=True), failures)
    return EXIT_PARTIAL if failures else EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
