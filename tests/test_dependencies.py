"""The dependency files agree with each other, and none names a package index."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from src.paths import PROJECT_ROOT

FILES = ("Pipfile", "Pipfile.lock", "requirements.txt", ".ci/dependencies.py")
NOT_IN_THE_SERVICE = ("selenium", "pandas", "matplotlib", "jupyterlab", "pytest", "boto3", "distributed")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in FILES:
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT_ROOT / name, target)
    return tmp_path


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / ".ci" / "dependencies.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


def test_the_committed_files_agree(copy: Path) -> None:
    done = run(copy, "check")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("requirements.txt", "numpy==", "numpy==9.", "requirements.txt does not follow"),
        ("Pipfile", "selenium", "selenium-wire", "not made from this Pipfile"),
        ("Pipfile.lock", '"sources": []', '"sources": [{"name": "x", "url": "y"}]', "names a package index"),
    ],
)
def test_a_drift_is_found_and_nothing_is_written(copy: Path, name: str, old: str, new: str, said: str) -> None:
    path = copy / name
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    before = {entry: (copy / entry).read_bytes() for entry in FILES}
    done = run(copy, "check")
    assert done.returncode == 1
    assert said in done.stderr
    assert before == {entry: (copy / entry).read_bytes() for entry in FILES}


def test_writing_mends_what_pipenv_and_people_leave(copy: Path) -> None:
    lock = json.loads((copy / "Pipfile.lock").read_text("utf-8"))
    lock["_meta"]["sources"] = [{"name": "somewhere"}]
    lock["default"]["numpy"]["index"] = "somewhere"
    (copy / "Pipfile.lock").write_text(json.dumps(lock), "utf-8")
    (copy / "requirements.txt").write_text("", "utf-8")
    assert run(copy, "write").returncode == 0
    assert run(copy, "check").returncode == 0
    assert "somewhere" not in (copy / "Pipfile.lock").read_text("utf-8")


def test_the_service_needs_no_scraping_table_or_notebook_package() -> None:
    lines = (PROJECT_ROOT / "requirements.txt").read_text("utf-8").splitlines()
    names = {line.split("==")[0] for line in lines if not line.startswith("#")}
    assert {"numpy", "opencv-python-headless", "scikit-learn", "joblib", "fastapi", "uvicorn"} <= names
    assert names.isdisjoint(NOT_IN_THE_SERVICE)


def test_every_package_is_installed_by_hash(copy: Path, tmp_path: Path) -> None:
    target = tmp_path / "everything.txt"
    assert run(copy, "install", str(target)).returncode == 0
    lines = target.read_text("utf-8").splitlines()
    assert len(lines) > 100
    assert all("--hash=sha256:" in line for line in lines)
