"""The README's table of results, made from committed numbers and held to them by a test.

``python -m tools.publish_results`` reads the model's card and, where it was measured,
``references/evaluation.json`` (what ``python -m src.models.evaluate_real --json`` printed).
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from src.errors import TableError
from src.files import write_text
from src.paths import PROJECT_ROOT, Workspace
from src.study import SVM_TEST_ACCURACY

BEGIN: Final = "<!-- results:begin -->\n"
END: Final = "<!-- results:end -->"
MEASURED_ON: Final = {
    "labelled_rows.csv, all": "real rows of 18 features, labelled by the site or by the study's classifier",
    "labelled_rows.csv, study": "… those with the site's own label: the hard third of the study's data",
    "labelled_rows.csv, painting": "… the others: real paintings, labelled by the study's classifier",
    "manifest.csv, pictures, cropped": "real paintings, cropped to 218 × 218, labelled by the study's classifier",
}


def read_results(root: Path = PROJECT_ROOT) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read the model's card and the evaluation on real data."""
    card = json.loads((Workspace(root).models_dir / "model_card.json").read_text("utf-8"))
    evaluation = json.loads((root / "references" / "evaluation.json").read_text("utf-8"))
    return card, evaluation


def format_results(card: Mapping[str, Any], evaluation: Mapping[str, Any]) -> str:
    """Write the results as a Markdown table.

    Raises
    ------
    TableError
        If the evaluation is of another model than the card's.
    """
    if evaluation["model"] != card["version"]:
        raise TableError(
            f"references/evaluation.json is of model {evaluation['model']}, the card of {card['version']}: "
            "run python -m src.models.evaluate_real --json again"
        )
    scores = card["scores"]
    lines = [
        "| measured on | pictures | accuracy | macro F1 | far misses | calibration error |",
        "|---|---:|---:|---:|---:|---:|",
        _format_row(
            f"held-out quarter of the gallery's paintings (the study, on its own pictures: {SVM_TEST_ACCURACY:.3f})",
            {
                "count": scores["test_rows"],
                "accuracy": scores["test_accuracy"],
                "macro_f1": scores["test_macro_f1"],
                "far_errors": scores["test_far_errors"],
                "expected_calibration_error": scores["test_expected_calibration_error"],
            },
        ),
        *(_format_row(MEASURED_ON.get(name, name), found) for name, found in evaluation["evaluations"].items()),
    ]
    return "\n".join(lines) + "\n"


def _format_row(name: str, found: Mapping[str, Any]) -> str:
    far = found["far_errors"] / found["count"]
    return (
        f"| {name} | {found['count']:,} | {found['accuracy']:.3f} | {found['macro_f1']:.3f} | {far:.1%} "
        f"| {found['expected_calibration_error']:.3f} |"
    )


def insert_results(text: str, results: str) -> str:
    """Put the table between its two marks in a document."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + results + END + rest.split(END, 1)[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    argparse.ArgumentParser(prog="python -m tools.publish_results", description=__doc__).parse_args(arguments)
    path = PROJECT_ROOT / "README.md"
    write_text(path, insert_results(path.read_text("utf-8"), format_results(*read_results())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
