"""What the tests of the service share: a small model, pictures, a client, a running service."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from application.main import create_app
from application.settings import Settings
from benchmarks.service_process import ServiceProcess, start_service
from tests.support.made_rows import make_stand_in_model
from tests.support.picture_files import draw


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    make_stand_in_model(folder)
    return folder


@pytest.fixture(scope="session")
def picture() -> bytes:
    return draw("BLUE")


@pytest.fixture(scope="module")
def client(models_dir: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(models_dir=models_dir))) as client:
        yield client


@pytest.fixture(scope="session")
def service(models_dir: Path) -> Iterator[ServiceProcess]:
    """Two workers, on a free port; slow clients are refused after five seconds."""
    with start_service(models_dir, workers=2, settings={"BODY_SECONDS": "5"}) as service:
        yield service
