"""What can be said of the container test where no container can run."""

import pytest

from deploy.container_test import is_same, main


def test_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "")
    assert main([]) == 2
    assert "apt-get install podman" in capsys.readouterr().err


def test_other_answers_are_found() -> None:
    answer = 200, {"prediction": "RED", "probabilities": {"RED": 0.9, "BLUE": 0.1}}
    assert is_same(answer, answer)
    assert not is_same(answer, (422, {"title": "The picture cannot be decoded"}))
    assert not is_same(answer, (200, {"prediction": "RED", "probabilities": {"RED": 0.9 + 1e-6, "BLUE": 0.1 - 1e-6}}))
