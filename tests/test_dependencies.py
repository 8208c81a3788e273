"""The dependency files agree with each other, and none names a package index."""

import json
import os
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from src.paths import PROJECT_ROOT

FILES = ("Pipfile", "Pipfile.lock", "requirements.txt", "setup.py", ".ci/dependencies.py", ".ci/install")
NOT_IN_THE_SERVICE = ("selenium", "pandas", "matplotlib", "nbconvert", "pytest", "boto3", "distributed")
STUDY_PINS = ("numpy", "opencv-python-headless", "scikit-learn", "scipy", "joblib")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    root = tmp_path / "a folder"
    for name in FILES:
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT_ROOT / name, target)
    return root


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / ".ci" / "dependencies.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


def read_lock(root: Path = PROJECT_ROOT) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((root / "Pipfile.lock").read_text("utf-8"))
    return content


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


def test_the_service_needs_no_scraping_table_or_notebook_package() -> None:
    lines = (PROJECT_ROOT / "requirements.txt").read_text("utf-8").splitlines()
    names = {line.split("==")[0] for line in lines if not line.startswith("#")}
    assert {"numpy", "opencv-python-headless", "scikit-learn", "joblib", "fastapi", "uvicorn"} <= names
    assert names.isdisjoint(NOT_IN_THE_SERVICE)


def test_every_package_is_locked_with_hashes_once_for_all_pythons() -> None:
    lock = read_lock()
    versions: dict[str, set[str]] = {}
    for group, entries in lock.items():
        for name, entry in entries.items() if group != "_meta" else ():
            versions.setdefault(name, set()).add(entry["version"])
            assert entry["hashes"], name
    assert len(versions) > 100
    assert [name for name, found in versions.items() if len(found) > 1] == []


@pytest.mark.parametrize("group", ["predict", "service", "default"])
def test_what_changes_numbers_is_in_every_group_that_computes_them(group: str) -> None:
    assert set(STUDY_PINS) <= set(read_lock()[group])


def test_pip_gets_the_groups_of_the_pipfile_from_setup() -> None:
    setup = runpy.run_path(str(PROJECT_ROOT / "setup.py"))
    predict = setup["list_requirements"]("predict")
    assert "numpy==2.4.6" in predict
    assert "rich" in predict
    assert not [entry for entry in predict if entry.startswith(("selenium", "fastapi", "pandas"))]
    assert set(setup["EXTRAS"]) == {"service", "scraping", "notebooks", "dask", "dev"}
    assert "pandera[pandas]" in setup["list_requirements"]("packages")
    assert "uvloop; sys_platform != 'win32'" in setup["list_requirements"]("service")


