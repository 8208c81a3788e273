"""The workflow runs what people run."""

import re

import yaml

from src.paths import PROJECT_ROOT

WORKFLOW = yaml.safe_load((PROJECT_ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
COMMANDS = [step["run"] for step in STEPS if "run" in step]


def test_it_runs_the_same_commands_as_people() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT_ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(COMMANDS)))
    assert {"check", "test", "container-test", "eb-bundle"} <= used <= targets
    assert "docker build -t google-images-classifier ." in COMMANDS


def test_the_python_of_the_matrix_is_tested_and_not_the_newest_one() -> None:
    commands = [step.get("run", "") for step in WORKFLOW["jobs"]["test"]["steps"]]
    assert [name for name in commands if name.startswith("make ")] == [
        "make check PYTHON=python",
        "make test PYTHON=python",
    ]


def test_actions_are_pinned_by_major_version_and_rights_are_few() -> None:
    actions = [step["uses"] for step in STEPS if "uses" in step]
    assert actions
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in actions)
    assert WORKFLOW["permissions"] == {"contents": "read"}
