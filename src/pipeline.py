"""The whole job by one command: scrape, measure, train, serve, classify (``make run``).

Each stage is the public command of that stage, run as a process of its own; this module orders
them, stops at the first that fails, and says at the end what each took. A stopped run goes on
where it was, because every stage does.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from os.path import expanduser
from pathlib import Path
from typing import Final

import requests
from filelock import FileLock, Timeout
from pandera.pandas import DataFrameSchema
from rich.console import Console
from rich.table import Table
from rich.text import Text

from src.command import open_console, print_error, run_command
from src.errors import EXIT_PARTIAL, ModelError, UsageError, WorkspaceLockedError
from src.files import check_folder, write_text
from src.gallery.settings import DEFAULT_SEED
from src.paths import PROJECT_ROOT, Workspace
from src.processes import find_free_port, run_stage, start_process, wait_until_answers
from src.tables import INTERIM, PROCESSED, iterate_table

MINIMUM_ARTWORKS: Final = 20 * 11


def run_stages(console: Console, workspace: Workspace, options: argparse.Namespace) -> int:
    """Run every stage in a workspace and show what each took; return 0, 1 (in part), or the code of a failed one."""
    source = ["--artworks", str(options.artworks), "--seed", str(options.seed)]
    if options.images is not None:
        source = ["--images", options.images, *(() if options.labels is None else ("--labels", options.labels))]
    scrape = ["src.scraping", "--source", "gallery", *source, "--browsers", str(options.browsers)]
    train = ["src.models.train_model", "--families", *options.families]
    measured = workspace.processed_table
    stages: list[tuple[str, list[str], str, Callable[[], int]]] = [
        ("scrape", scrape, "artworks", lambda: _count_rows(workspace.interim_table, INTERIM)),
        ("measure", ["src.features.build_features"], "images", lambda: _count_rows(measured, PROCESSED)),
        ("train", train, "rows", lambda: _count_rows(measured, PROCESSED)),
        ("draw figures", ["src.visualization.draw_workspace"], "figures", lambda: len(_list_figures(workspace))),
    ]
    table = Table(title="The run", title_justify="left")
    table.add_column("stage")
    for heading in ("items", "seconds", "items per second"):
        table.add_column(heading, justify="right")
    is_partial, began = False, time.monotonic()
    for name, arguments, unit, count_items in stages:
        command = ["-m", *arguments, "--workspace", str(workspace.root)]
        console.rule(Text.assemble((name, "bold"), f"  python {' '.join(command)}"), align="left")
        started = time.monotonic()
        code = run_stage([sys.executable, *command])
        if code not in (0, EXIT_PARTIAL):
            print_error(f"stage {name} ended with exit code {code}; its own message stands above")
            return code
        seconds, items = time.monotonic() - started, count_items()
        is_partial |= code == EXIT_PARTIAL
        note = " (in part)" if code == EXIT_PARTIAL else ""
        table.add_row(f"{name}{note}", f"{items:,} {unit}", f"{seconds:.1f}", f"{items / seconds:,.1f}")
    console.rule(Text.assemble(("serve", "bold"), "  python -m application, one picture over HTTP"), align="left")
    started = time.monotonic()
    _classify_over_http(console, workspace)
    seconds = time.monotonic() - started
    table.add_row("serve, classify", "1 image", f"{seconds:.1f}", f"{1 / seconds:,.1f}")
    table.add_section()
    table.add_row("all", "", f"{time.monotonic() - began:.1f}", "")
    console.print(table)
    card = json.loads((workspace.models_dir / "model_card.json").read_text("utf-8"))
    console.print(f"accuracy on the held-out quarter: {card['scores']['test_accuracy']:.3f}")
    console.print("figures:")
    for path in _list_figures(workspace):
        console.print(f"  {path}")
    console.print(f"tables: {workspace.root / 'data'}   model: {workspace.models_dir}")
    return EXIT_PARTIAL if is_partial else 0


def _count_rows(path: Path, table: DataFrameSchema) -> int:
    return sum(len(part) for part in iterate_table(path, table, ["page"]))


def _list_figures(workspace: Workspace) -> list[Path]:
    return sorted(path for path in workspace.references_dir.rglob("*") if path.suffix in {".png", ".jpg"})


def _classify_over_http(console: Console, workspace: Workspace) -> None:
    """Post the first picture to a service of this machine that has the workspace's model."""
    row = next(iterate_table(workspace.processed_table, PROCESSED, rows=1)).iloc[0]
    port = find_free_port()
    command = [sys.executable, "-m", "application", "--port", str(port), "--workers", "1"]
    environment = {**os.environ, "MODELS_DIR": str(workspace.models_dir.resolve())}
    with (
        start_process(command, environment, subprocess.DEVNULL, folder=PROJECT_ROOT) as process,
        requests.Session() as session,
        (workspace.image_dir / str(row["filename"])).open("rb") as stream,
    ):
        session.trust_env = False  # a proxy is for other machines
        if not wait_until_answers(process, f"http://127.0.0.1:{port}/health/ready"):
            raise ModelError(
                f"the service did not start with the model in {workspace.models_dir} (exit code {process.poll()}): "
                f"run MODELS_DIR={workspace.models_dir} python -m application to read why"
            )
        answer = session.post(f"http://127.0.0.1:{port}/img_classify", files={"file": stream}, timeout=30)
        answer.raise_for_status()
    said = answer.json()["prediction"]
    console.print(f"POST /img_classify  {row['filename']}  →  {said}  (filed under {row['color']})")


