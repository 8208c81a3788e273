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
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

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


@dataclass
class Case:
    """One row: the gallery's options, what a scraper can do about it at best, and what came of it."""

    name: str
    options: str = ""
    expected: str = ALL_FILES
    is_polite: bool = False
    again_after: float = 0.0
    rows: int = 0
    duplicates: int = 0
    files: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_as_expected(self) -> bool:
        """Whether nothing is lost, nothing is twice, and every missing file has its reason."""
        code = re.search(r"exit \d", self.expected)
        has_rows = self.rows == (0 if code else ARTWORKS) and self.duplicates == 0
        is_accounted = self.files + sum(self.reasons.values()) == self.rows
        has_files = self.expected != ALL_FILES or self.files == self.rows
        has_ended = not code or code.group() in self.ends
        went_on = not self.again_after or self.ends[0] == f"exit {BlockedError.exit_code}" != self.ends[-1]
        return has_rows and is_accounted and has_files and has_ended and went_on


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


def try_case(case: Case) -> None:
    """Scrape a gallery with the fault, again after a refusal, and count."""
    began = time.monotonic()
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
            case.ends.append(f"exit {code}")
            if code != BlockedError.exit_code:
                break
            time.sleep(case.again_after)
        if workspace.interim_table.is_file():
            table = read_table(workspace.interim_table, INTERIM)
            case.rows, case.duplicates = len(table), int(table["asset_id"].duplicated().sum())
            case.files = sum((workspace.image_dir / name).is_file() for name in table["filename"].dropna())
            case.reasons = table.loc[table["status"] != "ok", "reason"].fillna("no reason").value_counts().to_dict()
    case.seconds = time.monotonic() - began


def write_report() -> None:
    """Write the table."""
    lines = [
        "# Fault matrix of the scraper",
        "",
        "Made by `python -m benchmarks.ordeals.fault_matrix`: a row is a gallery with one fault, scraped by two",
        "real browsers. Numbers after a flag are probabilities per attempt, or per artwork where the gallery's help",
        "says so. *Ends* are the exit codes of the runs: 0 done, 1 done in part, 3 refused by the site (the same",
        "command is then run again when the refusal is over), 4 layout changed.",
        "",
        "| fault | gallery options | there | rows | twice | files | no file, and why | expected | ends | seconds | |",
        "|---|---|---:|---:|---:|---:|---|---|---|---:|---|",
    ]
    for case in CASES:
        flags = re.sub(r"(--\S+ [^-]\S*)", r"`\1`", case.options) or "–"
        why = "; ".join(f"{count} × {reason}" for reason, count in sorted(case.reasons.items())) or "–"
        lines.append(
            f"| {case.name} | {flags}{' with `--polite`' if case.is_polite else ''} | {ARTWORKS} | {case.rows} "
            f"| {case.duplicates} | {case.files} | {why} | {case.expected} | {', '.join(case.ends)} "
            f"| {case.seconds:.0f} | {'as expected' if case.is_as_expected else '**not as expected**'} |"
        )
    lines += ["", f"{sum(case.is_as_expected for case in CASES)} of {len(CASES)} rows are as expected.", ""]
    write_text(REPORT, "\n".join(lines))


def main() -> int:
    """Run the matrix and return 1 if a row is not as expected."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="only rows whose name holds this text; nothing is written then")
    options = parser.parse_args()
    console = Console()
    cases = [case for case in CASES if options.only in case.name]
    for case in cases:
        try_case(case)
        console.print("ok" if case.is_as_expected else "NOT AS EXPECTED", case, highlight=False)
    if not options.only:
        write_report()
    return 0 if all(case.is_as_expected for case in cases) else 1


if __name__ == "__main__":
    sys.exit(main())
