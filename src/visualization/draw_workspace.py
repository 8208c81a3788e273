"""The figures of a finished run: counts, confusion matrix, contact sheet by colour."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from src.command import open_console, run_command
from src.errors import EXIT_DONE, ModelMissingError
from src.files import write_bytes
from src.paths import PROJECT_ROOT, Workspace
from src.tables import PROCESSED, read_table
from src.visualization.contact_sheet import make_colour_sheet
from src.visualization.data_figures import plot_class_counts
from src.visualization.model_figures import plot_confusion_matrix
from src.visualization.output import save_figure, save_picture
from src.visualization.pictures import pick_by_colour

PICTURES_PER_COLOUR: Final = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m src.visualization.draw_workspace", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=PROJECT_ROOT, help="folder with data/ and models/")
    workspace = Workspace(parser.parse_args(arguments).workspace)
    return run_command(lambda: _run(workspace))


def _run(workspace: Workspace) -> int:
    rows = read_table(workspace.processed_table, PROCESSED)
    counts = {str(colour): int(count) for colour, count in rows["color"].value_counts().items()}
    card = workspace.models_dir / "model_card.json"
    if not card.is_file():
        raise ModelMissingError(f"{card} is missing: run python -m src.models.train_model first")
    confusion = json.loads(card.read_text("utf-8"))["scores"]["test_confusion"]
    references, figures = workspace.references_dir, workspace.figures_dir
    matrix = plot_confusion_matrix(np.asarray(confusion["rows"]), confusion["classes"])
    save_figure(matrix, references / "confusion_matrix.png")
    save_figure(plot_class_counts(counts), figures / "class_counts.png")
    sheet = make_colour_sheet(
        pick_by_colour(rows, workspace.image_dir, PICTURES_PER_COLOUR),
        columns=PICTURES_PER_COLOUR,
        notes={colour: f"{count:,} pictures" for colour, count in counts.items()},
        title="Pictures as the source files them",
    )
    save_picture(sheet, figures / "contact_sheet.jpg")
    # One thumbnail as it came: what the README measures and sends to the service.
    write_bytes(references / "picture.jpg", (workspace.image_dir / rows["filename"].iloc[0]).read_bytes())
    open_console().print(f"wrote confusion_matrix.png, picture.jpg and two figures into {references}")
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
