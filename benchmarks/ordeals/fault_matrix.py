"""Every fault of the gallery against the scraper: ``python -m benchmarks.ordeals.fault_matrix``.

Each row starts a gallery with one fault (the last ones with all of them), scrapes it with two real
browsers, and holds the result against what the gallery has: rows found, duplicates, files, and a
reason for every file that is not there. Where the site refuses us, the same command is run again
when the refusal is over. Writes ``references/scraping_fault_matrix.md``.
"""

import argparse
import dataclasses
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from src.errors import BlockedError, ProjectError
from src.files import write_text
from src.gallery.process import GalleryProcess
from src.gallery.site.faults import Faults
from src.paths import PROJECT_ROOT, Workspace
from src.scraping.collect import collect
from src.scraping.settings import CollectSettings
from src.table_files import read_table
from src.tables import INTERIM

COLOURS = ("PURPLE", "RED", "BLACK")
REPORT = PROJECT_ROOT / "references" / "scraping_fault_matrix.md"
STORM = {
    "slow": 0.05,
    "slow_seconds": 1.0,
    "drop": 0.1,
    "consent": 0.5,
    "banner": 0.5,
    "renamed_classes": 0.5,
    "untagged": 0.5,
    "missing_bgsrc": 0.2,
    "never_loads": 0.3,
    "empty_shell": 0.1,
    "featured": 0.5,
    "containers": 0.3,
    "placeholder": 0.2,
    "share_link": 0.5,
    "dialogs": 0.5,
    "captcha_footer": 0.5,
    "beside": 0.5,
    "list_error": 0.2,
    "list_garbled": 0.1,
    "endless": 0.5,
    "image_truncated": 0.1,
    "image_empty": 0.1,
    "image_not_image": 0.1,
    "image_error": 0.1,
    "image_gone": 0.05,
}


@dataclass(frozen=True)
class Case:
    """One row: the fault, and what a scraper can do about it at best."""

    name: str
    faults: Faults
    expected: str = "all rows, all files"
    tiles: str = "server"
    is_polite: bool = False
    again_after: float = 0.0


@dataclass(frozen=True)
class Finding:
    """What came of one row."""

    case: Case
    there: int
    rows: int
    duplicates: int
    files: int
    reasons: dict[str, int]
    ends: tuple[str, ...]
    seconds: float

    @property
    def is_as_expected(self) -> bool:
        """Whether nothing is lost, nothing is twice, and every missing file has its reason."""
        has_rows = self.rows == (0 if "no rows" in self.case.expected else self.there)
        is_accounted = self.files + sum(self.reasons.values()) == self.rows
        has_files = "all files" not in self.case.expected or self.files == self.rows
        codes = [part.split(" ")[0] for part in self.case.expected.split("exit ")[1:]]
        has_ended = all(f"exit {code}" in self.ends for code in codes) and (
            not self.case.again_after or self.ends[0] == f"exit {BlockedError.exit_code}" != self.ends[-1]
        )
        return has_rows and is_accounted and has_files and has_ended and self.duplicates == 0


