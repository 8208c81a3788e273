"""What the documents say of the model, made from committed files and held to them by a test.

``python -m tools.publish_results`` reads the model, its card, ``references/held_out.json`` (written by
``python -m src.gallery.calibration.held_out``) and ``references/evaluation.json`` (what
``python -m src.models.evaluate_real --json`` printed). It writes the README's table and summary, and the
answers to the examples of README and ``references/stages.md``.
"""

import argparse
import ast
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from src.errors import TableError
from src.features.measure_image import measure_image
from src.files import write_text
from src.models.artefacts import load_model
from src.models.grids import Candidate
from src.paths import PROJECT_ROOT, Workspace
from src.study import SVM_TEST_ACCURACY

README: Final = Path("README.md")
STAGES: Final = Path("references") / "stages.md"
MEASURED_ON: Final = {
    "labelled_rows.csv, all": "all of these rows, which the gallery's colour index and palettes **have seen**",
    "labelled_rows.csv, study": "… those with the site's own label (seen)",
    "labelled_rows.csv, painting": "… the others: real paintings, labelled by the study's classifier (seen)",
    "manifest.csv, pictures, cropped": "real paintings, cropped to 218 × 218, labelled by the study's classifier",
}


def read_results(root: Path = PROJECT_ROOT) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Read the model's card, the evaluation on real data, and the figures on rows that nothing had seen."""
    card, evaluation, held_out = (
        json.loads(path.read_text("utf-8"))
        for path in (
            Workspace(root).models_dir / "model_card.json",
            root / "references" / "evaluation.json",
            root / "references" / "held_out.json",
        )
    )
    return card, evaluation, held_out


def find_unseen(card: Mapping[str, Any], held_out: Mapping[str, Any]) -> Mapping[str, float]:
    """Return the scores of the card's kind of SVM on rows that neither index, palettes nor SVM saw.

    Raises
    ------
    TableError
        If SVMs of that kind were not measured.
    """
    label = Candidate(card["family"], card["parameters"]).label
    name = f"{label}, trained on the gallery"
    if name not in held_out["scores"]:
        raise TableError(
            f"references/held_out.json lacks {name!r}: add {label} to the candidates of "
            "src.gallery.calibration.held_out and run it again"
        )
    found: Mapping[str, float] = held_out["scores"][name]
    return found


def format_results(card: Mapping[str, Any], evaluation: Mapping[str, Any], held_out: Mapping[str, Any]) -> str:
    """Write the results as a Markdown table, those on rows that nothing had seen first.

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
    scores, unseen = card["scores"], find_unseen(card, held_out)
    lines = [
        "| measured on | pictures | accuracy | macro F1 | far misses | calibration error |",
        "|---|---:|---:|---:|---:|---:|",
        (
            "| real rows of 18 features, labelled by the site or by the study's classifier, that nothing in the model "
            f"**has seen** ({held_out['splits']} times a quarter of them) | {held_out['rows']:,} "
            f"| {_format_spread(unseen, 'rows')} | – | – | {_format_spread(unseen, 'calibration_error')} |"
        ),
        (
            "| … those with the site's own label: the hard third of the study's data | – "
            f"| {_format_spread(unseen, 'study_rows')} | – | – | – |"
        ),
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


def _format_spread(scores: Mapping[str, float], name: str) -> str:
    return f"{scores[name]:.3f} ± {scores[f'{name}_spread']:.3f}"


def _format_row(name: str, found: Mapping[str, Any]) -> str:
    far = found["far_errors"] / found["count"]
    return (
        f"| {name} | {found['count']:,} | {found['accuracy']:.3f} | {found['macro_f1']:.3f} | {far:.1%} "
        f"| {found['expected_calibration_error']:.3f} |"
    )


def format_summary(card: Mapping[str, Any], evaluation: Mapping[str, Any], held_out: Mapping[str, Any]) -> str:
    """Say in one sentence how good the model is: on rows that it never saw, and on real pictures if it was tried."""
    unseen = find_unseen(card, held_out)
    text = (
        f"Trained on {card['data']['rows']:,} generated paintings, it names {unseen['rows']:.1%} "
        f"(± {unseen['rows_spread']:.1%}) of real artworks as their source does, "
        "measured where no part of it had seen them"
    )
    tried = [found for name, found in evaluation["evaluations"].items() if "pictures" in name]
    if tried:
        text += (
            f"; it agrees with the study's classifier on {tried[0]['accuracy']:.1%} of {tried[0]['count']:,} pictures "
            "of real paintings"
        )
    return f"{text}.\n"


def insert(text: str, name: str, content: str) -> str:
    """Put content between the two marks of a document that bear a name."""
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
    before, rest = text.split(begin)
    return before + begin + content + end + rest.split(end, 1)[1]


def write_readme(text: str, root: Path = PROJECT_ROOT) -> str:
    """Return the README with the results of the model, and the answer to its example."""
    found = read_results(root)
    text = insert(text, "results", format_results(*found))
    text = insert(text, "summary", format_summary(*found))
    features = measure_image((root / "references" / "picture.jpg").read_bytes())
    [answer] = load_model(Workspace(root).models_dir).predict_features(features[None])
    return re.sub(r'\{"prediction": "[A-Z]+"', f'{{"prediction": "{answer.colour}"', text)


def write_stages(text: str, root: Path = PROJECT_ROOT) -> str:
    """Return the document of the stages with the answer to its example."""
    numbers = np.array(ast.literal_eval(re.search(r"^numbers = (\[.*?^\])", text, re.DOTALL | re.MULTILINE)[1]))  # type: ignore[index]
    [answer] = load_model(Workspace(root).models_dir).predict_features(numbers)
    return re.sub(r"(\[0\]\))  # [A-Z]+", rf"\1  # {answer.colour}", text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    argparse.ArgumentParser(prog="python -m tools.publish_results", description=__doc__).parse_args(arguments)
    for place, write in ((PROJECT_ROOT / README, write_readme), (PROJECT_ROOT / STAGES, write_stages)):
        write_text(place, write(place.read_text("utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
