"""Keep the dependency files together, and install from them.

``python .ci/dependencies.py install SIZE``  fills .venv from the lock: predict, job or dev;
``python .ci/dependencies.py lock``          resolves the Pipfile into Pipfile.lock and requirements.txt;
``python .ci/dependencies.py check``         reads only: says what has drifted, exits 1.

Installing needs nothing but the standard library, because it runs before anything is installed.
"""

import argparse
import fcntl
import hashlib
import json
import os
import re
import runpy
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PIPFILE = ROOT / "Pipfile"
LOCK = ROOT / "Pipfile.lock"
SETUP = ROOT / "setup.py"
REQUIREMENTS = ROOT / "requirements.txt"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

NO_GROUPS = {"source", "requires", "pipenv"}
"""Tables of the Pipfile that hold no packages."""

LOCK_NAMES = {"packages": "default", "dev-packages": "develop"}
"""Groups that are called otherwise in the lock."""

SIZES = {
    "predict": ("build", "predict"),
    "job": ("build", "predict", "default"),
    "dev": ("build", "predict", "default", "service", "notebooks", "dask", "develop"),
}
"""Groups of the lock in each size of installation, the smallest first: each contains the ones before."""

HEADER = (
    "# Runtime of the microservice only, made from Pipfile.lock (group: service).\n"
    "# Do not edit: change the Pipfile and run `make lock`.\n"
)


PINS = re.compile(r"^([a-z0-9-]+)(==[^\s;\\]+)(?: ; ([^\\\n]+?))?(?: \\)?\n((?:    --hash=.*\n?)*)", flags=re.MULTILINE)
"""A requirement as uv prints it: name, version, markers, and lines of hashes."""


def read_lock() -> dict[str, Any]:
    """Read the lock file."""
    content: dict[str, Any] = json.loads(LOCK.read_text("utf-8"))
    return content


def read_setup() -> dict[str, Any]:
    """Read the names of setup.py: its PYTHON_REQUIRES, and its function that lists a group's requirements."""
    return runpy.run_path(str(SETUP))


def hash_pipfile() -> str:
    """Hash the Pipfile's content as pipenv does, so that ``pipenv install --deploy`` takes the lock."""
    content = tomllib.loads(PIPFILE.read_text("utf-8"))
    data = {"_meta": {"sources": content.get("source", {}), "requires": content.get("requires", {})}}
    data.update({LOCK_NAMES.get(group, group): content[group] for group in content if group not in NO_GROUPS})
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def format_requirements(lock: dict[str, Any], groups: tuple[str, ...], *, hashed: bool) -> str:
    """Turn groups of the lock into pip requirements, sorted by name; of two markers of one package, either holds."""
    entries: dict[str, dict[str, Any]] = {}
    for group in groups:
        for name, entry in lock[group].items():
            known = entries.setdefault(name, {**entry, "markers": set()})
            known["markers"].add(entry.get("markers", ""))
    lines = []
    for name, entry in sorted(entries.items()):
        markers = [] if "" in entry["markers"] else sorted(entry["markers"])
        line = name + entry["version"]
        if markers:
            line += " ; " + (markers[0] if len(markers) == 1 else " or ".join(f"({marker})" for marker in markers))
        if hashed:
            line += "".join(f" --hash={value}" for value in entry["hashes"])
        lines.append(line)
    return "\n".join(lines) + "\n"


