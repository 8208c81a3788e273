"""Name the colour of pictures: files, folders, patterns, or a list on standard input.

Usage::

    python -m src.models.predict_model picture.jpg scans/ 'more/**/*.png'
    find . -name '*.jpg' | python -m src.models.predict_model - --csv colours.csv
    python -m src.models.predict_model scans/ --sort-into sorted/ --contact-sheet sheet.png

Needs a trained model (one is shipped) and no browser. Files that are no pictures are listed with
their reasons at the end; the exit code is then 1.
"""

import argparse
import csv
import filecmp
import io
import json
import os
import shutil
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from src.colours import LEGIBLE_SWATCHES, order_colours
from src.command import make_printable, open_console, run_command
from src.errors import EXIT_DONE, EXIT_PARTIAL, ProjectError, UsageError
from src.features.decode_image import MAXIMUM_MEMORY
from src.features.image_store import ImageStore
from src.features.measure_image import read_picture
from src.features.schema import BGRImage
from src.files import check_file, check_folder, replace_file, write_bytes
from src.models.artefacts import load_model
from src.models.pictures import ClassifiedPicture, classify_pictures, find_pictures, show_failures
from src.parallel import add_parallel_arguments
from src.paths import Workspace

STANDARD_OUTPUT: Final = "-"
DIGITS: Final = 4
SHEET_COLUMNS, SHEET_ROWS, SHEET_SIDE = 12, 2, 96


