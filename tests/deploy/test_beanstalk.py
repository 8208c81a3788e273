"""The deployment, driven end to end over HTTP against S3 by moto and our fake of Elastic Beanstalk."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from fake_beanstalk import RefusalError

from deploy.aws import open_clients
from deploy.beanstalk import main
from deploy.journal import Journal, JournalStore
from deploy.release import read_version
from deploy.versions import read_bundle
from src.errors import EXIT_DONE, EXIT_INTERRUPTED
from src.paths import PROJECT_ROOT
from tests.deploy.conftest import REGION, Account

JOURNAL = "art/deployments/colours.json"


def label_of(account: Account) -> str:

    return read_bundle(account.bundle, read_version(PROJECT_ROOT)).label


def start(account: Account) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "deploy.beanstalk", "deploy", "--yes", "--region", REGION, "--application", "art"]
    command += ["--environment", "colours", "--bundle", str(account.bundle), "--poll-seconds", "0.05"]
    return subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.02)


def test_creates_everything_once(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    assert account.run() == EXIT_DONE
    captured = capsys.readouterr()
    assert captured.out == "http://colours.eu-west-1.elasticbeanstalk.com/\n"
    assert "createEnvironment is starting." in captured.err
    assert "a month  in all" in captured.err
    environment = account.fake.environments["colours"]
    assert (environment.label, environment.status, environment.health) == (label_of(account), "Ready", "Green")
    assert environment.settings["aws:elasticbeanstalk:environment", "EnvironmentType"] == "SingleInstance"
    assert environment.settings["aws:autoscaling:launchconfiguration", "IamInstanceProfile"]
    stack = next(parameters for name, parameters in account.fake.calls if name == "CreateEnvironment")
    assert stack["SolutionStackName"] == "64bit Amazon Linux 2023 v4.10.0 running Docker"
    bundle_key = f"art/{label_of(account)}.zip"
    assert account.list_objects() == [bundle_key]
    assert account.s3.get_object(Bucket=account.fake.bucket, Key=bundle_key)["Body"].read() == b"first"

    assert account.run() == EXIT_DONE
    assert "nothing to do" in capsys.readouterr().err
    for action in ("CreateApplication", "CreateApplicationVersion", "CreateEnvironment"):
        assert account.fake.count(action) == 1
    assert account.fake.count("UpdateEnvironment") == 0


def test_updates_and_says_only_new_events(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.place()
    account.write_bundle(b"second")
    capsys.readouterr()
    assert account.run() == EXIT_DONE
    said = capsys.readouterr().err
    assert said.count("Environment update is starting.") == 1
    assert account.fake.environments["colours"].label == label_of(account)
    assert JOURNAL not in account.list_objects()


def test_sets_options_and_variables(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "0123456789abcdef")
    words = (
        "--balanced",
        "--maximum-instances",
        "3",
        "--instance-type",
        "t3.medium",
        "--env",
        "API_TOKEN",
        "--env",
        "WORKERS=4",
    )
    assert account.run("deploy", *words) == EXIT_DONE
    settings = account.fake.environments["colours"].settings
    assert settings["aws:elasticbeanstalk:environment", "LoadBalancerType"] == "application"
    assert settings["aws:autoscaling:asg", "MaxSize"] == "3"
    assert settings["aws:ec2:instances", "InstanceTypes"] == "t3.medium"
    assert settings["aws:elasticbeanstalk:application:environment", "API_TOKEN"] == "0123456789abcdef"
    assert settings["aws:elasticbeanstalk:application:environment", "WORKERS"] == "4"
    assert account.run("deploy", "--env", "WORKERS=2") == EXIT_DONE
    assert settings["aws:elasticbeanstalk:application:environment", "WORKERS"] == "2"
    assert settings["aws:ec2:instances", "InstanceTypes"] == "t3.medium"


@pytest.mark.parametrize("kind", ["bad_labels", "broken_labels"])
def test_failed_health_goes_back(account: Account, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    first = account.place()
    account.write_bundle(b"second")
    getattr(account.fake, kind).add(label_of(account))
    capsys.readouterr()
    assert account.run() == 1
    said = capsys.readouterr().err
    assert f"going back to {first}" in said
    assert f"has version {first} again, in good health" in said
    environment = account.fake.environments["colours"]
    assert (environment.label, environment.health) == (first, "Green")
    assert JOURNAL not in account.list_objects()


def test_failed_first_deployment_says_that_it_costs(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.fake.bad_labels.add(label_of(account))
    assert account.run() == 1
    assert "no earlier healthy version" in capsys.readouterr().err
    assert account.fake.environments["colours"].label == label_of(account)
    assert account.fake.count("UpdateEnvironment") == 0


def test_an_unhealthy_version_is_no_way_back(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.fake.bad_labels.add(label_of(account))
    account.run()
    account.write_bundle(b"second")
    account.fake.bad_labels.add(label_of(account))
    assert account.run() == 1
    assert "no earlier healthy version" in capsys.readouterr().err
    account.write_bundle(b"third")
    assert account.run() == EXIT_DONE


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_creation_continues(account: Account, end: signal.Signals) -> None:
    account.fake.is_held = True
    process = start(account)
    wait_for(lambda: account.fake.count("CreateEnvironment") == 1)
    process.send_signal(end)
    assert process.wait(60) == (EXIT_INTERRUPTED if end is signal.SIGINT else -end)
    account.fake.is_held = False
    assert account.run() == EXIT_DONE
    for action in ("CreateApplicationVersion", "CreateEnvironment"):
        assert account.fake.count(action) == 1
    assert account.fake.count("UpdateEnvironment") == 0
    assert JOURNAL not in account.list_objects()


def test_an_interrupted_update_still_knows_the_way_back(account: Account) -> None:
    first = account.place()
    account.write_bundle(b"second")
    account.fake.bad_labels.add(label_of(account))
    account.fake.is_held = True
    process = start(account)
    wait_for(lambda: account.fake.count("UpdateEnvironment") == 1)
    process.kill()
    process.wait(60)
    assert JOURNAL in account.list_objects()
    account.fake.is_held = False
    assert account.run() == 1
    assert account.fake.environments["colours"].label == first
    assert account.fake.count("UpdateEnvironment") == 2
    assert JOURNAL not in account.list_objects()


def test_a_third_bundle_after_an_interruption_goes_back_to_the_first(account: Account) -> None:
    first = account.place()
    account.write_bundle(b"second")
    account.fake.bad_labels.add(label_of(account))
    account.fake.is_held = True
    process = start(account)
    wait_for(lambda: account.fake.count("UpdateEnvironment") == 1)
    process.kill()
    process.wait(60)
    account.fake.is_held = False
    account.write_bundle(b"third")
    account.fake.bad_labels.add(label_of(account))
    assert account.run() == 1
    assert account.fake.environments["colours"].label == first


@pytest.mark.parametrize("is_ordered", [True, False])
def test_an_interrupted_rollback_is_finished(
    account: Account, capsys: pytest.CaptureFixture[str], is_ordered: bool
) -> None:

    first = account.place()
    account.write_bundle(b"second")
    second = label_of(account)
    account.fake.bad_labels.add(second)
    environment = account.fake.environments["colours"]
    if not is_ordered:  # killed between the journal's entry and the order
        account.fake.versions["art", second] = {**account.fake.versions["art", first], "VersionLabel": second}
        environment.label, environment.health = second, "Red"
    clients = open_clients(REGION, None)
    JournalStore.of(clients, account.fake.bucket, "art", "colours").write(Journal(first, second, rolling_back=True))
    assert account.run() == 1
    assert "was taken back" in capsys.readouterr().err
    assert environment.label == first
    assert account.fake.count("UpdateEnvironment") == (0 if is_ordered else 1)
    assert JOURNAL not in account.list_objects()


def test_waits_while_somebody_else_updates(account: Account) -> None:
    account.place()
    environment = account.fake.environments["colours"]
    environment.status, environment.looks_left = "Updating", 3
    account.write_bundle(b"second")
    assert account.run() == EXIT_DONE
    assert environment.label == label_of(account)


def test_waits_for_an_environment_that_is_being_ended(account: Account) -> None:
    account.place()
    environment = account.fake.environments["colours"]
    environment.status, environment.looks_left = "Terminating", 3
    assert account.run() == EXIT_DONE
    assert account.fake.count("CreateEnvironment") == 1


def test_a_refused_bundle_is_said_and_made_anew(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.fake.unprocessable = True
    assert account.run() == 1
    assert ".ebextensions could not be processed" in capsys.readouterr().err
    account.fake.unprocessable = False
    assert account.run() == EXIT_DONE
    assert account.fake.count("DeleteApplicationVersion") == 1


def test_throttling_is_outlasted(account: Account, fast_retries: None) -> None:
    for action in ("CreateEnvironment", "DescribeEnvironments", "DescribeEvents"):
        account.fake.faults[action] = [
            RefusalError("Throttling", "Rate exceeded"),
            RefusalError("Throttling", "Rate exceeded"),
        ]
    assert account.run() == EXIT_DONE
    assert account.fake.count("CreateEnvironment") == 3


def test_endless_throttling_is_said(account: Account, capsys: pytest.CaptureFixture[str], fast_retries: None) -> None:
    account.fake.faults["CreateEnvironment"] = [RefusalError("Throttling", "Rate exceeded")] * 20
    assert account.run() == 2
    assert "still throttles CreateEnvironment after 8 attempts" in capsys.readouterr().err
    assert account.fake.count("CreateEnvironment") == 8


def test_server_errors_are_outlasted(account: Account, fast_retries: None) -> None:
    account.fake.faults["UpdateEnvironment"] = [RefusalError("InternalFailure", "sorry", 500)] * 3
    account.place()
    account.write_bundle(b"second")
    assert account.run() == EXIT_DONE


@pytest.mark.parametrize(
    ("action", "refusal", "expected"),
    [
        (
            "DescribeEnvironments",
            RefusalError("ExpiredToken", "The security token is expired", 403),
            "credentials have expired",
        ),
        ("DescribeEnvironments", RefusalError("InvalidClientTokenId", "invalid", 403), "this region is enabled"),
        ("CreateApplication", RefusalError("AccessDenied", "not authorized", 403), "may not do CreateApplication"),
        ("CreateEnvironment", RefusalError("TooManyEnvironments", "limit of 200"), "quota of the account"),
        (
            "CreateApplicationVersion",
            RefusalError("TooManyApplicationVersionsException", "1000"),
            "quota of the account",
        ),
        ("DescribeEnvironments", RefusalError("OptInRequired", "subscribe", 403), "not signed up"),
        (
            "CreateEnvironment",
            RefusalError("InvalidParameterValue", "The instance profile x does not exist."),
            "instance profile x",
        ),
    ],
)
def test_refusals_say_what_to_do(
    account: Account, capsys: pytest.CaptureFixture[str], action: str, refusal: RefusalError, expected: str
) -> None:
    account.fake.faults[action] = [refusal]
    assert account.run() == 2
    assert expected in capsys.readouterr().err
    assert account.run() == EXIT_DONE, "the same command continues"
    for made in ("CreateApplication", "CreateApplicationVersion", "CreateEnvironment"):
        successes = account.fake.count(made) - (made == action)
        assert successes == 1


def test_credentials_that_expire_while_waiting(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.fake.is_held = True
    process = start(account)
    wait_for(lambda: account.fake.count("CreateEnvironment") == 1)
    account.fake.faults["DescribeEnvironments"] = [RefusalError("ExpiredToken", "expired", 403)]
    assert process.wait(60) == 2
    account.fake.is_held = False
    assert account.run() == EXIT_DONE
    assert account.fake.count("CreateEnvironment") == 1


def test_no_credentials(account: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert account.run() == 2
    assert "no usable AWS credentials" in capsys.readouterr().err
    assert account.run("deploy", "--dry-run") == EXIT_DONE
    assert "with nothing in it" in capsys.readouterr().out
    assert account.fake.calls == []


@pytest.mark.parametrize(
    ("region", "expected"), [("eu-wst-1", "did you mean eu-west-1"), (None, "no AWS region is named")]
)
def test_wrong_regions(
    aws_environment: None, capsys: pytest.CaptureFixture[str], region: str | None, expected: str
) -> None:

    assert main(["status", *(["--region", region] if region else [])]) == 2
    assert expected in capsys.readouterr().err


def test_an_unreachable_region(
    account: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, fast_retries: None
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_ELASTIC_BEANSTALK", "http://127.0.0.1:9")
    assert account.run("status") == 2
    assert "AWS cannot be reached" in capsys.readouterr().err


def test_unknown_profile(aws_environment: None, capsys: pytest.CaptureFixture[str]) -> None:

    assert main(["status", "--region", REGION, "--profile", "nobody"]) == 2
    assert "nobody" in capsys.readouterr().err


def test_a_dry_run_changes_nothing(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    assert account.run("deploy", "--dry-run") == EXIT_DONE
    said = capsys.readouterr().out
    assert "would make environment colours" in said
    assert "t3.small" in said
    account.place()
    account.write_bundle(b"second")
    capsys.readouterr()
    made = len([name for name, _ in account.fake.calls if not name.startswith(("Describe", "List"))])
    assert account.run("deploy", "--dry-run") == EXIT_DONE
    assert f"would deploy version {label_of(account)} to colours" in capsys.readouterr().out
    assert len([name for name, _ in account.fake.calls if not name.startswith(("Describe", "List"))]) == made
    assert len(account.list_objects()) == 1


def test_a_new_environment_needs_a_yes(
    account: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert account.run(confirmed=False) == 2
    assert "add --yes" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda _: True, "readline": lambda _: "n\n"})())
    assert account.run(confirmed=False) == 2
    assert account.fake.environments == {}
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda _: True, "readline": lambda _: "y\n"})())
    assert account.run(confirmed=False) == EXIT_DONE


def test_status_and_terminate(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    assert account.run("status") == EXIT_DONE
    assert "no such environment" in capsys.readouterr().out
    account.place()
    assert account.run("status") == EXIT_DONE
    assert "Ready, health Green" in capsys.readouterr().out
    assert account.run("terminate", confirmed=False) == 2
    assert account.run("terminate") == EXIT_DONE
    assert "is gone" in capsys.readouterr().out
    assert account.fake.environments["colours"].status == "Terminated"
    assert account.run("terminate") == EXIT_DONE
    assert account.fake.count("TerminateEnvironment") == 1


def test_a_time_limit(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.fake.is_held = True
    assert account.run("deploy", "--timeout", "0.05") == 1
    assert "the same command continues to wait" in capsys.readouterr().err


def test_a_missing_bundle_and_variable(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    assert account.run("deploy", "--env", "NOT_SET_ANYWHERE") == 2
    assert "NOT_SET_ANYWHERE" in capsys.readouterr().err
    account.bundle.unlink()
    assert account.run() == 2
    assert "make eb-bundle" in capsys.readouterr().err


def test_a_damaged_upload_is_put_again(account: Account) -> None:
    """An object of the right name with other bytes, as a person may have put it, is replaced."""
    account.fake.create_storage_location({})
    key = f"art/{label_of(account)}.zip"
    account.s3.put_object(Bucket=account.fake.bucket, Key=key, Body=b"damaged")
    assert account.run() == EXIT_DONE
    assert account.s3.get_object(Bucket=account.fake.bucket, Key=key)["Body"].read() == b"first"


def test_help_names_every_exit_code() -> None:
    environment = {**os.environ, "COLUMNS": "100"}
    for words in (["--help"], ["deploy", "--help"]):
        done = subprocess.run(
            [sys.executable, "-m", "deploy.beanstalk", *words],
            cwd=PROJECT_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "Elastic Beanstalk" in done.stdout or "--dry-run" in done.stdout