def install(size: str) -> None:
    """Make .venv, or keep it where its Python fits, and fill it; other installations wait for this one."""
    handle = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    make_environment()
    stamp = VENV / f".{size}"
    inputs = (LOCK, SETUP, Path(__file__))
    if stamp.is_file() and stamp.stat().st_mtime >= max(path.stat().st_mtime for path in inputs):
        return
    wanted = VENV / "requirements.txt"
    wanted.write_text(format_requirements(read_lock(), SIZES[size], hashed=True), "utf-8")
    # Python compiles what it imports; the rest, compiled too, would take a fifth more place (499 MiB, not 418).
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-compile"]
    for arguments in (
        # The lock is complete; older pips would ask for a hash of each extra (coverage[toml]) once more.
        ["--no-deps", "--require-hashes", "-r", str(wanted)],
        ["--no-deps", "--no-build-isolation", "-e", str(ROOT)],
    ):
        if subprocess.run([*pip, *arguments], check=False).returncode:
            raise SystemExit(
                "the packages were not installed; pip says above why (no connection, a full disk, no write access?): "
                "the same command goes on from there"
            )
    names = list(SIZES)
    for name in names[: names.index(size) + 1]:
        (VENV / f".{name}").touch()


def make_environment() -> None:
    """Make .venv of the interpreter that runs this; one of another version or without pip is made anew."""
    here = sys.version.split()[0]
    if PYTHON.exists():
        probe = [str(PYTHON), "-c", "import pip, sys; print(sys.version.split()[0])"]
        if subprocess.run(probe, capture_output=True, text=True, check=False).stdout.strip() == here:
            return
    if VENV.is_symlink() or VENV.is_file():
        raise SystemExit(f".venv is a file, or a link to no environment of Python {here}: remove it")
    if VENV.exists():
        sys.stderr.write(f".venv is of another Python than {here}, or unfinished: it is made anew\n")
    base = getattr(sys, "_base_executable", sys.executable)  # we may run in .venv itself
    if not os.access(ROOT, os.W_OK):
        raise SystemExit(
            f"{ROOT} may not be written, so there is no place for .venv: copy the project to a folder of yours"
        )
    if subprocess.run([base, "-m", "venv", "--clear", str(VENV)], check=False).returncode:
        raise SystemExit(".venv was not made; Python's venv says above why")


def lock_everything(*, upgrade: bool) -> None:
    """Resolve all groups together for all promised Pythons, then give each group its share of the pins."""
    setup = read_setup()
    promised, list_requirements = setup["PYTHON_REQUIRES"], setup["list_requirements"]
    groups = [name for name in tomllib.loads(PIPFILE.read_text("utf-8")) if name not in NO_GROUPS]
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "pins.txt"
        if LOCK.is_file() and not upgrade:  # keep what still fits
            lock = read_lock()
            pins.write_text(format_requirements(lock, tuple(set(lock) - {"_meta"}), hashed=False), "utf-8")
        resolve([entry for group in groups for entry in list_requirements(group)], promised, pins)
        shares = {group: resolve(list_requirements(group), promised, pins, constrained=True) for group in groups}
    meta = {
        "hash": {"sha256": hash_pipfile()},
        "pipfile-spec": 6,
        "python_requires": promised,
        "requires": {},
        "sources": [],
    }
    content = {"_meta": meta, **{LOCK_NAMES.get(group, group): share for group, share in shares.items()}}
    LOCK.write_text(json.dumps(content, indent=4, sort_keys=True) + "\n", "utf-8")
    REQUIREMENTS.write_text(HEADER + format_requirements(content, ("service",), hashed=False), "utf-8")


def resolve(wanted: list[str], promised: str, pins: Path, *, constrained: bool = False) -> dict[str, Any]:
    """Pin requirements, one version for all promised Pythons; constrained to the file ``pins``, or into it."""
    lowest = promised.split(",", maxsplit=1)[0].removeprefix(">=")
    command = [
        "uv", "pip", "compile", "-", "--quiet", "--universal", "--python-version", lowest, "--fork-strategy", "fewest",
        "--no-header", "--no-annotate", "--no-emit-index-url",
    ]  # fmt: skip
    command += ["--generate-hashes", "--constraints", str(pins)] if constrained else ["--output-file", str(pins)]
    environment = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        command, input="\n".join(wanted), text=True, stdout=subprocess.PIPE, check=False, env=environment
    )
    if done.returncode:
        raise SystemExit("the Pipfile was not resolved; uv says above why")
    entries: dict[str, Any] = {}
    for name, version, markers, hashes in PINS.findall(done.stdout):
        if name in entries:
            raise SystemExit(f"{name} would be locked in two versions, which a Pipfile.lock cannot hold: pin it")
        entries[name] = {"hashes": re.findall(r"sha256:[0-9a-f]{64}", hashes), "version": version}
        if markers:
            entries[name]["markers"] = markers
    return entries


