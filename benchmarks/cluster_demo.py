"""Features, training and prediction on a Dask cluster of this machine, compared with the same work done locally.

``make cluster-demo``. A scheduler and two workers are started on 127.0.0.1; in each of the three stages
one of the workers is killed midway. The feature table, the model's two files and the predictions must
have the bytes of the local run, or the command ends with exit code 1.
"""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from distributed import Client, LocalCluster

from benchmarks.measuring import Figures, run_benchmark, run_watched, show_rows
from benchmarks.painted_workspace import paint_workspace
from src.features.build_features import CHUNK_ROWS
from src.files import hash_file
from src.paths import Workspace

KILLED = "a worker was killed"
SAME = "the bytes of the local run"
JOBS = ("--jobs", "2")


def measure(quick: bool) -> Figures:
    """Do the work locally, and on two workers of which one is killed in each stage."""
    artworks = 1_000 if quick else 4_000
    with tempfile.TemporaryDirectory(prefix="cluster-demo-") as folder:
        rows = run_stages(Workspace(Path(folder, "workspace")), artworks, Path(folder))
    show_rows(f"{artworks:,} pictures", rows)
    held = {f"{row['stage']}: {promise}": row.pop(promise) for row in rows for promise in (KILLED, SAME)}
    return {"artworks": artworks, "stages": rows, "held": held}


def run_stages(workspace: Workspace, artworks: int, folder: Path) -> list[Figures]:
    """Give of each stage its seconds, locally and on the cluster, and whether its promises hold."""
    paint_workspace(workspace, artworks)
    root, models, table = str(workspace.root), folder / "models", folder / "predictions.csv"
    prediction = ["src.models.predict_model", str(workspace.image_dir), "--models", str(models), "--csv", str(table)]
    stages: dict[str, tuple[list[str], list[Path]]] = {
        "features": (["src.features.build_features", "--workspace", root, *JOBS], [workspace.processed_table]),
        "train": (
            ["src.models.train_model", "--workspace", root, "--models", str(models), *JOBS],
            [models / "scaler.joblib", models / "svm_classifier.joblib"],
        ),
        "predict": ([*prediction, *JOBS], [table]),
    }
    local = {
        name: (run_watched(command, lambda _: None), [hash_file(path) for path in results])
        for name, (command, results) in stages.items()
    }
    for cache in (workspace.measured_dir, workspace.search_cache_dir):
        shutil.rmtree(cache, ignore_errors=True)
    is_midway: dict[str, Callable[[Client], bool]] = {
        "features": lambda _: len(list(workspace.measured_dir.glob("*.npz"))) >= artworks // CHUNK_ROWS // 4,
        "train": lambda _: len(list(workspace.search_cache_dir.rglob("output.pkl"))) >= 5,
        "predict": lambda client: sum(map(bool, client.processing().values())) == 2,
    }
    rows = []
    for name, (command, results) in stages.items():
        # Workers are processes of one thread; one that is killed is replaced.
        options = {"host": "127.0.0.1", "dashboard_address": ":0", "memory_limit": 0}
        with LocalCluster(n_workers=2, threads_per_worker=1, **options) as cluster, Client(cluster) as client:
            killed: list[int] = []
            watch = partial(_kill_once, cluster, killed, partial(is_midway[name], client))
            seconds = run_watched([*command, "--dask", cluster.scheduler_address], watch, pause=0.02)
        is_same = [hash_file(path) for path in results] == local[name][1]
        rows.append(
            {
                "stage": name,
                "seconds locally": local[name][0],
                "seconds on the cluster": seconds,
                KILLED: bool(killed),
                SAME: is_same,
            }
        )
    return rows


def _kill_once(cluster: LocalCluster, killed: list[int], is_midway: Callable[[], bool], _: int) -> None:
    if not killed and is_midway():
        killed.append(cluster.workers[1].pid)
        os.kill(killed[0], signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(run_benchmark(measure))