@contextmanager
def hold_workspace(workspace: Workspace) -> Iterator[None]:
    """Keep other runs of the whole job out of a workspace while the block runs (else WorkspaceLockedError)."""
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


def prepare_workspace(workspace: Workspace, settings: Mapping[str, object]) -> Path | None:
    """Remember what is scraped into a workspace; set one of other settings aside, and return where it is now.

    Raises
    ------
    UsageError
        If the workspace is the project root and holds a run of other settings.
    """
    note = workspace.root / "data" / "interim" / "pipeline.json"
    wanted = json.dumps(settings, indent=2) + "\n"
    moved = None
    if note.is_file() and note.read_text("utf-8") != wanted:
        if workspace.root.resolve() == PROJECT_ROOT:
            raise UsageError(
                f"{note} says that the project root holds a run of other settings: "
                "remove data/raw, data/interim and data/processed/img to start again, or name another workspace"
            )
        names = (workspace.root.with_name(f"{workspace.root.name}.{number}") for number in count(1))
        moved = next(name for name in names if not name.exists())
        with hold_workspace(workspace):
            workspace.root.rename(moved)
    write_text(note, wanted)
    return moved


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
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
    options = parser.parse_args(arguments)
    return run_command(lambda: _run(options), "interrupted: everything was stopped; the same command goes on from here")


def _run(options: argparse.Namespace) -> int:
    if options.labels is not None and options.images is None:
        raise UsageError(f"--labels {options.labels} without --images: name the folder whose pictures it labels")
    if options.images is None and options.artworks < MINIMUM_ARTWORKS:
        raise UsageError(
            f"{options.artworks} artworks are too few: expected at least {MINIMUM_ARTWORKS}, 20 of each colour"
        )
    workspace = Workspace(options.workspace)
    check_folder(workspace.root, "data and model")
    # What decides the result: the same settings in the same workspace continue a run.
    settings = {name: getattr(options, name) for name in ("artworks", "seed", "images", "labels")}
    moved = prepare_workspace(workspace, settings)
    if moved is not None:
        sys.stderr.write(f"{workspace.root} held a run of other settings; it is now {moved}\n")
    with hold_workspace(workspace):
        return run_stages(open_console(), workspace, options)


if __name__ == "__main__":
    sys.exit(main())
