"""Choose a model by cross-validation, measure it on a held-out quarter, and save it.

Usage::

    python -m src.models.train_model [--workspace DIR] [--families svm … | study | extended | all]
    python -m src.models.train_model --data TABLE.csv --models DIR --quick

The table needs the 18 features and ``color``; whatever colours it holds become the classes. The
best candidate is measured on the quarter that the search never saw, then fitted to all rows and
saved. A stopped search goes on where it was.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from src.command import run_command
from src.console import open_console
from src.errors import ModelMismatchError, UsageError
from src.files import check_folder
from src.models.artefacts import CARD_NAME, ModelCard, read_card
from src.models.data import read_training_data
from src.models.search_space import SEARCH_SPACES, parse_families
from src.models.train_display import TrainingDisplay
from src.models.training import TrainingSettings, group_rows, train
from src.parallel import add_parallel_arguments, parallel_backend
from src.paths import PROJECT_ROOT, Workspace


def _read_earlier_card(models_dir: Path) -> ModelCard | None:
    """Read the card of the model that will be replaced, if it is one of this format."""
    try:
        return read_card(models_dir / CARD_NAME)
    except (ModelMismatchError, OSError):
        return None


def build_parser() -> argparse.ArgumentParser:
    """Build the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m src.models.train_model",
        description="Choose a model by cross-validation, measure it on a held-out quarter, and save it.",
    )
    parser.add_argument("--workspace", type=Path, default=PROJECT_ROOT, help="folder with data/ and models/")
    parser.add_argument("--data", type=Path, help="table to learn from (default: the workspace's final dataset)")
    parser.add_argument("--models", type=Path, help="folder for the model (default: the workspace's models/)")
    parser.add_argument(
        "--families",
        nargs="+",
        default=["svm"],
        metavar="NAME",
        help=f"{', '.join(SEARCH_SPACES)}; study, extended, all",
    )
    parser.add_argument("--quick", action="store_true", help="fit the study's winner alone")
    parser.add_argument("--folds", type=int, default=5, help="folds of the cross-validation (default: 5)")
    parser.add_argument("--seed", type=int, default=0, help="seed of splits and estimators (default: 0)")
    parser.add_argument("--sample", type=int, default=0, metavar="ROWS", help="learn from so many rows")
    add_parallel_arguments(parser)
    parser.add_argument("--fresh", action="store_true", help="repeat fits that an earlier search has kept")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = build_parser().parse_args(arguments)
    return run_command(lambda: _run(options), "interrupted: finished fits are kept; the same command goes on from here")


def _run(options: argparse.Namespace) -> int:
    console = open_console()
    workspace = Workspace(options.workspace)
    for name, least, most in (("folds", 2, sys.maxsize), ("sample", 0, sys.maxsize), ("seed", 0, 2**32 - 1)):
        if not least <= getattr(options, name) <= most:
            limit = f"at least {least}" if most == sys.maxsize else f"{least} to {most}"
            raise UsageError(f"--{name} {getattr(options, name)}: expected {limit}")
    settings = TrainingSettings(
        parse_families(options.families), options.quick, options.folds, options.seed, options.sample
    )
    models_dir = options.models or workspace.models_dir
    data = read_training_data(options.data or workspace.processed_table)
    image_dir = workspace.image_dir if options.data is None else None
    card = _read_earlier_card(models_dir)
    display = TrainingDisplay(console)
    with parallel_backend(options.jobs, options.dask):
        check_folder(models_dir, "the model")
        cache_dir = _choose_cache(workspace.search_cache_dir)
        data = group_rows(data, image_dir, cache_dir and cache_dir / "picture_hashes.json", card)
        display.show_data(data)
        with display:
            summary = train(
                data,
                models_dir,
                settings,
                cache_dir=None if options.fresh else cache_dir,
                report=display.advance,
            )
    display.show_summary(summary.results, summary.test, summary.model)
    console.print(f"model: {models_dir}")
    return 0


def _choose_cache(folder: Path) -> Path | None:
    """Give the folder where fits are kept, or None where it cannot be written: the training goes on without."""
    try:
        check_folder(folder, "finished fits")
    except UsageError as error:
        sys.stderr.write(f"note: fits are not kept, so a stopped search begins anew: {error}\n")
        return None
    return folder


if __name__ == "__main__":
    sys.exit(main())
