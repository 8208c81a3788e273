"""What deploy/README.md says, run."""

import re
import shlex

import pytest

from deploy.container_test import build_parser
from deploy.costs import describe_costs, estimate_costs
from deploy.deployment import DEFAULTS
from src.errors import EXIT_DONE
from src.paths import PROJECT_ROOT
from tests.deploy.conftest import Account

README = (PROJECT_ROOT / "deploy" / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```bash\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]


def test_its_deployment_commands_work(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "0123456789abcdef")
    commands = [shlex.split(line)[3:] for line in LINES if line.startswith("python -m deploy.beanstalk")]
    assert [words[0] for words in commands] == ["deploy"] * 4 + ["status", "terminate"]
    for command, *words in commands:
        assert account.run(command, *words) == EXIT_DONE
    assert account.fake.environments["colours"].status == "Terminated"


def test_its_costs_are_those_of_the_command() -> None:
    assert describe_costs(estimate_costs(str(DEFAULTS.instance_type), 1, balanced=False)) in README


def test_its_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT_ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+-[a-z]+)", README)) <= targets


def test_its_environment_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    line = next(line for line in LINES if line.startswith("CONTAINER_BASE="))
    values = dict(assignment.split("=", 1) for assignment in line.split()[:-2])
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    arguments = build_parser().parse_args([])
    assert arguments.base == values["CONTAINER_BASE"]
    assert str(arguments.storage) == values["CONTAINER_STORAGE"]
    assert arguments.sandbox is True


def test_its_hardened_run_is_the_one_that_is_tested() -> None:
    line = next(line for line in LINES if "--read-only" in line)
    for option in ("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--memory=512m"):
        assert option in line.split()
