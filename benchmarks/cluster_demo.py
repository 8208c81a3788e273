"""Features, training and prediction on a Dask cluster of this machine, compared with the same work done locally.

``make cluster-demo``. A scheduler and two workers are started on 127.0.0.1; in each of the three stages
one of the workers is killed midway. The feature table, the model's two files and the predictions must
have the bytes of the local run, or the command ends with exit code 1.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from distributed import Client, LocalCluster
from rich.console import Console

from benchmarks.measuring import show_rows, write_figures
from benchmarks.painted_workspace import paint_workspace
from src.errors import EXIT_DONE, EXIT_PARTIAL, ProjectError
from src.features.build_features import CHUNK_ROWS
from src.files import hash_file
from src.paths import PROJECT_ROOT, Workspace
from src.processes import start_process


def list_stages(workspace: Workspace, folder: Path) -> dict[str, tuple[list[str], list[Path], Callable[[], int]]]:
    """List the stages: each one's command, what it writes, and how much of its work is done."""
    root, models, table = str(workspace.root), folder / "models", folder / "predictions.csv"
    model_files = [models / "scaler.joblib", models / "svm_classifier.joblib"]
    train = ["src.models.train_model", "--workspace", root, "--models", str(models)]
    predict = ["src.models.predict_model", str(workspace.image_dir), "--models", str(models), "--csv", str(table)]
    return {
        "features": (
            ["src.features.build_features", "--workspace", root],
            [workspace.processed_table],
            lambda: len(list(workspace.measured_dir.glob("*.npz"))),
        ),
        "train": (train, model_files, lambda: len(list(workspace.search_cache_dir.rglob("output.pkl")))),
        "predict": (predict, [table], lambda: 0),
    }


def run_demo(workspace: Workspace, artworks: int, folder: Path) -> dict[str, Any]:
    """Do the work locally, and on two workers of which one is killed in each stage.

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
        ``artworks``; ``stages``, each with its seconds locally and on the cluster, whether a worker was killed while it
        had work, and whether each result has the bytes of the local run.
    """
    if not workspace.interim_table.is_file():
        paint_workspace(workspace, artworks)
    stages = list_stages(workspace, folder)
    local = {}
    for name, (command, results, _) in stages.items():
        seconds = _run([*command, "--jobs", "2"])
        local[name] = seconds, [hash_file(path) for path in results]
    for cache in (workspace.measured_dir, workspace.search_cache_dir):
        shutil.rmtree(cache, ignore_errors=True)
    enough = {"features": artworks // CHUNK_ROWS // 4, "train": 5, "predict": 0}
    rows = []
    for name, (command, results, count_done) in stages.items():
        with start_cluster() as cluster:
            is_time = partial(_has_begun, cluster, count_done, enough[name])
            seconds, has_killed = _run_killing([*command, "--jobs", "2"], cluster, is_time)
        is_same = [hash_file(path) for path in results] == local[name][1]
        rows.append(
            {
                "stage": name,
                "seconds locally": local[name][0],
                "seconds on the cluster": seconds,
                "a worker was killed": "yes" if has_killed else "NO",
                "the bytes of the local run": "yes" if is_same else "NO",
            }
        )
    return {"artworks": artworks, "stages": rows}


def start_cluster() -> LocalCluster:
    """Start a scheduler here and two workers that are processes of one thread; a killed one is replaced."""
    return LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0", memory_limit=0)


def _run(module_and_options: Sequence[str], watch: Callable[[], None] = lambda: None) -> float:
    """Run one of the project's commands to its end, calling ``watch`` meanwhile; return its seconds."""
    started = time.monotonic()
    command = [sys.executable, "-m", *module_and_options]
    with tempfile.TemporaryFile() as log, start_process(command, log=log, folder=PROJECT_ROOT) as process:
        while process.poll() is None:
            watch()
            time.sleep(0.02)
        if process.returncode != 0:
            log.seek(0)
            raise ProjectError(f"{' '.join(command)} ended with {process.returncode}:\n{log.read().decode()[-3000:]}")
    return time.monotonic() - started


def _run_killing(command: Sequence[str], cluster: LocalCluster, is_time: Callable[[], bool]) -> tuple[float, bool]:
    """Run a command on the cluster, killing a worker as soon as it is time; return seconds, and whether that came."""
    killed: list[int] = []

    def watch() -> None:
        if not killed and is_time():
            killed.append(cluster.workers[1].pid)
            os.kill(killed[0], signal.SIGKILL)

    return _run([*command, "--dask", cluster.scheduler_address], watch), bool(killed)


def _has_begun(cluster: LocalCluster, count_done: Callable[[], int], enough: int) -> bool:
    """Whether enough is done; where nothing says what is done, whether both workers have work in hand."""
    if enough:
        return count_done() >= enough
    with Client(cluster.scheduler_address, timeout=30) as client:
        return sum(bool(tasks) for tasks in client.processing().values()) == 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster_demo", description=__doc__)
    parser.add_argument("--artworks", type=int, default=4_000, metavar="N", help="pictures to paint (%(default)s)")
    parser.add_argument("--workspace", type=Path, metavar="DIR", help="keep the painted pictures there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="cluster-demo-") as folder:
        workspace = Workspace(options.workspace or Path(folder, "workspace"))
        try:
            result = run_demo(workspace, options.artworks, Path(folder))
        except ProjectError as error:
            Console(stderr=True).print(f"error: {error}", highlight=False)
            return error.exit_code
    show_rows(f"{result['artworks']:,} pictures", result["stages"])
    write_figures(result, options.json)
    has_passed = all("NO" not in row.values() for row in result["stages"])
    return EXIT_DONE if has_passed else EXIT_PARTIAL


if __name__ == "__main__":
    sys.exit(main())
