"""Every fault of the gallery against the scraper: ``python -m benchmarks.ordeals.fault_matrix``.

Each row starts a gallery with one fault (the last ones with all of them), scrapes it with two real
browsers, and holds the result against what the gallery has: rows found, duplicates, files, and a
reason for every file that is not there. Where the site refuses us, the same command is run again
when the refusal is over. Writes ``references/scraping_fault_matrix.md``.
"""

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from src.errors import BlockedError, ProjectError
from src.files import write_text
from src.paths import PROJECT_ROOT, Workspace
from src.processes import start_gallery
from src.scraping.collect import collect
from src.scraping.settings import CollectSettings
from src.tables import INTERIM, read_table

COLOURS = ("PURPLE", "RED", "BLACK")
ARTWORKS = 160
REPORT = PROJECT_ROOT / "references" / "scraping_fault_matrix.md"

HEAD = """\
# Fault matrix of the scraper

Made by `python -m benchmarks.ordeals.fault_matrix`: a row is a gallery with one fault, scraped by two
real browsers. Numbers after a flag are probabilities per attempt, or per artwork where the gallery's help
says so. *Ends* are the exit codes of the runs: 0 done, 1 done in part, 3 refused by the site (the same
command is then run again when the refusal is over), 4 layout changed.

| fault | gallery options | there | rows | twice | files | no file, and why | expected | ends | seconds | |
|---|---|---:|---:|---:|---:|---|---|---|---:|---|
"""

ALL_FILES = "all rows, all files"
SOME_GONE = "all rows; pictures that are gone have a reason"
RESERVED = "all rows; reserved pictures have a reason"
REFUSED = "no rows, exit 3"
STORM = (
    "--fault-slow 0.05 --slow-seconds 1.0 --fault-drop 0.1 --fault-consent 0.5 --fault-banner 0.5 "
    "--fault-renamed-classes 0.5 --fault-untagged 0.5 --fault-missing-bgsrc 0.2 --fault-never-loads 0.3 "
    "--fault-empty-shell 0.1 --fault-list-error 0.2 --fault-list-garbled 0.1 --fault-endless 0.5 "
    "--fault-image-truncated 0.1 --fault-image-empty 0.1 --fault-image-not-image 0.1 --fault-image-error 0.1 "
    "--fault-image-gone 0.05 --fault-featured 0.5 --fault-containers 0.3 --fault-placeholder 0.2 "
    "--fault-share-link 0.5 --fault-dialogs 0.5 --fault-captcha-footer 0.5 --fault-beside 0.5"
)


class Case(NamedTuple):
    """One row: the gallery's options, what a scraper can do about it at best, and how it is run."""

    name: str
    options: str = ""
    expected: str = ALL_FILES
    is_polite: bool = False
    again_after: float = 0.0


CASES = (
    Case("none"),
    Case("a script draws the first tiles", "--tiles script"),
    Case("slow answers", "--fault-slow 0.2 --slow-seconds 1.0"),
    Case("dropped connections", "--fault-drop 0.2"),
    Case("consent page", "--fault-consent 1.0"),
    Case("banner over the content", "--fault-banner 1.0"),
    Case("other class names", "--fault-renamed-classes 1.0"),
    Case("items without a tag", "--fault-untagged 1.0"),
    Case("items with and without a tag", "--fault-untagged 0.5"),
    Case("no data-bgsrc", "--fault-missing-bgsrc 1.0"),
    Case("some tiles without data-bgsrc", "--fault-missing-bgsrc 0.3"),
    Case("page never ends loading", "--fault-never-loads 1.0"),
    Case("empty shell, sometimes", "--fault-empty-shell 0.3"),
    Case("empty shell, always", "--fault-empty-shell 1.0", "no rows, exit 4 and the page saved"),
    Case("HTTP 500 for the list", "--fault-list-error 0.3"),
    Case("list answers cut off", "--fault-list-garbled 0.3"),
    Case("endless list, new tokens", "--fault-endless 1.0"),
    Case("endless list, one token", "--fault-endless 1.0 --endless-kind token"),
    Case("a strip of another colour", "--fault-featured 1.0"),
    Case("containers of two colours", "--fault-containers 1.0"),
    Case("data: addresses for pictures", "--fault-placeholder 0.3"),
    Case("links to elsewhere before the tiles", "--fault-share-link 1.0"),
    Case("half a surrogate pair", "--fault-broken-text 1.0"),
    Case("dialogs", "--fault-dialogs 1.0"),
    Case("captcha in the footer", "--fault-captcha-footer 1.0"),
    Case("other requests beside the list", "--fault-beside 1.0"),
    Case("page loads itself anew", "--fault-refresh 0.5"),
    Case("consent in Japanese, by forms", "--fault-consent 1.0 --consent-kind forms"),
    Case("sentinel above a tall footer", "--list-style sentinel"),
    Case("button for more", "--list-style button"),
    Case("virtual list", "--list-style virtual"),
    Case("pages refused, HTTP 403", "--fault-refused 1.0", REFUSED),
    Case(
        "pages refused now and then, HTTP 451",
        "--fault-refused 0.15 --refused-status 451 --fault-seed 17",
        again_after=0.5,
    ),
    Case("images cut off", "--fault-image-truncated 0.3"),
    Case("images of 0 bytes", "--fault-image-empty 0.3"),
    Case("images that are HTML", "--fault-image-not-image 0.3"),
    Case("images answered with 503", "--fault-image-error 0.3"),
    Case("images in a circle of redirects", "--fault-image-loop 0.1", SOME_GONE),
    Case("images without end", "--fault-image-endless 0.1", SOME_GONE),
    Case("images a byte a second", "--fault-image-drip 0.03", SOME_GONE),
    Case("images refused now and then (429)", "--fault-image-refused 0.02 --retry-after 1", again_after=1.0),
    Case("images answered with 503 and Retry-After", "--fault-image-error 0.2 --retry-after 1"),
    Case("images gone (404)", "--fault-image-gone 0.1", SOME_GONE),
    Case("images reserved by a header", "--fault-image-opt-out 0.2", RESERVED, is_polite=True),
    Case("429 and a captcha page", "--block-after 4 --block-seconds 6.0", again_after=7.0),
    Case("robots.txt: the site's own", "--robots site", is_polite=True),
    Case("robots.txt: missing", "--robots missing", is_polite=True),
    Case("robots.txt: Crawl-delay", "--robots delay", is_polite=True),
    Case("robots.txt: nothing allowed", "--robots disallow-all", REFUSED, is_polite=True),
    Case("robots.txt: HTTP 500", "--robots error", REFUSED, is_polite=True),
    Case("robots.txt: a line a second", "--robots drip", REFUSED, is_polite=True),
    Case("robots.txt: without end", "--robots endless", REFUSED, is_polite=True),
    Case("robots.txt: HTTP 429", "--robots refused", REFUSED, is_polite=True),
    Case("robots.txt: no text", "--robots garbage", REFUSED, is_polite=True),
    Case("storm of all", STORM, SOME_GONE),
    Case("storm of all, with 429", f"{STORM} --block-after 12 --block-seconds 6.0", SOME_GONE, again_after=7.0),
)


