"""The dependency files agree with each other, and none names a package index; make is steered by its command line."""

import json
import os
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from src.paths import PROJECT_ROOT
from tests.support.commands import run_command, run_python

FILES = ("Pipfile", "Pipfile.lock", "requirements.txt", "setup.py", ".ci/dependencies.py", ".ci/install", "Makefile")
STUDY_PINS = {"numpy", "opencv-python-headless", "scikit-learn", "scipy", "joblib"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    root = tmp_path / "a folder"
    for name in (*FILES, "src/scraping/browser/install.py"):
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT_ROOT / name, target)
    return root


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_python(root / ".ci" / "dependencies.py", *arguments)


def test_the_committed_files_agree(copy: Path) -> None:
    done = run(copy, "check")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("requirements.txt", "numpy==", "numpy==9.", "requirements.txt does not follow"),
        ("Pipfile", "selenium", "selenium-wire", "not made from this Pipfile"),
        ("Pipfile", "install_search_all_sources = true", "", "pipenv fails without a source"),
        ("Pipfile.lock", '"sources": []', '"sources": [{"name": "x", "url": "y"}]', "names a package index"),
        ("setup.py", ">=3.11", ">=3.10", "setup.py promises Python >=3.10"),
        (
            "Pipfile.lock",
            '"version": "==2.10"',
            '"version": "==2.10", "markers": "python_full_version >= \'3.11.5\'"',
            "leaves out releases of the promised Python",
        ),
    ],
)
def test_a_drift_is_found_and_nothing_is_written(copy: Path, name: str, old: str, new: str, said: str) -> None:
    path = copy / name
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")
    before = {entry: (copy / entry).read_bytes() for entry in FILES}
    done = run(copy, "check")
    assert done.returncode == 1
    assert said in done.stderr
    assert before == {entry: (copy / entry).read_bytes() for entry in FILES}


def test_every_group_that_computes_numbers_locks_their_libraries_with_hashes() -> None:
    lock = json.loads((PROJECT_ROOT / "Pipfile.lock").read_text("utf-8"))
    assert all(set(lock[group]) >= STUDY_PINS for group in ("predict", "service", "default"))
    assert all(entry["hashes"] for group, entries in lock.items() if group != "_meta" for entry in entries.values())
    assert set(lock["service"]).isdisjoint({"selenium", "pandas", "matplotlib", "nbconvert", "pytest", "distributed"})


def test_pip_gets_the_groups_of_the_pipfile_from_setup() -> None:
    setup = runpy.run_path(str(PROJECT_ROOT / "setup.py"))
    predict = setup["list_requirements"]("predict")
    assert {"numpy==2.4.6", "rich"} <= set(predict)
    assert not [entry for entry in predict if entry.startswith(("selenium", "fastapi", "pandas"))]
    assert "uvloop; sys_platform != 'win32'" in setup["list_requirements"]("service")


def write_interpreter(path: Path, version: str) -> Path:
    """Write a stand-in for an interpreter of a version: it fails our check, or prints what it was asked to run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"#!{sys.executable}\nimport runpy, sys\nsys.version_info = ({version.replace('.', ', ')})\n"
        f"sys.version = '{version} (stand-in)'\n"
        "if sys.argv[1] == '-c':\n    code = sys.argv[2]\n    sys.argv = ['-c', *sys.argv[3:]]\n    exec(code)\n"
        "else:\n    print(*sys.argv)\n"
    )
    path.chmod(0o755)
    return path


def install(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installer where there are no programs but those of the folder ``bin`` and what it calls itself."""
    tools = root / "bin"
    tools.mkdir(exist_ok=True)
    for name in ("dirname", "sed", "grep", "sort"):
        (tools / name).symlink_to(shutil.which(name) or "")
    environment = {"PATH": str(tools), "HOME": str(root)}
    return run_command("/bin/bash", root / ".ci" / "install", "dev", *arguments, environment=environment)


