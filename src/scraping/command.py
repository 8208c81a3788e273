"""Command line of the scraper: ``python -m src.scraping``."""

import argparse
import os
from pathlib import Path

from src.colours import SITE_COLOURS, STUDY_COLOURS, parse_colours
from src.command import open_console, run_command
from src.errors import LayoutChangedError, UsageError
from src.paths import PROJECT_ROOT, Workspace
from src.scraping.collect import collect
from src.scraping.page.contract import check_contract, show_clauses
from src.scraping.settings import CollectSettings, GallerySource
from src.scraping.summary import show_summary

CONTACT_VARIABLE = "SCRAPER_CONTACT"
INTERRUPTED = "interrupted: the same command goes on where it stopped"


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m src.scraping",
        description="Collect artworks filed by colour with real browsers, and their thumbnails over HTTP. "
        "Stopped at any moment, the same command goes on where it was.",
        epilog="Exit codes: 0 done; 1 done in part, the summary says what is missing; 2 wrong usage or input; "
        "3 blocked by the site; 4 the page's layout changed; 130 interrupted.",
    )
    add = parser.add_argument_group("the site").add_argument
    add("--source", choices=("gallery", "google"), default="gallery", help="offline gallery (default) or real site")
    add("--base-url", metavar="URL", help="any site that keeps the contract, instead of --source")
    add("--list", type=Path, dest="list_file", metavar="CSV", help="take this list (image, page, color) instead")
    add("--hl", dest="language", metavar="LANGUAGE", help="language of labels and page names")
    add("--check", action="store_true", help="take five tiles: does the page still keep the contract?")

    add = parser.add_argument_group("what to collect").add_argument
    add("--colours", nargs="+", default=[], metavar="NAME", help="default: the study's eleven; of a list: all")
    add("--limit", type=int, metavar="N", help="artworks of each colour (default: all)")
    add("--details", action="store_true", help="fetch the asset pages too: date, medium, rights, place")
    add("--image-size", type=int, default=218, metavar="PX", help="side of a thumbnail (default 218)")

    add = parser.add_argument_group("how").add_argument
    add("--workspace", type=Path, default=PROJECT_ROOT, metavar="DIR", help="default: the project")
    add("--browsers", type=int, metavar="N", help="default: 2 on this machine, 1 on real sites")
    add("--grid", metavar="URL", help="run the browsers on a Selenium Grid or any WebDriver endpoint")
    add("--list-only", action="store_true", help="list, and leave the thumbnails to another run")
    add("--retry-failed", action="store_true", help="list nothing, fetch only the thumbnails that failed")
    add("--relist", action="store_true", help="list complete colours again; what is new is added")
    add("--start-over", action="store_true", help="forget what the scraper has put into the workspace")

    add = parser.add_argument_group("manners").add_argument
    add(
        "--contact",
        default=os.environ.get(CONTACT_VARIABLE) or None,
        metavar="MAIL-OR-URL",
        help=f"whom the site may write to; needed for real sites (default: ${CONTACT_VARIABLE})",
    )
    add("--pause", type=float, metavar="SECONDS", help="shortest between scrolls (real sites: 2)")
    add("--polite", dest="is_polite", action="store_true", help="the manners of real sites on this machine too")

    add = parser.add_argument_group("the gallery (with --source gallery)").add_argument
    add("--artworks", type=int, metavar="N", help="how many paintings (default: the gallery's)")
    add("--seed", type=int, metavar="S", help="of the paintings (default: the gallery's)")
    add("--proportions", choices=("study", "site"), help="of the colours (default: study)")
    add("--images", type=Path, metavar="DIR", help="serve these pictures instead")
    add("--labels", type=Path, metavar="CSV", help="how the pictures are filed")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return run_command(lambda: _work(arguments), INTERRUPTED)


def _work(arguments: list[str] | None) -> int:
    console, errors = open_console(), open_console(stderr=True)
    options = vars(_build_parser().parse_args(arguments))
    is_check, has_list = options.pop("check"), options["list_file"] is not None
    if is_check and has_list:
        raise UsageError("--check looks at a page of the site: leave out --list")
    settings = CollectSettings(
        workspace=Workspace(options.pop("workspace")),
        colours=parse_colours(options.pop("colours")) or (SITE_COLOURS if has_list else STUDY_COLOURS),
        gallery=GallerySource(
            **{name: options.pop(name) for name in ("artworks", "seed", "proportions", "images", "labels")}
        ),
        **options,
    )
    if is_check:
        clauses = check_contract(settings)
        show_clauses(console, clauses)
        return 0 if all(clause.is_kept for clause in clauses) else LayoutChangedError.exit_code
    summary = collect(settings, console)
    show_summary(console, summary)
    for message in (summary.blocked, summary.layout_changed):
        if message:
            errors.print(message, style="bold red")
    if summary.is_interrupted:
        errors.print(INTERRUPTED)
    return summary.exit_code
