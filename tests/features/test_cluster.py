"""A Dask cluster of this machine: the bytes of the local run, from files and from S3, also when a worker dies."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest.mock import patch

import boto3
import pytest
from botocore.client import BaseClient
from distributed import LocalCluster
from moto.server import ThreadedMotoServer

from src import parallel
from src.errors import MissingToolError, UsageError
from src.features.build_features import build_features
from src.features.image_store import ImageStore
from src.parallel import map_with_progress, parallel_backend
from src.paths import Workspace
from tests.support.cluster_tasks import wait_and_double
from tests.support.workspace_files import list_files

pytestmark = pytest.mark.slow

BUCKET = "pictures"


def start_cluster(workers: int) -> LocalCluster:
    """Start a scheduler here and workers that are processes of one thread; a killed one is replaced."""
    return LocalCluster(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0", memory_limit=0
    )


@pytest.fixture(scope="module")
def s3() -> Iterator[BaseClient]:
    """A client of Moto's S3 server, to which the environment leads others, here and in workers."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    names = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
    region = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
    with patch.dict(os.environ, AWS_ENDPOINT_URL=f"http://{host}:{port}", **region, **dict.fromkeys(names, "test")):
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        yield client
    server.stop()


@pytest.fixture(scope="module")
def cluster(s3: BaseClient) -> Iterator[LocalCluster]:
    with start_cluster(2) as running:
        yield running


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory, small_files: Mapping[int, bytes]) -> Workspace:
    """A workspace of 300 pictures, some bad, measured in one local process."""
    workspace = Workspace(tmp_path_factory.mktemp("local"))
    contents = {index: small_files[index] for index in range(300)}
    list_files(workspace, {**contents, 7: b"text", 290: b""})
    build_features(workspace, jobs=1)
    return workspace


@pytest.fixture
def workspace(local: Workspace, tmp_path: Path) -> Workspace:
    """One that lists the same pictures and has none."""
    workspace = Workspace(tmp_path)
    workspace.interim_table.parent.mkdir(parents=True)
    shutil.copy(local.interim_table, workspace.interim_table)
    return workspace


@pytest.mark.parametrize("place", ["a shared disk", "S3"])
def test_a_cluster_gives_the_bytes_of_one_process(
    cluster: LocalCluster, s3: BaseClient, local: Workspace, workspace: Workspace, place: str
) -> None:
    images = str(local.image_dir)
    if place == "S3":
        for path in local.image_dir.iterdir():
            s3.put_object(Bucket=BUCKET, Key=f"img/{path.name}", Body=path.read_bytes())
        images = f"s3://{BUCKET}/img/"
    summary = build_features(workspace, dask=cluster.scheduler_address, images=images)
    assert (summary.measured, summary.rows, summary.rejects) == (300, 298, 2)
    for table in ("processed_table", "rejects_table"):
        assert getattr(workspace, table).read_bytes() == getattr(local, table).read_bytes()


def test_what_s3_lacks_has_a_reason(s3: BaseClient, local: Workspace, workspace: Workspace) -> None:
    s3.put_object(Bucket=BUCKET, Key="few/0.jpg", Body=(local.image_dir / "0.jpg").read_bytes())
    summary = build_features(workspace, jobs=1, images=f"s3://{BUCKET}/few")
    assert (summary.rows, summary.rejects) == (1, 299)
    with pytest.raises(UsageError, match="is not there"):
        ImageStore(f"s3://{BUCKET}/nowhere").check()


def test_other_urls_are_explained() -> None:
    with pytest.raises(UsageError, match="Protocol not known"):
        ImageStore("nonsense://place").check()
    with pytest.raises(MissingToolError, match="needs a package that is not installed"):
        ImageStore("dropbox://place").check()


def test_a_lost_worker_costs_only_its_work_in_flight(tmp_path: Path) -> None:
    with start_cluster(2) as running, parallel_backend(dask=running.scheduler_address):
        results = map_with_progress(
            wait_and_double, [(number, str(tmp_path)) for number in range(24)], description="test", total=24
        )
        found = [next(results) for _ in range(6)]
        os.kill(next(iter(running.workers.values())).pid, signal.SIGKILL)
        found += list(results)
    assert found == [2 * number for number in range(24)]
    starts = [int(path.name.split("-")[0]) for path in tmp_path.iterdir()]
    assert set(starts) == set(range(24))
    in_flight = 4  # what one worker of one thread can have in hand, and what was on its way to the client
    assert len(starts) <= 24 + in_flight


def assert_refused(address: str, reason: str) -> None:
    with pytest.raises((UsageError, MissingToolError), match=reason), parallel_backend(dask=address):
        pass


def test_workers_with_other_versions_are_refused(cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "version", lambda _: "0.0.1")  # here and in the scheduler, which is a thread of ours
    assert_refused(cluster.scheduler_address, r"numpy .* \(here 0\.0\.1\)")


def test_a_cluster_without_this_project_is_refused(cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        """Stand for a function of a module that is not there."""

    missing.__module__, missing.__qualname__ = "tests.support.cluster_tasks", "not_there"
    monkeypatch.setattr("tests.support.cluster_tasks.not_there", missing, raising=False)
    monkeypatch.setattr(parallel, "describe_libraries", missing)
    assert_refused(cluster.scheduler_address, "cannot import this project")


def test_a_scheduler_without_workers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with start_cluster(0) as running:
        monkeypatch.setattr(parallel, "CONNECT_SECONDS", 1)
        assert_refused(running.scheduler_address, "has no workers")
    assert_refused("tcp://127.0.0.1:1", "no Dask scheduler answers")
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert_refused("tcp://127.0.0.1:1", "Dask is not installed")
