"""What the documents say of the model, made from committed files and held to them by a test.

``python -m tools.publish_results`` reads the model, its card, ``references/held_out.json`` (written by
``python -m src.gallery.calibration.held_out``) and ``references/evaluation.json`` (what
``python -m src.models.evaluate_real --json`` printed). It writes the README's table and summary, and the
answers to the examples of README and ``references/stages.md``.
"""

import ast
import json
import re
import sys
from collections.abc import Mapping
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
UNSEEN: Final = (
    "real rows of 18 features, labelled by the site or by the study's classifier, "
    "that nothing in the model **has seen**"
)
MEASURED_ON: Final = {
    "labelled_rows.csv, all": "all of these rows, which the gallery's colour index and palettes **have seen**",
    "labelled_rows.csv, study": "… those with the site's own label (seen)",
    "labelled_rows.csv, painting": "… the others: real paintings, labelled by the study's classifier (seen)",
    "manifest.csv, pictures, cropped": "real paintings, cropped to 218 × 218, labelled by the study's classifier",
}


def write_readme(text: str) -> str:
    """Return the README with the results of the model, and the answer to its example.

    TableError is raised if the evaluation or the held-out figures are not those of the card's model.
    """
    card, evaluation, held_out = (
        json.loads((PROJECT_ROOT / name).read_text("utf-8"))
        for name in ("models/model_card.json", "references/evaluation.json", "references/held_out.json")
    )
    if evaluation["model"] != card["version"]:
        raise TableError(
            f"references/evaluation.json is of model {evaluation['model']}, the card of {card['version']}: "
            "run python -m src.models.evaluate_real --json again"
        )
    label = Candidate(card["family"], card["parameters"]).label
    unseen = held_out["scores"].get(f"{label}, trained on the gallery")
    if unseen is None:
        raise TableError(
            f"references/held_out.json lacks {label}, trained on the gallery: add it to the candidates of "
            "src.gallery.calibration.held_out and run it again"
        )
    rows, study_rows, error = (
        f"{unseen[name]:.3f} ± {unseen[f'{name}_spread']:.3f}" for name in ("rows", "study_rows", "calibration_error")
    )
    scores = {name.removeprefix("test_"): value for name, value in card["scores"].items() if name.startswith("test_")}
    splits, evaluations = held_out["splits"], evaluation["evaluations"]
    if missing := [name for name in MEASURED_ON if name not in evaluations]:
        raise TableError(
            f"references/evaluation.json lacks {', '.join(missing)}: run python -m src.models.evaluate_real --json "
            "with the rows, and the pictures cropped"
        )
    table = [
        "| measured on | pictures | accuracy | macro F1 | far misses | calibration error |",
        "|---|---:|---:|---:|---:|---:|",
        f"| {UNSEEN} ({splits} times a quarter of them) | {held_out['rows']:,} | {rows} | – | – | {error} |",
        f"| … those with the site's own label: the hard third of the study's data | – | {study_rows} | – | – | – |",
        _format_row(
            f"held-out quarter of the gallery's paintings (the study, on its own pictures: {SVM_TEST_ACCURACY:.3f})",
            {**scores, "count": scores["rows"]},
        ),
        *(_format_row(words, evaluations[name]) for name, words in MEASURED_ON.items()),
    ]
    text = _insert(text, "results", "".join(f"{line}\n" for line in table))
    pictures = evaluations["manifest.csv, pictures, cropped"]
    summary = (
        f"Trained on {card['data']['rows']:,} generated paintings, it names {unseen['rows']:.1%} "
        f"(± {unseen['rows_spread']:.1%}) of real artworks as their source does, measured where no part of it had seen "
        f"them; it agrees with the study's classifier on {pictures['accuracy']:.1%} of {pictures['count']:,} pictures "
        "of real paintings.\n"
    )
    text = _insert(text, "summary", summary)
    features = measure_image((PROJECT_ROOT / "references" / "picture.jpg").read_bytes())
    [answer] = load_model(Workspace().models_dir).predict_features(features[None])
    return re.sub(r'\{"prediction": "[A-Z]+"', f'{{"prediction": "{answer.colour}"', text)


def _format_row(name: str, found: Mapping[str, Any]) -> str:
    far = found["far_errors"] / found["count"]
    return (
        f"| {name} | {found['count']:,} | {found['accuracy']:.3f} | {found['macro_f1']:.3f} | {far:.1%} "
        f"| {found['expected_calibration_error']:.3f} |"
    )


def _insert(text: str, name: str, content: str) -> str:
    """Put content between the two marks of a document that bear a name."""
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
    before, rest = text.split(begin)
    return before + begin + content + end + rest.split(end, 1)[1]


def write_stages(text: str) -> str:
    """Return the document of the stages with the answer to its example."""
    numbers = np.array(ast.literal_eval(re.search(r"^numbers = (\[.*?^\])", text, re.DOTALL | re.MULTILINE)[1]))  # type: ignore[index]
    [answer] = load_model(Workspace().models_dir).predict_features(numbers)
    return re.sub(r"(\[0\]\))  # [A-Z]+", rf"\1  # {answer.colour}", text)


def main() -> int:
    """Run the command; return the exit code."""
    for place, write in ((PROJECT_ROOT / README, write_readme), (PROJECT_ROOT / STAGES, write_stages)):
        write_text(place, write(place.read_text("utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
