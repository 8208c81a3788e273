"""Damaged files and schema-driven requests: never a crash, a hang or a 500.

The large runs are commands: ``python -m benchmarks.ordeals.service_endurance`` (20,000 damaged files), and
with more ``--max-examples`` the one below against a running service.
"""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from benchmarks.picture_files import list_originals, mutate_images
from benchmarks.service_process import ServiceProcess
from tests.support.commands import run_python

pytestmark = pytest.mark.slow

MUTANTS = 600


def test_damaged_files_are_classified_or_refused(client: TestClient) -> None:
    statuses = set()
    raw = {"content-type": "application/octet-stream"}
    for content in mutate_images(list_originals(), MUTANTS):
        response = client.post("/img_classify", content=content, headers=raw)
        assert response.status_code in {200, 413, 415, 422}, response.text
        statuses.add(response.status_code)
    assert {200, 415, 422} <= statuses
    assert client.get("/health/ready").status_code == 200


def test_the_service_does_what_its_openapi_document_says(service: ServiceProcess, tmp_path: Path) -> None:
    """All checks of schemathesis but one: bytes that the schema allows need not be a picture."""
    options = ("--exclude-checks", "positive_data_acceptance", "--max-examples", "8", "--seed", "1", "--no-color")
    command = ("-m", "schemathesis.cli", "run", f"{service.base_url}/openapi.json", "--generation-database", "none")
    done = run_python(*command, *options, folder=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "7 selected / 7 total" in done.stdout
    statuses = {event["status"] for event in service.read_events() if event["event"] == "request"}
    assert 200 in statuses
    assert 500 not in statuses