def list_cases() -> list[Case]:
    """Return every fault alone, then all together."""
    gone = "all rows; pictures that are gone have a reason"
    return [
        Case("none", Faults()),
        Case("a script draws the first tiles", Faults(), tiles="script"),
        Case("slow answers", Faults(slow=0.2, slow_seconds=1.0)),
        Case("dropped connections", Faults(drop=0.2)),
        Case("consent page", Faults(consent=1.0)),
        Case("banner over the content", Faults(banner=1.0)),
        Case("other class names", Faults(renamed_classes=1.0)),
        Case("items without a tag", Faults(untagged=1.0)),
        Case("items with and without a tag", Faults(untagged=0.5)),
        Case("no data-bgsrc", Faults(missing_bgsrc=1.0)),
        Case("some tiles without data-bgsrc", Faults(missing_bgsrc=0.3)),
        Case("page never ends loading", Faults(never_loads=1.0)),
        Case("empty shell, sometimes", Faults(empty_shell=0.3)),
        Case("empty shell, always", Faults(empty_shell=1.0), "no rows, exit 4 and the page saved"),
        Case("HTTP 500 for the list", Faults(list_error=0.3)),
        Case("list answers cut off", Faults(list_garbled=0.3)),
        Case("endless list, new tokens", Faults(endless=1.0)),
        Case("endless list, one token", Faults(endless=1.0, endless_kind="token")),
        Case("a strip of another colour", Faults(featured=1.0)),
        Case("containers of two colours", Faults(containers=1.0)),
        Case("data: addresses for pictures", Faults(placeholder=0.3)),
        Case("links to elsewhere before the tiles", Faults(share_link=1.0)),
        Case("half a surrogate pair", Faults(broken_text=1.0)),
        Case("dialogs", Faults(dialogs=1.0)),
        Case("captcha in the footer", Faults(captcha_footer=1.0)),
        Case("other requests beside the list", Faults(beside=1.0)),
        Case("page loads itself anew", Faults(refresh=0.5)),
        Case("consent in Japanese, by forms", Faults(consent=1.0, consent_kind="forms")),
        Case("sentinel above a tall footer", Faults(list_style="sentinel")),
        Case("button for more", Faults(list_style="button")),
        Case("virtual list", Faults(list_style="virtual")),
        Case("pages refused, HTTP 403", Faults(refused=1.0), "no rows, exit 3"),
        Case(
            "pages refused now and then, HTTP 451", Faults(refused=0.15, refused_status=451, seed=17), again_after=0.5
        ),
        Case("images cut off", Faults(image_truncated=0.3)),
        Case("images of 0 bytes", Faults(image_empty=0.3)),
        Case("images that are HTML", Faults(image_not_image=0.3)),
        Case("images answered with 503", Faults(image_error=0.3)),
        Case("images in a circle of redirects", Faults(image_loop=0.1), gone),
        Case("images without end", Faults(image_endless=0.1), gone),
        Case("images a byte a second", Faults(image_drip=0.03), gone),
        Case("images refused now and then (429)", Faults(image_refused=0.02, retry_after="1"), again_after=1.0),
        Case("images answered with 503 and Retry-After", Faults(image_error=0.2, retry_after="1")),
        Case("images gone (404)", Faults(image_gone=0.1), gone),
        Case(
            "images reserved by a header",
            Faults(image_opt_out=0.2),
            "all rows; reserved pictures have a reason",
            is_polite=True,
        ),
        Case(
            "429 and a captcha page", Faults(block_after=4, block_seconds=6.0), "all rows, all files", again_after=7.0
        ),
        Case("robots.txt: the site's own", Faults(robots="site"), is_polite=True),
        Case("robots.txt: missing", Faults(robots="missing"), is_polite=True),
        Case("robots.txt: Crawl-delay", Faults(robots="delay"), is_polite=True),
        Case("robots.txt: nothing allowed", Faults(robots="disallow-all"), "no rows, exit 3", is_polite=True),
        Case("robots.txt: HTTP 500", Faults(robots="error"), "no rows, exit 3", is_polite=True),
        Case("robots.txt: a line a second", Faults(robots="drip"), "no rows, exit 3", is_polite=True),
        Case("robots.txt: without end", Faults(robots="endless"), "no rows, exit 3", is_polite=True),
        Case("robots.txt: HTTP 429", Faults(robots="refused"), "no rows, exit 3", is_polite=True),
        Case("robots.txt: no text", Faults(robots="garbage"), "no rows, exit 3", is_polite=True),
        Case("storm of all", Faults(**STORM), gone),
        Case(
            "storm of all, with 429",
            Faults(**STORM, block_after=12, block_seconds=6.0),
            gone,
            again_after=7.0,
        ),
    ]


