"""What can be said of the container test without a container: its judgement, and what it says where none can run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.container_checks import Answer, Inside, check_inside, compare_answers
from deploy.container_engine import EngineOptions, find_engine
from deploy.container_test import main
from deploy.context import list_context
from deploy.release import read_release
from deploy.sample_pictures import BAD_FILES, SamplePicture, collect_samples
from src.errors import MissingToolError, ModelMissingError, UsageError
from src.features.decode_image import decode_image

SAMPLE = SamplePicture("a.jpg", b"")


def answer(**changes: Any) -> Answer:
    document = {"prediction": "RED", "probabilities": {"RED": 0.75, "BLUE": 0.25}, **changes}
    return Answer(200, document)


def test_alike_answers_differ_in_rounding_and_request_id_only() -> None:
    theirs = answer(probabilities={"RED": 0.75 + 1e-12, "BLUE": 0.25}, request_id="x")
    assert compare_answers([SAMPLE], [answer()], [theirs]) == []


@pytest.mark.parametrize(
    "theirs",
    [
        answer(prediction="BLUE"),
        answer(probabilities={"RED": 0.7501, "BLUE": 0.25}),
        answer(probabilities={"RED": 0.75}),
        Answer(500, answer().document),
    ],
)
def test_other_answers_are_found(theirs: Answer) -> None:
    problems = compare_answers([SAMPLE], [answer()], [theirs])
    assert len(problems) == 1
    assert problems[0].startswith("a.jpg: here 200")


def make_inside(project: Path, **changes: Any) -> Inside:
    lines = (project / "requirements.txt").read_text().splitlines()
    packages = [line.split("==")[0] for line in lines if "==" in line]
    seen: Mapping[str, Any] = {
        "packages": packages,
        "pip": False,
        "tools": [],
        "caches": [],
        "uid": 10001,
        "writable": [],
        "files": [f"/app/{path}" for path in list_context(project) if path.name != "requirements.txt"],
    }
    return Inside({**seen, **changes})


def test_a_good_container_has_no_problems(project: Path) -> None:
    inside = make_inside(project)
    assert check_inside(inside, project) == []
    with_caches = [*inside.seen["files"], "/app/application/__pycache__/factory.cpython-311.pyc"]
    assert check_inside(make_inside(project, files=with_caches), project) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"packages": ["numpy"]}, "packages differ"),
        ({"packages": ["pandas"]}, "do not belong there"),
        ({"pip": True}, "left over: pip"),
        ({"tools": ["gcc"]}, "left over"),
        ({"uid": 0}, "as root"),
        ({"writable": ["/app"]}, "may write"),
        ({"files": ["/app/main.py"]}, "files differ"),
    ],
)
def test_a_bad_container_is_found(project: Path, changes: dict[str, Any], expected: str) -> None:
    problems = check_inside(make_inside(project, **changes), project)
    assert any(expected in problem for problem in problems)


def test_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("deploy.container_engine.shutil.which", lambda _: None)
    with pytest.raises(MissingToolError, match="docker is not installed, and buildah and podman"):
        find_engine(EngineOptions())
    assert main([]) == 2
    assert "apt-get install buildah podman" in capsys.readouterr().err


def test_the_sandbox_keeps_to_its_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("deploy.container_engine.shutil.which", lambda name: f"/usr/bin/{name}")
    engine = find_engine(EngineOptions(tmp_path, in_sandbox=True))
    assert not engine.is_docker
    assert str(tmp_path / "storage") in engine.runner
    assert "chroot" in engine.build_options
    assert engine.environment["CONTAINERS_CONF"] == str(tmp_path / "containers.conf")


def test_samples_are_real_files_of_every_type_and_bad_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.sample_pictures.PAINTINGS", tmp_path / "absent")
    samples = collect_samples(None, 3)
    assert [sample.name for sample in samples[:3]] == ["made-0.jpg", "made-1.png", "made-2.webp"]
    for sample in samples[:3]:
        assert decode_image(sample.content).ndim == 3
    assert {sample.name for sample in samples[3:]} == set(BAD_FILES)
    for name in ("c.jpg", "a.png", "b.webp", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [sample.name for sample in collect_samples(tmp_path, 2)[:2]] == ["a.png", "b.webp"]
    with pytest.raises(UsageError, match="holds no pictures"):
        collect_samples(Path(__file__).parent, 2)


def test_the_release_is_version_and_model(project: Path, tmp_path: Path) -> None:
    release = read_release(project)
    assert release.version.count(".") == 2
    assert release.build_arguments[1:] == (
        f"VERSION={release.version}",
        "--build-arg",
        f"MODEL_HASH={release.model_hash}",
    )
    with pytest.raises(ModelMissingError):
        read_release(tmp_path)