@pytest.mark.parametrize(
    ("found", "taken"),
    [
        ({"bin/python3.9": "3.9.1", "bin/python3.12": "3.12.4", "bin/python3.13": "3.13.2"}, "bin/python3.13"),
        ({"bin/python3.12": "3.12.4", "bin/python3.99": "3.99.0"}, "bin/python3.12"),
        ({"bin/python3": "3.12.4"}, "bin/python3"),
        ({".venv/bin/python": "3.12.4", "bin/python3.13": "3.13.2"}, ".venv/bin/python"),
    ],
)
def test_the_newest_python_that_fits_is_taken_but_an_environment_is_kept(
    copy: Path, found: dict[str, str], taken: str
) -> None:
    for name, version in found.items():
        write_interpreter(copy / name, version)
    python, *command = install(copy).stdout.removeprefix(f"{copy}/").rsplit(maxsplit=3)
    assert python.endswith(taken)
    assert command == [".ci/dependencies.py", "install", "dev"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((), "none was found: install"), (("/gone",), "no program /gone"), (("bin/old",), "bin/old is Python 3.9.1:")],
)
def test_no_python_that_fits_is_an_error_in_words(copy: Path, arguments: tuple[str, ...], said: str) -> None:
    write_interpreter(copy / "bin" / "old", "3.9.1")
    done = install(copy, *arguments)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.slow
def test_an_environment_of_another_python_is_made_anew_before_anything_is_downloaded(copy: Path) -> None:
    write_interpreter(copy / ".venv" / "bin" / "python", "3.10.0")
    lock = json.loads((copy / "Pipfile.lock").read_text("utf-8"))
    (copy / "Pipfile.lock").write_text(json.dumps({**{group: {} for group in lock}, "_meta": lock["_meta"]}))
    assert ".venv is of another Python" in run(copy, "install", "predict").stderr
    made = run_command(copy / ".venv" / "bin" / "python", "-c", "import sys; print(sys.version)")
    assert made.stdout == f"{sys.version}\n"


def make(root: Path, *arguments: str, **environment: str) -> str:
    variables = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment}
    done = run_command("make", "--dry-run", "--no-print-directory", *arguments, folder=root, environment=variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


VARIABLES = "WORKSPACE HOST SEED IMAGES LABELS PORT WORKERS ARTWORKS BROWSERS PYTHON PATHS TESTS VENV BIN"


def test_the_environment_does_not_steer_make(copy: Path) -> None:
    targets = ("run", "serve", "gallery", "reproduce", "test", "install")
    assert make(copy, *targets, **dict.fromkeys(VARIABLES.split(), "steered")) == make(copy, *targets)


def test_the_environment_puts_no_other_packages_before_ours(copy: Path) -> None:
    names = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "CDPATH")
    shown = make(copy, "--eval", "show: ; +@env", "show", **dict.fromkeys(names, "/other"), SHOWN="yes")
    assert "SHOWN=yes" in shown.splitlines()
    assert "/other" not in shown


def test_a_named_python_is_looked_at_in_a_complete_environment_too(copy: Path) -> None:
    (copy / ".venv").mkdir()
    for size in ("predict", "job", "dev", "browser"):
        (copy / ".venv" / f".{size}").touch()
    assert ".ci/install" not in make(copy, "serve")
    assert ".ci/install job '/path/to/python3'" in make(copy, "serve", "PYTHON=/path/to/python3")


def test_variables_of_the_command_line_reach_the_command_whatever_is_in_them(copy: Path) -> None:
    said = make(copy, "run", "WORKSPACE=my dir", "IMAGES=it's here", "LABELS=a;b.csv", "ARTWORKS=300")
    command = shlex.split(said.split("-m src.pipeline", 1)[1].replace("\\\n", " "))
    options = dict(zip(command[::2], command[1::2], strict=True))
    expected = {"--workspace": "my dir", "--images": "it's here", "--labels": "a;b.csv", "--artworks": "300"}
    assert expected.items() <= options.items()


def test_a_browser_is_asked_for_only_by_what_needs_one(copy: Path) -> None:
    assert "scraping.browser.install" not in make(copy, "predict", "serve", "check", "report", "PATHS=x")
    assert "scraping.browser.install" in make(copy, "run")