def write_interpreter(path: Path, version: str) -> Path:
    """Write a stand-in for an interpreter of a version: it fails our check, or tells what it was asked to run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"#!{sys.executable}\nimport runpy, sys\nsys.version_info = ({version.replace('.', ', ')})\n"
        f"sys.version = '{version} (stand-in)'\n"
        "if sys.argv[1] == '-c':\n    code = sys.argv[2]\n    sys.argv = ['-c', *sys.argv[3:]]\n    exec(code)\n"
        "else:\n    print(*sys.argv)\n"
    )
    path.chmod(0o755)
    return path


def install(root: Path, path: Path | None, *arguments: str, only: bool = False) -> subprocess.CompletedProcess[str]:
    places = os.pathsep.join(filter(None, [str(path) if path else "", *(() if only else ("/usr/bin", "/bin"))]))
    command = ["/bin/bash", str(root / ".ci" / "install"), "dev", *arguments]
    environment = {"PATH": places, "HOME": str(root)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)


def test_the_newest_python_that_fits_is_taken(copy: Path, tmp_path: Path) -> None:
    for version in ("3.9.1", "3.12.4", "3.13.2", "3.99.0"):
        write_interpreter(tmp_path / "bin" / f"python{version.rpartition('.')[0]}", version)
    done = install(copy, tmp_path / "bin")
    assert done.stdout.split() == [str(tmp_path / "bin" / "python3.13"), ".ci/dependencies.py", "install", "dev"]


def test_a_python_that_does_not_fit_is_named(copy: Path, tmp_path: Path) -> None:
    old = write_interpreter(tmp_path / "python3.9", "3.9.1")
    done = install(copy, None, str(old))
    assert done.returncode == 2
    assert done.stderr == (
        f"Python >=3.11,<3.15 is needed, and none was found; {old} is Python 3.9.1: "
        "install one, or say make PYTHON=/path/to/python3\n"
    )


def link_tools(folder: Path) -> Path:
    folder.mkdir()
    for name in ("dirname", "sed", "grep", "sort"):
        (folder / name).symlink_to(shutil.which(name) or "")
    return folder


def test_a_python_without_a_number_in_its_name_is_taken(copy: Path, tmp_path: Path) -> None:
    tools = link_tools(tmp_path / "bin")
    write_interpreter(tools / "python3", "3.12.4")
    assert install(copy, tools, only=True).stdout.split()[0] == str(tools / "python3")


@pytest.mark.parametrize(("arguments", "said"), [((), "none was found: install"), (("/gone",), "no program /gone")])
def test_no_python_at_all_is_told(copy: Path, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = install(copy, link_tools(tmp_path / "bin"), *arguments, only=True)
    assert done.returncode == 2
    assert said in done.stderr


def test_an_environment_of_a_python_that_fits_is_kept(copy: Path, tmp_path: Path) -> None:
    write_interpreter(copy / ".venv" / "bin" / "python", "3.12.4")
    write_interpreter(tmp_path / "bin" / "python3.13", "3.13.2")
    assert install(copy, tmp_path / "bin").stdout.endswith("/.venv/bin/python .ci/dependencies.py install dev\n")


@pytest.mark.slow
def test_an_environment_of_another_python_is_made_anew_before_anything_is_downloaded(copy: Path) -> None:
    write_interpreter(copy / ".venv" / "bin" / "python", "3.10.0")
    lock = read_lock(copy)
    empty = {**{group: {} for group in lock}, "_meta": lock["_meta"]}
    (copy / "Pipfile.lock").write_text(json.dumps(empty))
    done = run(copy, "install", "predict")
    assert ".venv is of another Python" in done.stderr
    made = subprocess.run(
        [str(copy / ".venv" / "bin" / "python"), "-c", "import sys; print(*sys.version_info[:3])"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.split() == [str(part) for part in sys.version_info[:3]]


def make(root: Path, *arguments: str, **environment: str) -> str:
    command = ["make", "--dry-run", "--no-print-directory", *arguments]
    variables = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment}
    return subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def checkout(copy: Path) -> Path:
    shutil.copy(PROJECT_ROOT / "Makefile", copy)
    (copy / "src" / "scraping" / "browser").mkdir(parents=True)
    (copy / "src" / "scraping" / "browser" / "install.py").touch()
    return copy


STEERING = dict.fromkeys(
    [
        "WORKSPACE",
        "HOST",
        "SEED",
        "IMAGES",
        "LABELS",
        "PORT",
        "WORKERS",
        "ARTWORKS",
        "BROWSERS",
        "PYTHON",
        "PATHS",
        "TESTS",
        "VENV",
        "BIN",
    ],
    "steered",
)


@pytest.mark.parametrize("target", ["run", "serve", "gallery", "reproduce", "test", "install"])
def test_the_environment_does_not_steer_make(checkout: Path, target: str) -> None:
    assert make(checkout, target, **STEERING) == make(checkout, target)


@pytest.mark.parametrize("name", ["PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "CDPATH"])
def test_the_environment_puts_no_other_packages_before_ours(checkout: Path, name: str) -> None:
    command = ["make", "--silent", "--eval", "show: ; @env", "show"]
    environment = {"PATH": os.environ["PATH"], name: "/other", "SHOWN": "yes"}
    shown = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=True).stdout
    assert "SHOWN=yes" in shown.splitlines()
    assert "/other" not in shown


def test_a_named_python_is_looked_at_in_a_complete_environment_too(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    for size in ("predict", "job", "dev", "browser"):
        (checkout / ".venv" / f".{size}").touch()
    assert ".ci/install" not in make(checkout, "serve")
    assert ".ci/install job '/path/to/python3'" in make(checkout, "serve", "PYTHON=/path/to/python3")


def test_variables_of_the_command_line_reach_the_command_whatever_is_in_them(checkout: Path) -> None:
    said = make(checkout, "run", "WORKSPACE=my dir", "IMAGES=it's here", "LABELS=a;b.csv", "ARTWORKS=300")
    command = shlex.split(said.split("-m src.pipeline", 1)[1].replace("\\\n", " "))
    options = dict(zip(command[::2], command[1::2], strict=True))
    assert options["--workspace"] == "my dir"
    assert options["--images"] == "it's here"
    assert options["--labels"] == "a;b.csv"
    assert options["--artworks"] == "300"


@pytest.mark.parametrize("target", ["predict", "serve", "check", "report"])
def test_a_browser_is_asked_for_only_by_what_needs_one(checkout: Path, target: str) -> None:
    assert "scraping.browser.install" not in make(checkout, target, "PATHS=x")
    assert "scraping.browser.install" in make(checkout, "run")
