"""The whole job by one command: scrape, measure, train, serve, classify (``make run``).

Each stage is the public command of that stage, run as a process of its own; this module orders
them, stops at the first that fails, and says at the end what each took. A stopped run goes on
where it was, because every stage does.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from os.path import expanduser
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from src.command import open_console, run_command
from src.errors import EXIT_PARTIAL, ProjectError, UsageError, WorkspaceLockedError
from src.files import check_folder, write_text
from src.gallery.settings import DEFAULT_SEED
from src.local_service import start_local_service
from src.paths import PROJECT_ROOT, Workspace
from src.processes import run_stage
from src.table_files import read_table
from src.tables import INTERIM, PROCESSED

MINIMUM_ARTWORKS: Final = 20 * 11


@dataclass(frozen=True)
class PipelineSettings:
    """What decides the result of a run: the same settings in the same workspace continue it."""

    artworks: int
    seed: int
    images: str | None
    labels: str | None

    @property
    def source_arguments(self) -> list[str]:
        """The settings as options of the scraper."""
        if self.images is not None:
            labels = [] if self.labels is None else ["--labels", self.labels]
            return ["--images", self.images, *labels]
        return ["--artworks", str(self.artworks), "--seed", str(self.seed)]


@dataclass(frozen=True)
class StageOutcome:
    """What one stage did."""

    name: str
    items: int
    unit: str
    seconds: float
    is_partial: bool

    @property
    def rate(self) -> float:
        """Items per second."""
        return self.items / self.seconds if self.seconds > 0 else 0.0


def run_pipeline(workspace: Workspace, settings: PipelineSettings, browsers: int, families: Sequence[str]) -> int:
    """Run every stage in a workspace.

    Parameters
    ----------
    workspace
        Where the data and the model go.
    settings
        What is scraped.
    browsers
        Number of browsers that scrape at the same time.
    families
        ``svm``, or ``all`` for the five families of models.

    Returns
    -------
    int
        Exit code: 0, or 1 where a stage was done in part.

    Raises
    ------
    ProjectError
        If a stage fails, or another run holds the workspace.
    """
    console = open_console()
    with hold_workspace(workspace):
        outcomes = _run_stages(console, workspace, settings, browsers, families)
    _show(console, workspace, outcomes)
    return EXIT_PARTIAL if any(outcome.is_partial for outcome in outcomes) else 0


@contextmanager
def hold_workspace(workspace: Workspace) -> Iterator[None]:
    """Keep other runs of the whole job out of a workspace while the block runs.

    Raises
    ------
    WorkspaceLockedError
        If one is there already.
    """
    place = workspace.root / "data" / "interim" / "pipeline.lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(place).acquire(timeout=0):
            yield
    except Timeout as error:
        raise WorkspaceLockedError(
            f"another run works in {workspace.root}: wait for it, stop it, or name another workspace "
            "(make run WORKSPACE=runs/other)"
        ) from error


def _run_stages(
    console: Console, workspace: Workspace, settings: PipelineSettings, browsers: int, families: Sequence[str]
) -> list[StageOutcome]:
    place = ["--workspace", str(workspace.root)]
    python = [sys.executable, "-m"]
    stages: list[tuple[str, list[str], str, Callable[[], int]]] = [
        (
            "scrape",
            ["src.scraping", "--source", "gallery", *settings.source_arguments, "--browsers", str(browsers), *place],
            "artworks",
            lambda: len(read_table(workspace.interim_table, INTERIM, ["page"])),
        ),
        (
            "measure",
            ["src.features.build_features", *place],
            "images",
            lambda: len(read_table(workspace.processed_table, PROCESSED, ["filename"])),
        ),
        (
            "train",
            ["src.models.train_model", "--families", *families, *place],
            "rows",
            lambda: len(read_table(workspace.processed_table, PROCESSED, ["filename"])),
        ),
        (
            "draw figures",
            ["src.visualization.draw_workspace", *place],
            "figures",
            lambda: len(_list_figures(workspace)),
        ),
    ]
    outcomes = []
    for name, arguments, unit, count_items in stages:
        console.rule(Text.assemble((name, "bold"), f"  python -m {' '.join(arguments)}"), align="left")
        started = time.monotonic()
        code = run_stage([*python, *arguments])
        if code not in (0, EXIT_PARTIAL):
            raise _StageFailedError(name, code)
        outcomes.append(StageOutcome(name, count_items(), unit, time.monotonic() - started, code == EXIT_PARTIAL))
    console.rule(Text.assemble(("serve", "bold"), "  uvicorn main:app, one picture over HTTP"), align="left")
    started = time.monotonic()
    _classify_over_http(console, workspace)
    outcomes.append(StageOutcome("serve, classify", 1, "image", time.monotonic() - started, is_partial=False))
    return outcomes


class _StageFailedError(ProjectError):
    """A stage ended with an error of its own, which it has printed."""

    def __init__(self, name: str, code: int) -> None:
        super().__init__(f"stage {name} ended with exit code {code}; its own message stands above")
        self.exit_code = code  # type: ignore[misc]


def _classify_over_http(console: Console, workspace: Workspace) -> None:
    row = read_table(workspace.processed_table, PROCESSED).iloc[0]
    with start_local_service(workspace.models_dir) as service:
        answer = service.classify(workspace.image_dir / str(row["filename"]))
    console.print(f"POST /img_classify  {row['filename']}  →  {answer['prediction']}  (filed under {row['color']})")


def _list_figures(workspace: Workspace) -> list[Path]:
    return sorted(path for path in workspace.references_dir.rglob("*") if path.suffix in {".png", ".jpg"})


def _show(console: Console, workspace: Workspace, outcomes: Sequence[StageOutcome]) -> None:
    table = RichTable(title="The run", title_justify="left")
    table.add_column("stage")
    for heading in ("items", "seconds", "items per second"):
        table.add_column(heading, justify="right")
    for outcome in outcomes:
        name = f"{outcome.name} (in part)" if outcome.is_partial else outcome.name
        table.add_row(name, f"{outcome.items:,} {outcome.unit}", f"{outcome.seconds:.1f}", f"{outcome.rate:,.1f}")
    total = sum(outcome.seconds for outcome in outcomes)
    table.add_section()
    table.add_row("all", "", f"{total:.1f}", "")
    console.print(table)
    card = json.loads((workspace.models_dir / "model_card.json").read_text("utf-8"))
    console.print(f"accuracy on the held-out quarter: {card['scores']['test_accuracy']:.3f}")
    console.print("figures:")
    for path in _list_figures(workspace):
        console.print(f"  {path}")
    console.print(f"tables: {workspace.root / 'data'}   model: {workspace.models_dir}")


def prepare_workspace(workspace: Workspace, settings: PipelineSettings) -> Path | None:
    """Remember what is scraped into a workspace; set one of other settings aside.

    Returns
    -------
    Path or None
        Where the old workspace is now, if there was one of other settings.

    Raises
    ------
    UsageError
        If the workspace is the project root and holds a run of other settings.
    """
    note = workspace.root / "data" / "interim" / "pipeline.json"
    wanted = json.dumps(asdict(settings), indent=2) + "\n"
    moved = None
    if note.is_file() and note.read_text("utf-8") != wanted:
        if workspace.root.resolve() == PROJECT_ROOT:
            raise UsageError(
                f"{note} says that the project root holds a run of other settings: "
                "remove data/raw, data/interim and data/processed/img to start again, or name another workspace"
            )
        moved = _find_free_name(workspace.root)
        with hold_workspace(workspace):
            workspace.root.rename(moved)
    write_text(note, wanted)
    return moved


def _find_free_name(folder: Path) -> Path:
    taken = {path.name for path in folder.parent.iterdir()}
    return next(folder.with_name(name) for number in count(1) if (name := f"{folder.name}.{number}") not in taken)


def build_parser() -> argparse.ArgumentParser:
    """Build the command line."""
    parser = argparse.ArgumentParser(prog="python -m src.pipeline", description=__doc__)
    parser.add_argument(
        "--workspace",
        type=lambda name: Path(name).expanduser(),
        default=PROJECT_ROOT / "runs" / "demo",
        help="default: runs/demo",
    )
    parser.add_argument("--artworks", type=int, default=2000, help="size of the gallery (default: 2000)")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="seed of the gallery (default: %(default)s)")
    parser.add_argument("--browsers", type=int, default=2, help="browsers at the same time (default: 2)")
    parser.add_argument("--images", type=expanduser, help="serve the pictures of this folder instead of made ones")
    parser.add_argument(
        "--labels", type=expanduser, help="table with filename and color (or study_label) of these pictures"
    )
    parser.add_argument("--families", nargs="+", default=["svm"], help="svm (default), study, all, or some by name")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = build_parser().parse_args(arguments)
    return run_command(lambda: _run(options), "interrupted: everything was stopped; the same command goes on from here")


def _run(options: argparse.Namespace) -> int:
    if options.labels is not None and options.images is None:
        raise UsageError(f"--labels {options.labels} without --images: name the folder whose pictures it labels")
    if options.images is None and options.artworks < MINIMUM_ARTWORKS:
        raise UsageError(
            f"{options.artworks} artworks are too few: expected at least {MINIMUM_ARTWORKS}, 20 of each colour"
        )
    settings = PipelineSettings(options.artworks, options.seed, options.images, options.labels)
    workspace = Workspace(options.workspace)
    check_folder(workspace.root, "data and model")
    moved = prepare_workspace(workspace, settings)
    if moved is not None:
        sys.stderr.write(f"{workspace.root} held a run of other settings; it is now {moved}\n")
    return run_pipeline(workspace, settings, options.browsers, options.families)


if __name__ == "__main__":
    sys.exit(main())
