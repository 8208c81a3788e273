"""Answers for people and for programs: a table, CSV, JSON lines, a folder for each colour, a contact sheet."""

import csv
import filecmp
import io
import json
import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from src.colours import LEGIBLE_SWATCHES, order_colours
from src.console import make_printable
from src.errors import ProjectError, UsageError
from src.features.image_store import ImageStore
from src.features.measure_image import read_picture
from src.features.schema import BGRImage
from src.files import check_file, replace_file
from src.models.classify_pictures import ClassifiedPicture

DIGITS: Final = 4
SHEET_COLUMNS: Final = 12
SHEET_ROWS: Final = 2


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
    lines = []
    for picture in pictures:
        content = _describe(picture, with_probabilities=with_probabilities)
        line = json.dumps(content, ensure_ascii=False)
        is_text = line.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in line)
        lines.append(line if is_text else json.dumps(content))  # a name that is not UTF-8, escaped
    return "".join(f"{line}\n" for line in lines)


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
        "familiar": answer.is_familiar,
    }
    if picture.profile is not None:
        content["profile"] = {"action": picture.profile.action, "detail": picture.profile.detail}
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
            Text(make_printable(picture.path)),
            _name_with_swatch(answer.colour, console),
            f"{100 * answer.probability:.0f} %",
            f"{answer.second_colour} {100 * answer.second_probability:.0f} %",
        ]
        if with_probabilities:
            cells.extend(f"{100 * answer.probabilities[name]:.0f}" for name in classes)
        table.add_row(*cells)
    console.print(table)


def _name_with_swatch(colour: str, console: Console) -> Text:
    try:
        "■".encode(console.encoding)
    except UnicodeEncodeError:
        return Text(colour)
    return Text.assemble(("■ ", LEGIBLE_SWATCHES.get(colour, "default")), colour)


def show_summary(console: Console, pictures: Sequence[ClassifiedPicture], seconds: float) -> None:
    """Print how many pictures there are of each colour, how long it took, and what is to be known of them."""
    counts = Counter(picture.prediction.colour for picture in pictures if picture.prediction is not None)
    line = Text(f"{counts.total():,} pictures in {seconds:.1f} s   ")
    for colour in order_colours(counts):
        line.append_text(_name_with_swatch(colour, console)).append(f" {counts[colour]:,}   ")
    console.print(line, soft_wrap=True)
    profiles = Counter(
        (picture.profile.action, picture.profile.detail) for picture in pictures if picture.profile is not None
    )
    for (action, detail), number in sorted(profiles.items()):
        done = f"converted to sRGB from {detail}" if action == "converted" else f"taken without their profile: {detail}"
        console.print(Text(f"{number:,} pictures {done}"), soft_wrap=True)
    strange = sum(not picture.prediction.is_familiar for picture in pictures if picture.prediction is not None)
    if strange:
        console.print(
            Text(f"{strange:,} pictures are unlike those that the model learned from: their colours are guesses"),
            soft_wrap=True,
        )


def show_failures(console: Console, failures: Sequence[tuple[str, str]]) -> None:
    """Print the files without an answer and why."""
    if not failures:
        return
    console.print(Text(f"{len(failures)} without an answer:", "bold red"))
    for path, reason in failures:
        shown = Text.assemble("  ", (make_printable(path), "bold"), ": ", make_printable(reason))
        console.print(shown, soft_wrap=True)


def sort_pictures(pictures: Iterable[ClassifiedPicture], folder: Path, *, as_links: bool) -> int:
    """Copy or link each picture into ``folder/COLOUR/``.

    Nothing is overwritten: a file of the same name and content counts as done, one of another
    content makes the new one ``name-2.jpg``. The originals stay where they are.

    Parameters
    ----------
    pictures
        Classified files of this machine; those without an answer are left out.
    folder
        Made if missing.
    as_links
        Symbolic links instead of copies.

    Returns
    -------
    int
        How many files were made.

    Raises
    ------
    UsageError
        If the folder cannot be written.
    """
    made = 0
    try:
        for picture in pictures:
            if picture.prediction is not None:
                made += _place(Path(picture.path), folder / picture.prediction.colour, as_links=as_links)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error}; name another folder with --sort-into") from error
    return made


def _place(source: Path, folder: Path, *, as_links: bool) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / source.name
    for number in count(2):
        if not os.path.lexists(target):
            break
        if _is_same(source, target):
            return False
        target = folder / f"{source.stem}-{number}{source.suffix}"
    if as_links:
        target.symlink_to(source.resolve())
    else:
        with replace_file(target) as temporary:
            shutil.copy2(source, temporary)
    return True


def _is_same(source: Path, target: Path) -> bool:
    return target.exists() and (target.samefile(source) or filecmp.cmp(source, target, shallow=False))


def check_contact_sheet(path: Path) -> None:
    """See that a contact sheet can be written: the format by its name's suffix, and the place.

    Raises
    ------
    UsageError
        If it cannot be.
    """
    from src.visualization.output import check_suffix  # noqa: PLC0415 - needs matplotlib

    check_suffix(path.suffix)
    check_file(path, "the contact sheet")


def save_contact_sheet(pictures: Sequence[ClassifiedPicture], location: str, path: Path) -> None:
    """Draw the surest pictures of each colour, up to 24 of each, on one sheet.

    Parameters
    ----------
    pictures
        Classified files.
    location
        Where they are (:class:`src.models.find_pictures.FoundPictures`).
    path
        PNG or JPEG file to write.

    Raises
    ------
    UsageError
        If no picture has an answer.
    """
    from src.visualization.contact_sheet import fit_picture, make_colour_sheet  # noqa: PLC0415 - needs matplotlib
    from src.visualization.output import save_picture  # noqa: PLC0415

    by_colour: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for picture in pictures:
        if picture.prediction is not None:
            by_colour[picture.prediction.colour].append((-picture.prediction.probability, picture.path))
    if not by_colour:
        raise UsageError("there is no picture for the contact sheet: none has an answer")
    store = ImageStore(location)
    images = {
        colour: _read_small(store, [name for _, name in sorted(ranked)[: SHEET_COLUMNS * SHEET_ROWS]], fit_picture)
        for colour, ranked in by_colour.items()
    }
    notes = {colour: f"{len(ranked):,}" for colour, ranked in by_colour.items()}
    sheet = make_colour_sheet(images, columns=SHEET_COLUMNS, rows=SHEET_ROWS, notes=notes)
    save_picture(sheet, path)


def _read_small(store: ImageStore, names: Sequence[str], fit: Callable[[BGRImage, int], BGRImage]) -> list[BGRImage]:
    images = []
    for content in store.read_many(names):
        if isinstance(content, bytes):
            try:
                images.append(fit(read_picture(content).image, 96))
            except ProjectError:  # changed since it was classified
                continue
    return images
