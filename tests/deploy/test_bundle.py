"""The bundle, opened and held to what the platform and the service expect."""

import io
import os
import zipfile
from pathlib import Path

import pytest
import yaml

from application.settings import FORM_ALLOWANCE_BYTES
from deploy.bundle import (
    BUNDLE,
    NGINX_TARGET,
    SAVED_CONFIGURATION,
    VARIABLES,
    collect_files,
    list_copied_files,
    main,
    pack,
)
from src.errors import ModelError, UsageError
from src.paths import PROJECT_ROOT


def set_variables(project: Path, **values: str) -> None:
    place = project / SAVED_CONFIGURATION
    configuration = yaml.safe_load(place.read_text("utf-8"))
    configuration["OptionSettings"][VARIABLES].update(values)
    place.write_text(yaml.safe_dump(configuration), "utf-8")


def test_it_holds_what_the_dockerfile_copies_and_the_proxys_limit(shipped: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(pack(collect_files(shipped)))) as archive:
        copied = {path.as_posix() for path in list_copied_files(shipped)}
        assert set(archive.namelist()) == {"Dockerfile", NGINX_TARGET} | copied
        assert {"main.py", "requirements.txt", "models/model_card.json", "src/models/artefacts.py"} <= copied
        assert all(archive.read(name) == (shipped / name).read_bytes() for name in copied)
        assert archive.read("Dockerfile") == (PROJECT_ROOT / "dockerfile").read_bytes()
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}


def test_the_same_input_gives_the_same_bytes(project: Path) -> None:
    first = pack(collect_files(project))
    for path in filter(Path.is_file, project.rglob("*")):
        os.utime(path, (1, 1))
        path.chmod(0o600)
    (project / "src" / "__pycache__").mkdir()
    for name in ("src/__pycache__/junk.pyc", "application/.hidden", "notes.txt"):
        (project / name).write_text("not shipped")
    assert pack(collect_files(project)) == first


def test_the_proxy_takes_what_the_service_takes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAXIMUM_BATCH_BYTES", "1024")  # the author's environment has no say
    limit = (64 << 20) + FORM_ALLOWANCE_BYTES
    assert f"client_max_body_size {limit};" in collect_files(project)[NGINX_TARGET].decode()
    set_variables(project, MAXIMUM_BODY_BYTES=str(90 << 20), REQUEST_SECONDS="40.5")
    nginx = collect_files(project)[NGINX_TARGET].decode()
    assert f"client_max_body_size {(90 << 20) + FORM_ALLOWANCE_BYTES};" in nginx
    assert "proxy_read_timeout 46s;" in nginx


def test_an_unusable_bundle_is_found_before_it_is_used(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle, root = project / BUNDLE, ["--root", str(project)]

    def check(said: str) -> None:
        assert main([*root, "--check"]) == 2
        message = capsys.readouterr().err
        assert said in message
        assert "make eb-bundle" in message

    check("cannot be read as a zip file")
    assert main(root) == main([*root, "--check"]) == 0
    (project / "main.py").write_text("# newer\n")
    check("main.py differ")
    bundle.write_bytes(b"no zip")
    check("cannot be read as a zip file")
    with zipfile.ZipFile(bundle, "w") as archive:  # the folder was zipped, not its content
        for name, content in collect_files(project).items():
            archive.writestr(f"project/{name}", content)
    check("Dockerfile")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("MAXIMUM_BODY_BYTES", "3", "MAXIMUM_BODY_BYTES: "), ("MAXIMUM_BODY_BITES", "30000000", "expected settings of")],
)
def test_settings_that_the_service_refuses_are_not_packed(project: Path, name: str, value: str, said: str) -> None:
    set_variables(project, **{name: value})
    with pytest.raises(UsageError, match=said):
        collect_files(project)


def test_what_would_fail_in_production_is_not_packed(project: Path) -> None:
    (project / "main.py").rename(project / "other.py")
    with pytest.raises(UsageError, match=r"copies main\.py, which .* lacks"):
        collect_files(project)
    (project / "models" / "scaler.joblib").write_bytes(b"something else")
    with pytest.raises(ModelError):
        collect_files(project)


def test_the_environment_updates_without_losing_the_old_version() -> None:
    """cfn-lint knows the shape of an environment's option settings."""
    options = yaml.safe_load((PROJECT_ROOT / SAVED_CONFIGURATION).read_text("utf-8"))["OptionSettings"]
    assert options["aws:elasticbeanstalk:command"]["DeploymentPolicy"] == "Immutable"
    assert options["aws:elasticbeanstalk:environment:process:default"]["HealthCheckPath"] == "/health/ready"
    settings = [
        {"Namespace": namespace, "OptionName": name, "Value": value}
        for namespace, values in options.items()
        for name, value in values.items()
    ]
    assert all(isinstance(setting["Value"], str) for setting in settings), "YAML must not turn them into numbers"
    lint = pytest.importorskip("cfnlint.api").lint_all
    properties = {"ApplicationName": "art", "OptionSettings": settings}
    resource = {"Type": "AWS::ElasticBeanstalk::Environment", "Properties": properties}
    template = yaml.safe_dump({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Service": resource}})
    assert [str(match) for match in lint(template) if match.rule.id[0] in "EW"] == []


def test_eb_uploads_the_bundle() -> None:
    configuration = yaml.safe_load((PROJECT_ROOT / ".elasticbeanstalk" / "config.yml").read_text("utf-8"))
    assert configuration["deploy"]["artifact"] == BUNDLE.as_posix()
    assert "Docker" in configuration["global"]["default_platform"]
