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


def test_the_python_of_the_matrix_is_tested_and_not_the_newest_one() -> None:
    steps = WORKFLOW["jobs"]["test"]["steps"]
    assert [step["run"] for step in steps if step.get("run", "").startswith("make ")] == [
        "make check PYTHON=python",
        "make test PYTHON=python",
    ]


def test_it_builds_by_the_documented_command_and_keeps_the_bundle() -> None:
    assert "docker build -t google-images-classifier ." in COMMANDS
    kept = [step["with"]["path"] for step in STEPS if "upload-artifact" in step.get("uses", "")]
    assert kept == ["dist/beanstalk.zip"]


def test_actions_are_pinned_by_major_version_and_rights_are_few() -> None:
    actions = [step["uses"] for step in STEPS if "uses" in step]
    assert actions
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in actions)
    assert WORKFLOW["permissions"] == {"contents": "read"}
