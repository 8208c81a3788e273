"""A fake account: S3 by moto, Elastic Beanstalk by our own fake, both over HTTP."""

import logging
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import botocore.session
import numpy as np
import pytest
from fake_beanstalk import FakeBeanstalk, FakeEnvironment, serve_fake
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from src.features.schema import FEATURE_NAMES
from src.models.artefacts import save_model
from src.paths import PROJECT_ROOT

# deploy is no installed package: it works on a checkout, and only there.
sys.path.insert(0, str(PROJECT_ROOT))

from deploy.beanstalk import main
from deploy.context import list_context
from deploy.release import read_version
from deploy.versions import read_bundle

REGION = "eu-west-1"
CLEARED = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION")


@dataclass
class Account:
    """What a test sees of the account."""

    fake: FakeBeanstalk
    s3: Any
    bundle: Path
    run: Callable[..., int]

    def write_bundle(self, content: bytes) -> None:
        self.bundle.write_bytes(content)

    def place(self, content: bytes = b"first") -> str:
        """Put a version into the account that has been running in good health; return its label."""
        self.write_bundle(content)
        label = read_bundle(self.bundle, read_version(PROJECT_ROOT)).label
        key = f"art/{label}.zip"
        self.fake.create_storage_location({})
        self.s3.put_object(Bucket=self.fake.bucket, Key=key, Body=content)
        source = {"S3Bucket": self.fake.bucket, "S3Key": key}
        self.fake.applications.add("art")
        self.fake.versions["art", label] = {
            "ApplicationName": "art",
            "VersionLabel": label,
            "Status": "PROCESSED",
            "SourceBundle": source,
        }
        self.fake.environments["colours"] = FakeEnvironment("art", label, {}, "Ready", "Green")
        return label

    def list_objects(self) -> list[str]:
        answer = self.s3.list_objects_v2(Bucket=self.fake.bucket)
        return [entry["Key"] for entry in answer.get("Contents", [])]


@pytest.fixture(scope="session", autouse=True)
def shared_loader() -> Iterator[None]:
    """Read botocore's descriptions of the services once, not once a session."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lru_cache(botocore.session.create_loader))
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        yield


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws_environment(s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that open nothing, and no configuration of the person who runs the tests."""
    for name in CLEARED:
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "absent"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "fake")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "fake")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_url)


@pytest.fixture
def account(aws_environment: None, s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    s3 = boto3.client("s3", region_name=REGION)
    bundle = tmp_path / "beanstalk.zip"
    bundle.write_bytes(b"first")

    def run(command: str = "deploy", *words: str, confirmed: bool = True) -> int:
        options = ["--region", REGION, "--environment", "colours", "--application", "art", "--poll-seconds", "0.01"]
        if command == "deploy":
            options += ["--bundle", str(bundle), "--health-seconds", "0.1"]
        if confirmed and command != "status":
            options.append("--yes")
        return main([command, *options, *words])

    with serve_fake(FakeBeanstalk(s3, f"elasticbeanstalk-{uuid4().hex[:12]}")) as fake:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ELASTIC_BEANSTALK", fake.url)
        yield Account(fake, s3, bundle, run)
    s3.close()


@pytest.fixture
def fast_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries happen, their waits do not."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is shipped, with a small model of its own."""
    root = tmp_path_factory.mktemp("project")
    for name in ("dockerfile", ".dockerignore", "setup.py"):
        shutil.copy(PROJECT_ROOT / name, root / name)
    for path in list_context(PROJECT_ROOT):
        if path.parts[0] != "models":
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT_ROOT / path, root / path)
    rows = np.random.default_rng(0).uniform(0, 255, (60, len(FEATURE_NAMES)))
    scaler = StandardScaler().fit(rows)
    estimator = LogisticRegression().fit(scaler.transform(rows), np.array(["RED", "BLUE", "GREEN"] * 20))
    save_model(
        root / "models", scaler, estimator, family="logistic", parameters={}, temperature=1.0, data={}, scores={}
    )
    return root
