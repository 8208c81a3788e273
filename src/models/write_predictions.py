"""Answers for people and for programs: a table, CSV, or one JSON object a line."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from src.colours import LEGIBLE_SWATCHES, order_colours
from src.models.classify_pictures import ClassifiedPicture

DIGITS: Final = 4


def format_csv(pictures: Iterable[ClassifiedPicture], classes: Sequence[str], *, with_probabilities: bool) -> str:
    """Write ``path,prediction`` and then probability and second guess; files without an answer are left out."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    more = [f"probability_{name}" for name in classes] if with_probabilities else []
    writer.writerow(["path", "prediction", "probability", "second", "second_probability", *more])
    for picture in pictures:
        answer = picture.prediction
        if answer is None:
            continue
        row = [
            picture.path,
            answer.colour,
            round(answer.probability, DIGITS),
            answer.second_colour,
            round(answer.second_probability, DIGITS),
        ]
        writer.writerow(row + [round(answer.probabilities[name], DIGITS) for name in classes] * with_probabilities)
    return stream.getvalue()


def format_json_lines(pictures: Iterable[ClassifiedPicture], *, with_probabilities: bool) -> str:
    """Write one JSON object a line; files without an answer have an ``error``."""
    return "".join(
        json.dumps(_describe(picture, with_probabilities=with_probabilities), ensure_ascii=False) + "\n"
        for picture in pictures
    )


def _describe(picture: ClassifiedPicture, *, with_probabilities: bool) -> dict[str, Any]:
    answer = picture.prediction
    if answer is None:
        return {"path": picture.path, "error": picture.reason}
    content: dict[str, Any] = {
        "path": picture.path,
        "prediction": answer.colour,
        "probability": round(answer.probability, DIGITS),
        "second": answer.second_colour,
        "second_probability": round(answer.second_probability, DIGITS),
    }
    if with_probabilities:
        content["probabilities"] = {name: round(value, DIGITS) for name, value in answer.probabilities.items()}
    return content


def show_table(
    console: Console, pictures: Iterable[ClassifiedPicture], classes: Sequence[str], *, with_probabilities: bool
) -> None:
    """Print a table with a swatch for each picture."""
    table = Table(box=None, pad_edge=False)
    table.add_column("path", overflow="fold")
    table.add_column("colour")
    table.add_column("sure", justify="right")
    table.add_column("or else")
    if with_probabilities:
        for name in classes:
            table.add_column(name, justify="right")
    for picture in pictures:
        answer = picture.prediction
        if answer is None:
            continue
        cells: list[str | Text] = [
            Text(picture.path),
            _name_with_swatch(answer.colour),
            f"{100 * answer.probability:.0f} %",
            f"{answer.second_colour} {100 * answer.second_probability:.0f} %",
        ]
        if with_probabilities:
            cells.extend(f"{100 * answer.probabilities[name]:.0f}" for name in classes)
        table.add_row(*cells)
    console.print(table)


def _name_with_swatch(colour: str) -> Text:
    return Text.assemble(("■ ", LEGIBLE_SWATCHES.get(colour, "default")), colour)


def show_summary(console: Console, pictures: Sequence[ClassifiedPicture], seconds: float) -> None:
    """Print how many pictures there are of each colour, and how long it took."""
    counts = Counter(picture.prediction.colour for picture in pictures if picture.prediction is not None)
    line = Text(f"{counts.total():,} pictures in {seconds:.1f} s   ")
    for colour in order_colours(counts):
        line.append_text(_name_with_swatch(colour)).append(f" {counts[colour]:,}   ")
    console.print(line, soft_wrap=True)


def show_failures(console: Console, failures: Sequence[tuple[str, str]]) -> None:
    """Print the files without an answer and why."""
    if not failures:
        return
    console.print(f"[bold red]{len(failures)} without an answer:[/bold red]")
    for path, reason in failures:
        console.print(Text.assemble("  ", (path, "bold"), ": ", reason), soft_wrap=True)