def find_drift(lock: dict[str, Any]) -> list[str]:
    """List what does not agree between setup.py, Pipfile, lock and requirements.txt."""
    problems = []
    promised = read_setup()["PYTHON_REQUIRES"]
    pipfile = tomllib.loads(PIPFILE.read_text("utf-8"))
    if not pipfile["source"] and not pipfile.get("pipenv", {}).get("install_search_all_sources"):
        problems.append("Pipfile: pipenv fails without a source unless install_search_all_sources is set")
    if lock["_meta"]["hash"]["sha256"] != hash_pipfile():
        problems.append("Pipfile.lock was not made from this Pipfile: run `make lock`")
    if lock["_meta"].get("python_requires") != promised:
        problems.append(
            f"setup.py promises Python {promised}, Pipfile.lock holds for {lock['_meta'].get('python_requires')}: "
            "run `make lock`"
        )
    if lock["_meta"]["sources"] or '"index"' in json.dumps(lock):
        problems.append("Pipfile.lock names a package index: run `make lock`")
    versions: dict[str, set[str]] = {}
    for group, entries in lock.items():
        for name, entry in entries.items() if group != "_meta" else ():
            versions.setdefault(name, set()).add(entry["version"])
            problems += check_markers(f"{name} of group {group}", entry.get("markers"), promised)
    problems += [
        f"Pipfile.lock: {name} is {found}: run `make lock`" for name, found in versions.items() if len(found) > 1
    ]
    expected = HEADER + format_requirements(lock, ("service",), hashed=False)
    if not REQUIREMENTS.exists() or REQUIREMENTS.read_text("utf-8") != expected:
        problems.append("requirements.txt does not follow from Pipfile.lock: run `make lock`")
    return problems


def check_markers(name: str, marker: str | None, promised: str) -> list[str]:
    """Say where a marker leaves a package out of early releases of a promised Python (pip then misses a pin)."""
    from packaging.markers import Marker  # noqa: PLC0415 - only the check, which runs in .venv
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415

    if marker is None or "python" not in marker:
        return []
    for minor in range(8, 30):
        first, last = f"3.{minor}.0", f"3.{minor}.99"
        if last in SpecifierSet(promised):
            answers = {
                Marker(marker).evaluate({"python_version": f"3.{minor}", "python_full_version": full})
                for full in (first, last)
            }
            if len(answers) > 1:
                return [f"Pipfile.lock: {name} ({marker}) leaves out releases of the promised Python {promised}"]
    return []


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("install", help="fill .venv from the lock").add_argument("size", choices=SIZES)
    commands.add_parser("lock", help="resolve the Pipfile").add_argument("--upgrade", action="store_true")
    commands.add_parser("check", help="read only: exit 1 when something has drifted")
    arguments = parser.parse_args()
    if arguments.command == "install":
        try:
            install(arguments.size)
        except OSError as error:
            sys.stderr.write(f".venv cannot be made or written: {error}\n")
            return 2
        except SystemExit as error:
            sys.stderr.write(f"{error}\n")
            return 2
        except KeyboardInterrupt:
            sys.stderr.write("interrupted: the same command goes on from here\n")
            return 130
    elif arguments.command == "lock":
        lock_everything(upgrade=arguments.upgrade)
    else:
        problems = find_drift(read_lock())
        for problem in problems:
            print(problem, file=sys.stderr)
        return 1 if problems else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
