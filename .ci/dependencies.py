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


def read_pipfile() -> dict[str, Any]:
    """Read the Pipfile."""
    return tomllib.loads((ROOT / "Pipfile").read_text("utf-8"))


def hash_pipfile() -> str:
    """Hash the Pipfile's content as pipenv does, so that ``pipenv install --deploy`` takes the lock."""
    content = read_pipfile()
    data = {"_meta": {"sources": content.get("source", {}), "requires": content.get("requires", {})}}
    data.update({LOCK_NAMES.get(group, group): content[group] for group in content if group not in NO_GROUPS})
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def format_requirements(lock: dict[str, Any], groups: tuple[str, ...], *, hashed: bool) -> str:
    """Turn groups of the lock into pip requirements, sorted by name; of two markers of one package, either holds."""
    entries: dict[str, dict[str, Any]] = {}
    for group in groups:
        for name, entry in lock[group].items():
            entries.setdefault(name, {**entry, "markers": set()})["markers"].add(entry.get("markers", ""))
    lines = []
    for name, entry in sorted(entries.items()):
        markers = [] if "" in entry["markers"] else sorted(entry["markers"])
        either = markers[0] if len(markers) == 1 else " or ".join(f"({marker})" for marker in markers)
        hashes = "".join(f" --hash={value}" for value in entry["hashes"]) if hashed else ""
        lines.append(f"{name}{entry['version']}{f' ; {either}' if either else ''}{hashes}\n")
    return "".join(lines)


def install(size: str) -> None:
    """Make .venv, or keep it where its Python fits, and fill it; other installations wait for this one."""
    handle = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    make_environment()
    stamp = VENV / f".{size}"
    if stamp.is_file() and stamp.stat().st_mtime >= max(path.stat().st_mtime for path in (LOCK, SETUP, Path(__file__))):
        return
    wanted = VENV / "requirements.txt"
    wanted.write_text(format_requirements(json.loads(LOCK.read_text("utf-8")), SIZES[size], hashed=True), "utf-8")
    # Python compiles what it imports; the rest, compiled too, would take a fifth more place (499 MiB, not 418).
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-compile", "--no-deps"]
    for arguments in (["--require-hashes", "-r", str(wanted)], ["--no-build-isolation", "-e", str(ROOT)]):
        if subprocess.run([*pip, *arguments], check=False).returncode:
            raise SystemExit(
                "the packages were not installed; pip says above why (no connection, a full disk, no write access?): "
                "the same command goes on from there"
            )
    for name in list(SIZES)[: list(SIZES).index(size) + 1]:
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
    if not os.access(ROOT, os.W_OK):
        raise SystemExit(f"{ROOT} may not be written: copy the project to a folder of yours, where .venv has a place")
    base = getattr(sys, "_base_executable", sys.executable)  # we may run in .venv itself
    if subprocess.run([base, "-m", "venv", "--clear", str(VENV)], check=False).returncode:
        raise SystemExit(".venv was not made; Python's venv says above why")


def lock_everything(*, upgrade: bool) -> None:
    """Resolve all groups together for all promised Pythons, then give each group its share of the pins."""
    setup = runpy.run_path(str(SETUP))
    promised, list_requirements = setup["PYTHON_REQUIRES"], setup["list_requirements"]
    groups = [name for name in read_pipfile() if name not in NO_GROUPS]
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "pins.txt"
        if LOCK.is_file() and not upgrade:  # keep what still fits
            lock = json.loads(LOCK.read_text("utf-8"))
            pins.write_text(format_requirements(lock, tuple(set(lock) - {"_meta"}), hashed=False), "utf-8")
        resolve([entry for group in groups for entry in list_requirements(group)], promised, pins)
        shares = {group: resolve(list_requirements(group), promised, pins, constrained=True) for group in groups}
    meta = {"pipfile-spec": 6, "python_requires": promised, "requires": {}, "sources": []}
    meta["hash"] = {"sha256": hash_pipfile()}
    content = {"_meta": meta, **{LOCK_NAMES.get(group, group): share for group, share in shares.items()}}
    LOCK.write_text(json.dumps(content, indent=4, sort_keys=True) + "\n", "utf-8")
    REQUIREMENTS.write_text(HEADER + format_requirements(content, ("service",), hashed=False), "utf-8")


def resolve(wanted: list[str], promised: str, pins: Path, *, constrained: bool = False) -> dict[str, Any]:
    """Pin requirements, one version for all promised Pythons; constrained to the file ``pins``, or into it."""
    lowest = promised.split(",", maxsplit=1)[0].removeprefix(">=")
    command = [
        "uv", "pip", "compile", "-", "--quiet", "--universal", "--python-version", lowest, "--fork-strategy", "fewest",
        "--no-header", "--no-annotate",
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


def find_drift() -> list[str]:
    """List what does not agree between setup.py, Pipfile, lock and requirements.txt."""
    pipfile, lock = read_pipfile(), json.loads(LOCK.read_text("utf-8"))
    promised, locked = runpy.run_path(str(SETUP))["PYTHON_REQUIRES"], lock["_meta"].get("python_requires")
    expected = HEADER + format_requirements(lock, ("service",), hashed=False)
    entries = [item for group in lock if group != "_meta" for item in lock[group].items()]
    problems = {
        "Pipfile: pipenv fails without a source unless install_search_all_sources is set": not pipfile["source"]
        and not pipfile.get("pipenv", {}).get("install_search_all_sources"),
        "Pipfile.lock was not made from this Pipfile": lock["_meta"]["hash"]["sha256"] != hash_pipfile(),
        f"setup.py promises Python {promised}, Pipfile.lock holds for {locked}": locked != promised,
        "Pipfile.lock names a package index": bool(lock["_meta"]["sources"]) or '"index"' in json.dumps(lock),
        "Pipfile.lock has a package in two versions": len({(name, entry["version"]) for name, entry in entries})
        > len(dict(entries)),
        "requirements.txt does not follow from Pipfile.lock": not REQUIREMENTS.exists()
        or REQUIREMENTS.read_text("utf-8") != expected,
    }
    for name, entry in entries:
        marker = entry.get("markers", "")
        problems[f"Pipfile.lock: {name} ({marker}) leaves out releases of the promised Python {promised}"] = (
            "python" in marker and leaves_out_releases(marker, promised)
        )
    return [f"{problem}: correct it, or run `make lock`" for problem, is_there in problems.items() if is_there]


def leaves_out_releases(marker: str, promised: str) -> bool:
    """Whether a marker leaves a package out of early releases of a promised Python (pip then misses a pin)."""
    from packaging.markers import Marker  # noqa: PLC0415 - only the check, which runs in .venv
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415

    def holds(minor: int, release: int) -> bool:
        versions = {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.{release}"}
        return Marker(marker).evaluate(versions)

    minors = [minor for minor in range(8, 30) if f"3.{minor}.99" in SpecifierSet(promised)]
    return any(holds(minor, 0) != holds(minor, 99) for minor in minors)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("install", help="fill .venv from the lock").add_argument("size", choices=SIZES)
    commands.add_parser("lock", help="resolve the Pipfile").add_argument("--upgrade", action="store_true")
    commands.add_parser("check", help="read only: exit 1 when something has drifted")
    arguments = parser.parse_args()
    try:
        if arguments.command == "install":
            install(arguments.size)
        elif arguments.command == "lock":
            lock_everything(upgrade=arguments.upgrade)
        elif problems := find_drift():
            sys.stderr.write("".join(f"{problem}\n" for problem in problems))
            return 1
    except (OSError, SystemExit) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: the same command goes on from here\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