def try_case(case: Case, artworks: int) -> Finding:
    """Scrape a gallery with the fault, again after a refusal, and count."""
    began = time.monotonic()
    ends, reasons, rows, duplicates, files = [], Counter[str](), 0, 0, 0
    folder = Path(tempfile.mkdtemp(prefix="fault-matrix-"))
    try:
        with GalleryProcess(
            artworks, seed=3, colours=COLOURS, workers=1, faults=case.faults, tiles=case.tiles
        ) as gallery:
            workspace = Workspace(folder)
            settings = CollectSettings(
                workspace=workspace,
                base_url=gallery.base_url,
                colours=COLOURS,
                browsers=2,
                contact="nobody@example.org",
                is_polite=True if case.is_polite else None,
                pause=0.05 if case.is_polite else None,
            )
            for _ in range(8 if case.again_after else 1):
                try:
                    summary = collect(settings)
                except ProjectError as error:
                    ends.append(f"exit {error.exit_code}")
                    break
                ends.append(f"exit {summary.exit_code}")
                if summary.exit_code != BlockedError.exit_code:
                    break
                time.sleep(case.again_after)
        if workspace.interim_table.is_file():
            table = read_table(workspace.interim_table, INTERIM)
            rows, duplicates = len(table), int(table["asset_id"].duplicated().sum())
            files = sum((workspace.image_dir / name).is_file() for name in table["filename"].dropna())
            reasons.update(table.loc[table["status"] != "ok", "reason"].fillna("no reason").tolist())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Finding(case, artworks, rows, duplicates, files, dict(reasons), tuple(ends), time.monotonic() - began)


def describe_flags(faults: Faults) -> str:
    """Return the gallery's options, or a dash."""
    words = faults.arguments
    return " ".join(f"`{flag} {value}`" for flag, value in zip(words[::2], words[1::2], strict=True)) or "–"


def write_report(findings: list[Finding], path: Path, artworks: int) -> None:
    """Write the table."""
    lines = [
        "# Fault matrix of the scraper",
        "",
        f"Made by `python -m benchmarks.ordeals.fault_matrix`: a gallery of {artworks} artworks in {len(COLOURS)}",
        "colours, two real browsers, one fault a row. Every number after a flag is a probability per attempt, or per",
        "artwork where the gallery's help says so. *Ends* are the exit codes of the runs: 0 done, 1 done in part,",
        "3 refused by the site (the same command is then run again when the refusal is over), 4 layout changed.",
        "",
        "| fault | gallery options | there | rows | twice | files | no file, and why | expected | ends | seconds | |",
        "|---|---|---:|---:|---:|---:|---|---|---|---:|---|",
    ]
    for finding in findings:
        why = "; ".join(f"{count} × {reason}" for reason, count in sorted(finding.reasons.items())) or "–"
        manners = " with `--polite`" if finding.case.is_polite else ""
        options = "" if finding.case.tiles == "server" else f"`--tiles {finding.case.tiles}`"
        flags = " ".join(part for part in (describe_flags(finding.case.faults), options) if part and part != "–") or "–"
        lines.append(
            f"| {finding.case.name} | {flags}{manners} | {finding.there} | {finding.rows} | {finding.duplicates} "
            f"| {finding.files} | {why} | {finding.case.expected} | {', '.join(finding.ends)} | {finding.seconds:.0f} "
            f"| {'as expected' if finding.is_as_expected else '**not as expected**'} |"
        )
    good = sum(finding.is_as_expected for finding in findings)
    lines += ["", f"{good} of {len(findings)} rows are as expected.", ""]
    write_text(path, "\n".join(lines))


def main() -> int:
    """Run the matrix and return 1 if a row is not as expected."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--artworks", type=int, default=160, help="size of the gallery (default 160)")
    parser.add_argument("--only", help="only rows whose name holds this text; nothing is written then")
    parser.add_argument("--report", type=Path, default=REPORT)
    options = parser.parse_args()
    console = Console()
    findings = []
    for case in list_cases():
        if options.only and options.only not in case.name:
            continue
        finding = try_case(case, options.artworks)
        findings.append(finding)
        fields = dataclasses.asdict(finding)
        del fields["case"]
        console.print(f"{case.name}: {'ok' if finding.is_as_expected else 'NOT AS EXPECTED'} {fields}", highlight=False)
    if not options.only:
        write_report(findings, options.report, options.artworks)
    return 0 if all(finding.is_as_expected for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
