"""What can be said of the container test without a container: its judgement, and what it says where none can run."""

from pathlib import Path

import pytest

from deploy.bundle import list_copied_files
from deploy.container_test import ContainerError, check_inside, main


def test_a_bad_container_is_found(shipped: Path) -> None:
    lines = (shipped / "requirements.txt").read_text().splitlines()
    seen = {
        "packages": [line.split("==")[0] for line in lines if line[:1].isalpha()],
        "left_over": [],
        "user": 10001,
        "writable": [],
        "files": [f"/app/{path}" for path in list_copied_files(shipped) if path.name != "requirements.txt"],
    }
    check_inside(seen, shipped)
    bad = {"packages": ["numpy"], "left_over": ["gcc"], "user": 0, "writable": ["/app"], "files": []}
    for name, value in bad.items():
        with pytest.raises(ContainerError, match="does not hold"):
            check_inside({**seen, name: value}, shipped)


def test_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "")
    assert main([]) == 2
    assert "apt-get install podman" in capsys.readouterr().err
