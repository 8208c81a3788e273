"""The dockerfile, the compose file, the container's test and the workflow keep their promises."""

import json
import re
import subprocess
import sys

import pytest
import yaml

from application.__main__ import parse_arguments
from deploy import container_test
from deploy.bundle import list_copied_files
from src.paths import PROJECT_ROOT
from tests.support.imports import list_service_files
from tests.support.page_servers import PageServers

DOCKERFILE = (PROJECT_ROOT / "dockerfile").read_text("utf-8")


def read_instructions(name: str) -> list[str]:
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [line.partition(" ")[2].strip() for line in joined.splitlines() if line.startswith(f"{name} ")]


def test_it_copies_what_the_service_imports() -> None:
    copied = {PROJECT_ROOT / path for path in list_copied_files(PROJECT_ROOT)}
    assert set(list_service_files()) <= copied
    assert not any("scraping" in path.parts or "gallery" in path.parts for path in copied)


def test_what_every_builder_and_platform_expects() -> None:
    first = next(line for line in DOCKERFILE.splitlines() if not line.startswith("#"))
    assert first == "ARG BASE_IMAGE=python:3.11-slim"
    assert read_instructions("EXPOSE") == ["9797"]
    assert read_instructions("STOPSIGNAL") == ["SIGTERM"]
    (user,) = read_instructions("USER")
    assert int(user.split(":")[0]) >= 1000
    for unknown_to_old_builders in ("<<", "--mount", "--link", "# syntax"):
        assert unknown_to_old_builders not in DOCKERFILE


def test_the_service_gets_its_port_and_is_process_1(monkeypatch: pytest.MonkeyPatch) -> None:
    python, option, module, *arguments = json.loads(read_instructions("ENTRYPOINT")[0])  # no shell in between
    assert (python, option, module) == ("python", "-m", "application")
    for named, port in (("", 9797), ("8080", 8080)):
        monkeypatch.setenv("PORT", named)
        parsed = parse_arguments(arguments)
        assert (parsed.host, parsed.port) == ("0.0.0.0", port)
    assert "PORT=9797" in read_instructions("ENV")[0]


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_follows_the_port(status: int, code: int) -> None:
    _, *probe = json.loads(read_instructions("HEALTHCHECK")[0].partition("CMD ")[2])
    with PageServers() as servers:
        environment = {"PORT": servers.serve("ready", status).rpartition(":")[2]}
        done = subprocess.run([sys.executable, *probe], env=environment, capture_output=True, timeout=30, check=False)
    assert done.returncode == code, done.stderr


def test_the_compose_file_locks_the_service_down() -> None:
    service = yaml.safe_load((PROJECT_ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["service"]
    assert service["build"] == {"context": ".", "dockerfile": "dockerfile"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_container_test_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert container_test.main([]) == 2
    assert "apt-get install podman" in capsys.readouterr().err


def test_the_workflow_runs_the_same_commands_as_people_with_the_python_of_the_matrix() -> None:
    workflow = yaml.safe_load((PROJECT_ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    commands = {name: [step.get("run", "") for step in job["steps"]] for name, job in workflow["jobs"].items()}
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT_ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = set(re.findall(r"\bmake ([a-z-]+)", str(commands)))
    assert {"check", "test", "container-test", "eb-bundle"} <= used <= targets
    assert {"make check PYTHON=python", "make test PYTHON=python"} <= set(commands["test"])
