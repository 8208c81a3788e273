"""What can be said of the container test without a container: its judgement, and what it says where none can run."""

from pathlib import Path
from typing import Any

import pytest

from deploy.bundle import list_copied_files
from deploy.container_test import Answer, Report, check_inside, compare_answers, main


def answer(**changes: Any) -> Answer:
    document = {"prediction": "RED", "probabilities": {"RED": 0.75, "BLUE": 0.25}, **changes}
    return Answer(200, document)


@pytest.mark.parametrize(
    ("theirs", "problems"),
    [
        (answer(probabilities={"RED": 0.75 + 1e-12, "BLUE": 0.25}, request_id="x"), 0),
        (answer(prediction="BLUE"), 1),
        (answer(probabilities={"RED": 0.7501, "BLUE": 0.25}), 1),
        (answer(probabilities={"RED": 0.75}), 1),
        (Answer(500, answer().document), 1),
    ],
)
def test_answers_may_differ_in_rounding_and_request_id_only(theirs: Answer, problems: int) -> None:
    assert len(compare_answers({"a.jpg": answer()}, {"a.jpg": theirs})) == problems


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, 0),
        ({"packages": ["numpy"]}, 1),
        ({"left_over": ["gcc"]}, 1),
        ({"user": 0}, 1),
        ({"writable": ["/app"]}, 1),
        ({"files": ["/app/main.py"]}, 1),
    ],
)
def test_a_bad_container_is_found(shipped: Path, changes: dict[str, Any], broken: int) -> None:
    lines = (shipped / "requirements.txt").read_text().splitlines()
    seen = {
        "packages": [line.split("==")[0] for line in lines if line[:1].isalpha()],
        "left_over": [],
        "user": 10001,
        "writable": [],
        "files": [f"/app/{path}" for path in list_copied_files(shipped) if path.name != "requirements.txt"],
    }
    report = Report()
    check_inside({**seen, **changes}, shipped, report)
    assert len(report.broken) == broken


def test_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "")
    assert main([]) == 2
    assert "apt-get install podman" in capsys.readouterr().err