def describe_answers(pictures: Iterable[ClassifiedPicture], classes: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Describe each picture for programs: its answer, with the probabilities of ``classes``, or its ``error``."""
    for path, answer, reason, profile in pictures:
        if answer is None:
            yield {"path": path, "error": reason}
            continue
        content: dict[str, Any] = {
            "path": path,
            "prediction": answer.colour,
            "probability": round(answer.probability, DIGITS),
            "second": answer.second_colour,
            "second_probability": round(answer.second_probability, DIGITS),
            "familiar": answer.is_familiar,
        }
        if profile is not None:
            content["profile"] = profile._asdict()
        if classes:
            content["probabilities"] = {name: round(value, DIGITS) for name, value in answer.probabilities.items()}
        yield content


def format_csv(pictures: Iterable[ClassifiedPicture], classes: Sequence[str]) -> bytes:
    """Write answers as CSV, a column for the probability of each of ``classes``; what has none is left out.

    It is UTF-8, whatever the locale; a name that is not UTF-8 gets its own bytes back.
    """
    stream = io.StringIO()
    columns = ("path", "prediction", "probability", "second", "second_probability")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*columns, *(f"probability_{name}" for name in classes)])
    for content in describe_answers(pictures, classes):
        if "error" not in content:
            writer.writerow(
                [*(content[name] for name in columns), *(content["probabilities"][name] for name in classes)]
            )
    return stream.getvalue().encode("utf-8", "surrogateescape")


def format_json_lines(pictures: Iterable[ClassifiedPicture], classes: Sequence[str]) -> bytes:
    """Write one JSON object a line, in UTF-8; of a name that is not, the bytes that are none are escaped."""
    lines = [f"{json.dumps(content, ensure_ascii=False)}\n" for content in describe_answers(pictures, classes)]
    return "".join(lines).encode("utf-8", "backslashreplace")


def show_table(console: Console, pictures: Iterable[ClassifiedPicture], classes: Sequence[str]) -> None:
    """Print a table with a swatch for each picture."""
    table = Table(box=None, pad_edge=False)
    table.add_column("path", overflow="fold")
    table.add_column("colour")
    for name in ("sure", "or else", *classes):
        table.add_column(name, justify="left" if name == "or else" else "right")
    for path, answer, *_ in pictures:
        if answer is not None:
            table.add_row(
                Text(make_printable(path)),
                _name_with_swatch(answer.colour, console),
                f"{100 * answer.probability:.0f} %",
                f"{answer.second_colour} {100 * answer.second_probability:.0f} %",
                *(f"{100 * answer.probabilities[name]:.0f}" for name in classes),
            )
    console.print(table)


def _name_with_swatch(colour: str, console: Console) -> Text:
    swatch = "" if console.options.ascii_only else "■ "
    return Text.assemble((swatch, LEGIBLE_SWATCHES.get(colour, "default")), colour)


def show_summary(console: Console, pictures: Sequence[ClassifiedPicture], seconds: float) -> None:
    """Print how many pictures there are of each colour, how long it took, and what is to be known of them."""
    answers = [picture.prediction for picture in pictures if picture.prediction is not None]
    counts = Counter(answer.colour for answer in answers)
    line = Text(f"{counts.total():,} pictures in {seconds:.1f} s   ")
    for colour in order_colours(counts):
        line.append_text(_name_with_swatch(colour, console)).append(f" {counts[colour]:,}   ")
    console.print(line)
    profiles = Counter(picture.profile for picture in pictures if picture.profile is not None)
    for (action, detail), number in sorted(profiles.items()):
        done = f"converted to sRGB from {detail}" if action == "converted" else f"taken without their profile: {detail}"
        console.print(f"{number:,} pictures {done}")
    if strange := sum(not answer.is_familiar for answer in answers):
        console.print(f"{strange:,} pictures are unlike those that the model learned from: their colours are guesses")


def sort_pictures(pictures: Iterable[ClassifiedPicture], folder: Path, as_links: bool) -> int:
    """Copy or link each picture into ``folder/COLOUR/``; return how many files were made.

    Nothing is overwritten: where a file of the same name has another content, the new one is ``name-2.jpg``.
    """
    try:
        return sum(
            _place(Path(path), folder / answer.colour, as_links) for path, answer, *_ in pictures if answer is not None
        )
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error}; name another folder with --sort-into") from error


def _place(source: Path, folder: Path, as_link: bool) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / source.name
    for number in count(2):
        if not os.path.lexists(target):
            break
        if target.exists() and (target.samefile(source) or filecmp.cmp(source, target, shallow=False)):
            return False
        target = folder / f"{source.stem}-{number}{source.suffix}"
    if as_link:
        target.symlink_to(source.resolve())
    else:
        with replace_file(target) as temporary:
            shutil.copy2(source, temporary)
    return True


def save_contact_sheet(pictures: Sequence[ClassifiedPicture], location: str, path: Path) -> None:
    """Draw the surest pictures of each colour on one sheet; raise UsageError if there is none."""
    from src.visualization.contact_sheet import fit_picture, make_colour_sheet  # noqa: PLC0415 - needs matplotlib
    from src.visualization.output import save_picture  # noqa: PLC0415

    by_colour: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for name, answer, *_ in pictures:
        if answer is not None:
            by_colour[answer.colour].append((-answer.probability, name))
    if not by_colour:
        raise UsageError("there is no picture for the contact sheet: none has an answer")
    images: dict[str, list[BGRImage]] = defaultdict(list)
    for colour, ranked in by_colour.items():
        surest = [name for _, name in sorted(ranked)[: SHEET_COLUMNS * SHEET_ROWS]]
        for content in ImageStore(location).read_many(surest):
            if isinstance(content, bytes):
                with suppress(ProjectError):  # changed since it was classified
                    images[colour].append(fit_picture(read_picture(content).image, SHEET_SIDE))
    notes = {colour: f"{len(ranked):,}" for colour, ranked in by_colour.items()}
    save_picture(make_colour_sheet(images, columns=SHEET_COLUMNS, rows=SHEET_ROWS, notes=notes), path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m src.models.predict_model",
        description="Name the colour of pictures, as an art site would file them.",
        epilog="Exit code: 0 all done, 1 some files have no answer (listed at the end), 2 wrong usage.",
    )
    kinds = "file, folder, 'pattern', URL, or - (a list of them, or a picture, on standard input)"
    parser.add_argument("paths", nargs="+", metavar="PATH", help=kinds)
    parser.add_argument("--workspace", type=Path, default=Workspace().root, help="folder with models/ in it")
    parser.add_argument("--models", type=Path, help="folder of the model (default: the workspace's models/)")
    parser.add_argument("--csv", metavar="FILE", help="write path,prediction,… as CSV (- is standard output)")
    parser.add_argument("--json", nargs="?", const=STANDARD_OUTPUT, metavar="FILE", help="write JSON lines (likewise)")
    parser.add_argument("--probabilities", action="store_true", help="give the probability of every colour")
    parser.add_argument("--sort-into", type=Path, metavar="DIR", help="copy the pictures into DIR/COLOUR/")
    parser.add_argument("--link", action="store_true", help="with --sort-into: symbolic links instead of copies")
    parser.add_argument("--contact-sheet", type=Path, metavar="FILE.png", help="draw the surest of each colour")
    limit = "refuse pictures whose decoding takes more (%(default)s)"
    parser.add_argument("--maximum-memory", type=int, default=MAXIMUM_MEMORY, metavar="BYTES", help=limit)
    add_parallel_arguments(parser)
    options = parser.parse_args(arguments)
    return run_command(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    started, messages = time.monotonic(), open_console(stderr=True)
    if options.link and options.sort_into is None:
        raise UsageError("--link says how --sort-into works: name a folder with --sort-into as well")
    model = load_model(options.models or Workspace(options.workspace).models_dir)
    found = find_pictures(options.paths, sys.stdin.buffer, options.sort_into)
    if found.location and options.sort_into is not None:
        raise UsageError("--sort-into takes pictures of this machine only: download them first")
    if found.content is not None and (options.sort_into is not None or options.contact_sheet is not None):
        raise UsageError("a picture on standard input has no name to sort or draw it by: save it as a file first")
    _check_targets(options)
    pictures = classify_pictures(found, model, options.jobs, options.dask, options.maximum_memory)
    classes = model.classes if options.probabilities else ()
    if options.csv is not None:
        _write(options.csv, format_csv(pictures, classes))
    if options.json is not None:
        _write(options.json, format_json_lines(pictures, classes))
    if options.sort_into is not None:
        made = sort_pictures(pictures, options.sort_into, options.link)
        messages.print(f"{made:,} files made in {make_printable(str(options.sort_into))}")
    if options.contact_sheet is not None:
        save_contact_sheet(pictures, found.location, options.contact_sheet)
        messages.print(f"contact sheet: {make_printable(str(options.contact_sheet))}")
    has_output = any((options.csv, options.json, options.sort_into, options.contact_sheet))
    if not has_output and any(picture.prediction for picture in pictures):
        show_table(open_console(), pictures, classes)
    show_summary(messages, pictures, time.monotonic() - started)
    for note in found.passed_over:
        messages.print(f"passed over: {make_printable(note)}")
    failures = found.missing + [(path, reason) for path, answer, reason, _ in pictures if answer is None]
    show_failures(messages, failures)
    return EXIT_PARTIAL if failures else EXIT_DONE


def _check_targets(options: argparse.Namespace) -> None:
    """Refuse what cannot be written before any picture is read."""
    for place in (options.csv, options.json):
        if place not in (None, STANDARD_OUTPUT):
            check_file(Path(place), "the answers")
    if options.sort_into is not None:
        check_folder(options.sort_into, "the sorted pictures")
    if options.contact_sheet is not None:
        from src.visualization.output import check_suffix  # noqa: PLC0415 - needs matplotlib

        check_suffix(options.contact_sheet.suffix)
        check_file(options.contact_sheet, "the contact sheet")


def _write(place: str, content: bytes) -> None:
    if place == STANDARD_OUTPUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_bytes(Path(place), content)


if __name__ == "__main__":
    sys.exit(main())
