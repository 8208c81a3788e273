"""Name the colour of pictures: files, folders, patterns, or a list on standard input.

Usage::

    python -m src.models.predict_model picture.jpg scans/ 'more/**/*.png'
    find . -name '*.jpg' | python -m src.models.predict_model - --csv colours.csv
    python -m src.models.predict_model scans/ --sort-into sorted/ --contact-sheet sheet.png

Needs a trained model (one is shipped) and no browser. Files that are no pictures are listed with
their reasons at the end; the exit code is then 1.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from src.command import run_command
from src.console import make_printable, open_console
from src.errors import EXIT_DONE, EXIT_PARTIAL, UsageError
from src.features.decode_image import MAXIMUM_MEMORY
from src.files import check_file, check_folder, write_bytes
from src.models.artefacts import load_model
from src.models.classify_pictures import ClassifiedPicture, classify_pictures
from src.models.find_pictures import find_pictures
from src.models.write_predictions import (
    check_contact_sheet,
    format_csv,
    format_json_lines,
    save_contact_sheet,
    show_failures,
    show_summary,
    show_table,
    sort_pictures,
)
from src.parallel import add_parallel_arguments
from src.paths import Workspace

STANDARD_OUTPUT = "-"


def build_parser() -> argparse.ArgumentParser:
    """Build the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m src.models.predict_model",
        description="Name the colour of pictures, as an art site would file them.",
        epilog="Exit code: 0 all done, 1 some files have no answer (listed at the end), 2 wrong usage.",
    )
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="file, folder, 'pattern', URL, or - (a list of them, or a picture, on standard input)",
    )
    parser.add_argument("--workspace", type=Path, default=Workspace().root, help="folder with models/ in it")
    parser.add_argument("--models", type=Path, help="folder of the model (default: the workspace's models/)")
    parser.add_argument("--csv", metavar="FILE", help="write path,prediction,… as CSV (- is standard output)")
    parser.add_argument("--json", nargs="?", const=STANDARD_OUTPUT, metavar="FILE", help="write JSON lines (likewise)")
    parser.add_argument("--probabilities", action="store_true", help="give the probability of every colour")
    parser.add_argument("--sort-into", type=Path, metavar="DIR", help="copy the pictures into DIR/COLOUR/")
    parser.add_argument("--link", action="store_true", help="with --sort-into: symbolic links instead of copies")
    parser.add_argument(
        "--contact-sheet", type=Path, metavar="FILE.png", help="draw the surest pictures of each colour"
    )
    parser.add_argument(
        "--maximum-memory",
        type=int,
        default=MAXIMUM_MEMORY,
        metavar="BYTES",
        help="refuse pictures whose decoding takes more (%(default)s)",
    )
    add_parallel_arguments(parser)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = build_parser().parse_args(arguments)
    return run_command(lambda: _run(options, open_console(stderr=True)))


def _run(options: argparse.Namespace, messages: Console) -> int:
    started = time.monotonic()
    if options.link and options.sort_into is None:
        raise UsageError("--link says how --sort-into works: name a folder with --sort-into as well")
    model = load_model(options.models or Workspace(options.workspace).models_dir)
    found = find_pictures(options.paths, sys.stdin.buffer, options.sort_into)
    if found.location and options.sort_into is not None:
        raise UsageError("--sort-into takes pictures of this machine only: download them first")
    if found.content is not None and (options.sort_into is not None or options.contact_sheet is not None):
        raise UsageError("a picture on standard input has no name to sort or draw it by: save it as a file first")
    _check_targets(options)
    pictures = list(classify_pictures(found, model, options.jobs, options.dask, options.maximum_memory))
    _write_answers(options, pictures, model.classes)
    if options.sort_into is not None:
        made = sort_pictures(pictures, options.sort_into, as_links=options.link)
        messages.print(f"{made:,} files made in {make_printable(str(options.sort_into))}")
    if options.contact_sheet is not None:
        save_contact_sheet(pictures, found.location, options.contact_sheet)
        messages.print(f"contact sheet: {make_printable(str(options.contact_sheet))}")
    show_summary(messages, pictures, time.monotonic() - started)
    for note in found.passed_over:
        messages.print(f"passed over: {make_printable(note)}")
    failures = [
        *found.missing,
        *((picture.path, picture.reason or "") for picture in pictures if not picture.prediction),
    ]
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
        check_contact_sheet(options.contact_sheet)


def _write_answers(options: argparse.Namespace, pictures: list[ClassifiedPicture], classes: Sequence[str]) -> None:
    if options.csv is not None:
        _write(options.csv, format_csv(pictures, classes, with_probabilities=options.probabilities))
    if options.json is not None:
        _write(options.json, format_json_lines(pictures, with_probabilities=options.probabilities))
    has_other_output = any((options.csv, options.json, options.sort_into, options.contact_sheet))
    if not has_other_output and any(picture.prediction for picture in pictures):
        show_table(open_console(), pictures, classes, with_probabilities=options.probabilities)


def _write(place: str, text: str) -> None:
    """Write UTF-8, whatever the locale; a name that is not UTF-8 gets its own bytes back."""
    content = text.encode("utf-8", "surrogateescape")
    if place == STANDARD_OUTPUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_bytes(Path(place), content)


if __name__ == "__main__":
    sys.exit(main())
