"""What enters the image, and the dockerfile's own rules."""

import ast
import json
import re
from pathlib import Path, PurePosixPath

import pytest
import yaml

from deploy.context import is_ignored, list_context, read_rules
from deploy.release import read_version
from src.errors import UsageError
from src.paths import PROJECT_ROOT

DOCKERFILE = (PROJECT_ROOT / "dockerfile").read_text("utf-8")
OURS = ("application", "src", "main")


def find_imported_files(entry: Path) -> set[Path]:
    """Follow our own import statements from a file, packages' ``__init__`` included."""
    found: set[Path] = set()
    waiting = [entry]
    while waiting:
        place = waiting.pop()
        if place in found:
            continue
        found.add(place)
        for node in ast.walk(ast.parse((PROJECT_ROOT / place).read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for name in names:
                if name.split(".")[0] in OURS:
                    waiting += find_files(name)
    return found


def find_files(name: str) -> list[Path]:
    parts = name.split(".")
    files = [Path(*parts[:depth], "__init__.py") for depth in range(1, len(parts) + 1)]
    files.append(Path(*parts).with_suffix(".py"))
    return [file for file in files if (PROJECT_ROOT / file).is_file()]


def test_the_context_is_what_the_service_imports() -> None:
    shipped = {path for path in list_context(PROJECT_ROOT) if path.suffix == ".py" and path.parts[0] == "src"}
    imported = find_imported_files(Path("main.py")) | find_imported_files(Path("application/__main__.py"))
    needed = {path for path in imported if path.parts[0] == "src"}
    assert needed <= shipped, f"missing in .dockerignore: {sorted(map(str, needed - shipped))}"
    extra = shipped - needed
    assert not extra, f"not needed by the service: {sorted(map(str, extra))}"


def test_the_context_holds_the_whole_application_and_the_model() -> None:
    shipped = set(list_context(PROJECT_ROOT))
    application = {
        path.relative_to(PROJECT_ROOT)
        for path in (PROJECT_ROOT / "application").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    assert application <= shipped
    others = {path for path in shipped if path.parts[0] not in {"application", "src", "models"}}
    assert {str(path) for path in others} == {"main.py", "requirements.txt"}


@pytest.mark.parametrize(
    ("name", "ignored"),
    [
        ("main.py", False),
        ("application/static/page.js", False),
        ("application/__pycache__/factory.cpython-311.pyc", True),
        ("application/static/.DS_Store", True),
        ("src/scraping/collect.py", True),
        ("src/features/build_features.py", True),
        ("src/colours.py", False),
        ("data/raw/pictures.csv", True),
        (".env", True),
        (".git/config", True),
        ("models/model_card.json", False),
        ("models/search.parquet", True),
        ("dockerfile", True),
        ("main.pyc", True),
    ],
)
def test_the_allow_list(name: str, ignored: bool) -> None:
    rules = read_rules((PROJECT_ROOT / ".dockerignore").read_text("utf-8"))
    assert is_ignored(PurePosixPath(name), rules) is ignored


@pytest.mark.parametrize(
    ("pattern", "name", "ignored"),
    [
        ("*.md", "README.md", True),
        ("*.md", "docs/README.md", False),
        ("**/*.md", "docs/README.md", True),
        ("**/*.md", "README.md", True),
        ("docs", "docs/a/b.txt", True),
        ("doc", "docs/a.txt", False),
        ("/docs/", "docs/a.txt", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("a[bc]d", "acd", True),
        ("docs/**", "docs/a/b", True),
        ("# docs", "docs", False),
    ],
)
def test_patterns_are_dockers(pattern: str, name: str, ignored: bool) -> None:
    assert is_ignored(PurePosixPath(name), read_rules(pattern)) is ignored


def test_the_last_pattern_that_matches_wins() -> None:
    rules = read_rules("*\n!keep\nkeep/not\n!keep/not/yet\n")
    assert not is_ignored(PurePosixPath("keep/a"), rules)
    assert is_ignored(PurePosixPath("keep/not/a"), rules)
    assert not is_ignored(PurePosixPath("keep/not/yet"), rules)


def test_without_a_list_nothing_is_shipped(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no \.dockerignore"):
        list_context(tmp_path)


def read_instructions(name: str) -> list[str]:
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [line.partition(" ")[2].strip() for line in joined.splitlines() if line.startswith(f"{name} ")]


def test_the_dockerfile_keeps_its_promises() -> None:
    first = next(line for line in DOCKERFILE.splitlines() if not line.startswith("#"))
    assert first == "ARG BASE_IMAGE=python:3.11-slim"
    assert read_instructions("FROM") == ["${BASE_IMAGE} AS build", "${BASE_IMAGE}"]
    assert read_instructions("EXPOSE") == ["9797"]
    assert read_instructions("STOPSIGNAL") == ["SIGTERM"]
    user = read_instructions("USER")
    assert len(user) == 1
    assert int(user[0].split(":")[0]) >= 1000
    entry = json.loads(read_instructions("ENTRYPOINT")[0])
    assert isinstance(entry, list), "the exec form: process 1 is the service and gets SIGTERM"
    health = read_instructions("HEALTHCHECK")[0]
    probe = json.loads(health.partition("CMD ")[2])
    assert probe[0] == "python"
    assert "/health/ready" in probe[2]
    assert compile(probe[2], "healthcheck", "exec")
    assert f"VERSION={read_version(PROJECT_ROOT)}" in read_instructions("ARG"), "the default is the project's version"
    for unknown_to_old_builders in ("<<", "--mount", "--link", "# syntax"):
        assert unknown_to_old_builders not in DOCKERFILE
    assert not read_instructions("ADD")


def test_the_compose_file_locks_the_service_down() -> None:
    service = yaml.safe_load((PROJECT_ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["service"]
    assert service["build"] == {"context": ".", "dockerfile": "dockerfile"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["ports"] == ["127.0.0.1:${PORT:-9797}:9797"]
