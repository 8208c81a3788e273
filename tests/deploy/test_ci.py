"""The workflow runs what people run."""

import re

import yaml

from src.paths import PROJECT_ROOT

WORKFLOW = yaml.safe_load((PROJECT_ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))


def test_it_runs_the_same_commands_as_people_with_the_python_of_the_matrix() -> None:
    commands = {name: [step.get("run", "") for step in job["steps"]] for name, job in WORKFLOW["jobs"].items()}
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT_ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = set(re.findall(r"\bmake ([a-z-]+)", str(commands)))
    assert {"check", "test", "container-test", "eb-bundle"} <= used <= targets
    assert {"make check PYTHON=python", "make test PYTHON=python"} <= set(commands["test"])
