"""The bundle, opened and held to the rules."""

import io
import os
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import yaml

from application.settings import FORM_ALLOWANCE_BYTES, Settings
from deploy.bundle import MAXIMUM_BYTES, BundleFile, list_bundle_files, main, pack, write_bundle
from deploy.context import list_context
from src.errors import EXIT_DONE, ModelMismatchError, UsageError
from src.paths import PROJECT_ROOT


@pytest.fixture(scope="module")
def archive(project: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(pack(list_bundle_files(project, Settings()))))


def read_options(archive: zipfile.ZipFile) -> dict[str, dict[str, str]]:
    options: dict[str, dict[str, str]] = yaml.safe_load(archive.read(".ebextensions/service.config"))["option_settings"]
    return options


def test_holds_what_the_dockerfile_copies_and_nothing_else(archive: zipfile.ZipFile, project: Path) -> None:
    names = set(archive.namelist())
    platform = {".ebextensions/service.config", ".platform/nginx/conf.d/upload.conf"}
    copied = {path.as_posix() for path in list_context(project)}
    assert names == {"Dockerfile"} | platform | copied
    assert {"main.py", "requirements.txt", "application/factory.py", "models/model_card.json"} <= copied
    assert "docker-compose.yml" not in names, "it would change how the platform works"
    assert len(archive.namelist()) == len(names)
    for name in names - platform - {"Dockerfile"}:
        assert archive.read(name) == (project / name).read_bytes()
    assert archive.read("Dockerfile") == (PROJECT_ROOT / "dockerfile").read_bytes()


def test_every_copied_path_is_in_the_bundle(archive: zipfile.ZipFile) -> None:
    text = archive.read("Dockerfile").decode()
    sources = [line.split()[1] for line in text.splitlines() if line.startswith("COPY ") and "--from" not in line]
    assert len(sources) >= 5
    for source in sources:
        assert any(name == source or name.startswith(f"{source}/") for name in archive.namelist()), source


def test_names_sizes_and_modes(archive: zipfile.ZipFile) -> None:
    for entry in archive.infolist():
        assert not entry.filename.startswith("/")
        assert "\\" not in entry.filename
        assert ".." not in entry.filename.split("/")
        assert entry.external_attr >> 16 == 0o100644
        assert "__pycache__" not in entry.filename
    assert sum(entry.compress_size for entry in archive.infolist()) < MAXIMUM_BYTES


def test_the_same_input_gives_the_same_bytes(project: Path, tmp_path: Path) -> None:
    first = pack(list_bundle_files(project, Settings()))
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    for path in copy.rglob("*"):
        os.utime(path, (1, 1))
        if path.is_file():
            path.chmod(0o600)
    (copy / "application" / "__pycache__").mkdir(exist_ok=True)
    (copy / "application" / "__pycache__" / "junk.pyc").write_bytes(b"junk")
    (copy / "notes.txt").write_text("not shipped")
    assert pack(list_bundle_files(copy, Settings())) == first
    (copy / "main.py").write_text("# changed\n")
    assert pack(list_bundle_files(copy, Settings())) != first


def test_the_proxy_and_the_service_have_the_same_limit(archive: zipfile.ZipFile, project: Path) -> None:
    settings = Settings()
    limit = max(settings.maximum_body_bytes, settings.maximum_batch_bytes) + FORM_ALLOWANCE_BYTES
    assert f"client_max_body_size {limit};" in archive.read(".platform/nginx/conf.d/upload.conf").decode()
    other = Settings(maximum_body_bytes=90 << 20, body_memory_bytes=200 << 20)
    files = {file.name: file.content.decode(errors="replace") for file in list_bundle_files(project, other)}
    assert f"client_max_body_size {(90 << 20) + FORM_ALLOWANCE_BYTES};" in files[".platform/nginx/conf.d/upload.conf"]
    variables = yaml.safe_load(files[".ebextensions/service.config"])["option_settings"][
        "aws:elasticbeanstalk:application:environment"
    ]
    assert variables["MAXIMUM_BODY_BYTES"] == str(90 << 20)


def test_options_are_what_the_platform_knows(archive: zipfile.ZipFile) -> None:
    options = read_options(archive)
    process = options["aws:elasticbeanstalk:environment:process:default"]
    assert process["HealthCheckPath"] == "/health/ready"
    assert process["MatcherHTTPCode"] == "200"
    assert int(process["DeregistrationDelay"]) <= 60
    assert int(process["HealthCheckTimeout"]) < int(process["HealthCheckInterval"])
    for namespace, values in options.items():
        assert namespace.startswith("aws:")
        assert all(isinstance(value, str) for value in values.values()), "YAML must not turn them into numbers"


def test_the_service_takes_the_variables(archive: zipfile.ZipFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every variable is a setting of the service, and means what it says there."""
    variables = read_options(archive)["aws:elasticbeanstalk:application:environment"]
    for name, value in variables.items():
        assert name.lower() in Settings.model_fields
        monkeypatch.setenv(name, value)
    assert Settings().model_dump(exclude={"workers"}) == Settings.model_construct().model_dump(exclude={"workers"})


def test_options_pass_the_template_linter(archive: zipfile.ZipFile) -> None:
    """cfn-lint knows the shape of an environment's option settings."""
    lint = pytest.importorskip("cfnlint.api").lint_all
    settings = [
        {"Namespace": namespace, "OptionName": name, "Value": value}
        for namespace, values in read_options(archive).items()
        for name, value in values.items()
    ]

    def list_errors(settings: list[dict[str, str]]) -> list[str]:
        properties = {"ApplicationName": "art", "OptionSettings": settings}
        resource = {"Type": "AWS::ElasticBeanstalk::Environment", "Properties": properties}
        template = yaml.safe_dump({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Service": resource}})
        return [str(match) for match in lint(template) if match.rule.id[0] in "EW"]

    assert list_errors(settings) == []
    assert list_errors([{"OptionName": "a namespace is missing"}]), "it does look"


def test_a_model_that_would_not_load_is_not_packed(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    (copy / "models" / "scaler.joblib").write_bytes(b"something else")
    target = tmp_path / "dist" / "beanstalk.zip"
    with pytest.raises(ModelMismatchError):
        write_bundle(target, copy)
    assert not target.exists()


def test_too_large_a_bundle_is_refused() -> None:
    noise = np.random.default_rng(0).bytes(MAXIMUM_BYTES)
    with pytest.raises(UsageError, match=r"its largest file is models/big"):
        pack([BundleFile("models/big", noise), BundleFile("main.py", b"")])


def test_the_command(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "dist" / "beanstalk.zip"
    words = ["python -m deploy.bundle", "--root", str(project), "--output", str(target)]
    monkeypatch.setattr("sys.argv", words)
    assert main() == EXIT_DONE
    assert "Dockerfile" in capsys.readouterr().out
    assert zipfile.ZipFile(target).testzip() is None
    monkeypatch.setenv("MAXIMUM_BODY_BYTES", "3")
    assert main() == 2
    assert "MAXIMUM_BODY_BYTES" in capsys.readouterr().err
