"""Features, training and prediction on a Dask cluster of this machine, compared with the same work done locally.

``make cluster-demo``. A scheduler and two workers are started on 127.0.0.1; in each of the three stages
on two workers one of them is killed midway. The feature table, the model's two files and the predictions must
have the bytes of the local run, or the command ends with exit code 1.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from distributed import Client, LocalCluster
from rich.console import Console

from benchmarks.measuring import show_rows, write_figures
from benchmarks.painted_workspace import paint_workspace
from src.cluster import connect_cluster
from src.errors import EXIT_DONE, EXIT_PARTIAL, ProjectError
from src.features.build_features import build_features
from src.files import hash_file
from src.paths import PROJECT_ROOT, Workspace

COMPARED = ("scaler.joblib", "svm_classifier.joblib")


STAGES = 3


def run_demo(workspace: Workspace, artworks: int, folder: Path) -> dict[str, Any]:
    """Do the work locally, on one worker, and on two of which one is killed.

    Parameters
    ----------
    workspace
        Painted if it holds no pictures.
    artworks
        How many to paint.
    folder
        For the results.

    Returns
    -------
    dict
        ``artworks``; ``seconds`` of each stage; ``killed``, the stages in which a worker was killed while it had
        work; ``is_identical``, whether each result has the bytes of the local run; ``features_ratio``, features on
        one worker against two, wall-clock.
    """
    if not workspace.interim_table.is_file():
        paint_workspace(workspace, artworks)
    seconds: dict[str, float] = {}
    hashes: dict[str, list[str]] = {}
    killed: list[str] = []

    def note_files(*paths: Path) -> None:
        for path in paths:
            hashes.setdefault(path.name, []).append(hash_file(path))

    def measure(name: str, dask: str | None) -> None:
        shutil.rmtree(workspace.measured_dir, ignore_errors=True)
        seconds[name] = build_features(workspace, 1, dask=dask).seconds
        note_files(workspace.processed_table)

    measure("features, local, 1 process", None)
    models = folder / "models"
    seconds["train, local"] = _run(_make_train(workspace, models))
    note_files(*(models / name for name in COMPARED))
    seconds["predict, local"] = _run(_make_predict(workspace, models, folder / "predictions.csv"))
    note_files(folder / "predictions.csv")

    with start_cluster(1) as cluster:
        with connect_cluster(cluster.scheduler_address):
            pass  # ready before the clock starts
        measure("features, 1 worker", cluster.scheduler_address)
    with start_cluster(2) as cluster:
        measure("features, 2 workers", cluster.scheduler_address)

        shutil.rmtree(workspace.measured_dir, ignore_errors=True)
        chunks = -(-artworks // 256)
        seconds["features, 2 workers, 1 killed"] = _run(
            ["src.features.build_features", "--workspace", str(workspace.root), "--dask", cluster.scheduler_address],
            _kill_when(
                cluster, lambda: len(list(workspace.measured_dir.glob("*.npz"))) >= chunks // 4, "features", killed
            ),
        )
        note_files(workspace.processed_table)
    shutil.rmtree(workspace.search_cache_dir, ignore_errors=True)
    with start_cluster(2) as cluster:
        seconds["train, 2 workers, 1 killed"] = _run(
            _make_train(workspace, models, "--dask", cluster.scheduler_address),
            _kill_when(
                cluster, lambda: len(list(workspace.search_cache_dir.rglob("svm/*.json"))) >= 5, "train", killed
            ),
        )
        note_files(*(models / name for name in COMPARED))
    with start_cluster(2) as cluster:
        seconds["predict, 2 workers, 1 killed"] = _run(
            _make_predict(workspace, models, folder / "predictions.csv", "--dask", cluster.scheduler_address),
            _kill_when(cluster, lambda: _is_busy(cluster), "predict", killed),
        )
        note_files(folder / "predictions.csv")
    return {
        "artworks": artworks,
        "seconds": seconds,
        "killed": killed,
        "is_identical": {name: len(set(found)) == 1 for name, found in hashes.items()},
        "features_ratio": seconds["features, 1 worker"] / seconds["features, 2 workers"],
    }


def start_cluster(workers: int) -> LocalCluster:
    """Start a scheduler here and workers that are processes of one thread; a killed one is replaced."""
    return LocalCluster(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0", memory_limit=0
    )


def _make_train(workspace: Workspace, models: Path, *more: str) -> list[str]:
    return ["src.models.train_model", "--workspace", str(workspace.root), "--models", str(models), "--jobs", "2", *more]


def _make_predict(workspace: Workspace, models: Path, table: Path, *more: str) -> list[str]:
    command = ["src.models.predict_model", str(workspace.image_dir), "--models", str(models), "--csv", str(table)]
    return [*command, "--jobs", "2", *more]


def _run(module_and_options: Sequence[str], watch: Callable[[], None] = lambda: None) -> float:
    """Run one of the project's commands to its end, calling ``watch`` meanwhile; return its seconds."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-m", *module_and_options]
        with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=log, stderr=log, env=os.environ.copy()) as process:
            while process.poll() is None:
                watch()
                time.sleep(0.02)
        if process.returncode != 0:
            log.seek(0)
            raise ProjectError(f"{' '.join(command)} ended with {process.returncode}:\n{log.read().decode()[-3000:]}")
    return time.monotonic() - started


def _kill_when(cluster: LocalCluster, is_time: Callable[[], bool], stage: str, killed: list[str]) -> Callable[[], None]:
    def watch() -> None:
        if stage not in killed and is_time():
            os.kill(cluster.workers[1].pid, signal.SIGKILL)
            killed.append(stage)

    return watch


def _is_busy(cluster: LocalCluster) -> bool:
    """Whether the worker that would be killed has work in hand."""
    with Client(cluster.scheduler_address, timeout=30) as client:
        return sum(bool(tasks) for tasks in client.processing().values()) == 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster_demo", description=__doc__)
    parser.add_argument("--artworks", type=int, default=4_000, metavar="N", help="pictures to paint (%(default)s)")
    parser.add_argument("--workspace", type=Path, metavar="DIR", help="keep the painted pictures there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    console = Console()
    with tempfile.TemporaryDirectory(prefix="cluster-demo-") as folder:
        workspace = Workspace(options.workspace or Path(folder, "workspace"))
        try:
            result = run_demo(workspace, options.artworks, Path(folder))
        except ProjectError as error:
            Console(stderr=True).print(f"error: {error}", highlight=False)
            return error.exit_code
    show_rows(
        f"{result['artworks']:,} pictures",
        [{"stage": stage, "seconds": seconds} for stage, seconds in result["seconds"].items()],
    )
    show_rows(
        "the bytes of the local run",
        [{"result": name, "identical": "yes" if same else "NO"} for name, same in result["is_identical"].items()],
    )
    console.print(f"a worker was killed midway in: {', '.join(result['killed'])}")
    console.print(f"features on one worker took {result['features_ratio']:.2f} times as long as on two")
    write_figures(result, options.json)
    has_passed = all(result["is_identical"].values()) and len(result["killed"]) == STAGES
    return EXIT_DONE if has_passed else EXIT_PARTIAL


if __name__ == "__main__":
    sys.exit(main())
