"""The figures of a finished run: counts, confusion matrix, contact sheet by colour."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from src.command import open_console, run_command
from src.errors import ModelMissingError
from src.files import write_bytes
from src.paths import PROJECT_ROOT, Workspace
from src.tables import PROCESSED, read_table
from src.visualization.contact_sheet import make_colour_sheet
from src.visualization.data_figures import plot_class_counts
from src.visualization.model_figures import plot_confusion_matrix
from src.visualization.output import save_figure, save_picture
from src.visualization.pictures import pick_by_colour

PICTURES_PER_COLOUR: Final = 12


def draw_workspace(workspace: Workspace) -> list[Path]:
    """Draw what a run has found and learned; return the files written into the workspace's ``references``."""
    rows = read_table(workspace.processed_table, PROCESSED)
    counts = {str(colour): int(count) for colour, count in rows["color"].value_counts().items()}
    card = workspace.models_dir / "model_card.json"
    if not card.is_file():
        raise ModelMissingError(f"{card} is missing: run python -m src.models.train_model first")
    confusion = json.loads(card.read_text("utf-8"))["scores"]["test_confusion"]
    sheet = make_colour_sheet(
        pick_by_colour(rows, workspace.image_dir, PICTURES_PER_COLOUR),
        columns=PICTURES_PER_COLOUR,
        notes={colour: f"{count:,} pictures" for colour, count in counts.items()},
        title="Pictures as the source files them",
    )
    contact_sheet = workspace.figures_dir / "contact_sheet.jpg"
    save_picture(sheet, contact_sheet)
    # One thumbnail as it came: what the README measures and sends to the service.
    picture = workspace.references_dir / "picture.jpg"
    write_bytes(picture, (workspace.image_dir / rows["filename"].iloc[0]).read_bytes())
    matrix = plot_confusion_matrix(np.asarray(confusion["rows"]), confusion["classes"])
    return [
        picture,
        save_figure(matrix, workspace.references_dir / "confusion_matrix.png"),
        save_figure(plot_class_counts(counts), workspace.figures_dir / "class_counts.png"),
        contact_sheet,
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m src.visualization.draw_workspace", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=PROJECT_ROOT, help="folder with data/ and models/")
    options = parser.parse_args(arguments)

    def run() -> int:
        for path in draw_workspace(Workspace(options.workspace)):
            open_console().print(f"wrote {path}")
        return 0

    return run_command(run)


if __name__ == "__main__":
    sys.exit(main())
