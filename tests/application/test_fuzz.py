"""Damaged files and schema-driven requests: never a crash, a hang or a 500.

The large runs are commands: ``python -m benchmarks.service_endurance`` (20,000 damaged files) and
``schemathesis run http://127.0.0.1:9797/openapi.json``.
"""

from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import unsupported_method
from starlette.testclient import TestClient

from application.factory import create_app
from application.settings import Settings
from benchmarks.image_mutants import list_originals, mutate_images

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


schema = schemathesis.pytest.from_fixture("api_schema")