def try_case(case: Case) -> tuple[str, bool]:
    """Scrape a gallery with the fault, again after a refusal; give the report's row, and whether it is as expected."""
    began = time.monotonic()
    ends: list[str] = []
    reasons: dict[str, int] = {}
    rows = duplicates = files = 0
    options = f"--artworks {ARTWORKS} --seed 3 --workers 1 --colours {' '.join(COLOURS)} {case.options}"
    with tempfile.TemporaryDirectory(prefix="fault-matrix-") as folder, start_gallery(options.split()) as (address, _):
        workspace = Workspace(Path(folder))
        settings = CollectSettings(
            workspace=workspace,
            base_url=address,
            colours=COLOURS,
            browsers=2,
            contact="nobody@example.org",
            is_polite=case.is_polite or None,
            pause=0.05 if case.is_polite else None,
        )
        for _ in range(8 if case.again_after else 1):
            try:
                code = collect(settings).exit_code
            except ProjectError as error:
                code = error.exit_code
            ends.append(f"exit {code}")
            if code != BlockedError.exit_code:
                break
            time.sleep(case.again_after)
        if workspace.interim_table.is_file():
            table = read_table(workspace.interim_table, INTERIM)
            rows, duplicates = len(table), int(table["asset_id"].duplicated().sum())
            files = sum((workspace.image_dir / name).is_file() for name in table["filename"].dropna())
            reasons = table.loc[table["status"] != "ok", "reason"].fillna("no reason").value_counts().to_dict()
    code = re.search(r"exit \d", case.expected)
    is_as_expected = all(
        (
            rows == (0 if code else ARTWORKS) and not duplicates,
            files + sum(reasons.values()) == rows,
            files == rows or case.expected != ALL_FILES,
            not code or code.group() in ends,
            not case.again_after or ends[0] == f"exit {BlockedError.exit_code}" != ends[-1],
        )
    )
    flags = re.sub(r"(--\S+ [^-]\S*)", r"`\1`", case.options) or "–"
    why = "; ".join(f"{count} × {reason}" for reason, count in sorted(reasons.items())) or "–"
    row = (
        f"| {case.name} | {flags}{' with `--polite`' if case.is_polite else ''} | {ARTWORKS} | {rows} "
        f"| {duplicates} | {files} | {why} | {case.expected} | {', '.join(ends)} "
        f"| {time.monotonic() - began:.0f} | {'as expected' if is_as_expected else '**not as expected**'} |"
    )
    return row, is_as_expected


def main() -> int:
    """Run the matrix and return 1 if a row is not as expected."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="only rows whose name holds this text; nothing is written then")
    only = parser.parse_args().only
    rows, is_as_expected = [], []
    for case in CASES:
        if only in case.name:
            row, is_so = try_case(case)
            print(row, flush=True)
            rows.append(f"{row}\n")
            is_as_expected.append(is_so)
    if not only:
        write_text(REPORT, f"{HEAD}{''.join(rows)}\n{sum(is_as_expected)} of {len(rows)} rows are as expected.\n")
    return 0 if all(is_as_expected) else 1


if __name__ == "__main__":
    sys.exit(main())
