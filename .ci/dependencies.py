"""Keep the dependency files together: the lock without an index, requirements.txt made from it.

``python3 .ci/dependencies.py install FILE``  writes the whole lock as hashed pip requirements;
``python3 .ci/dependencies.py write``         tidies the lock and writes requirements.txt;
``python3 .ci/dependencies.py check``         reads only: says what has drifted, exits 1.

It needs nothing but the standard library, because it runs before anything is installed.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PIPFILE = ROOT / "Pipfile"
LOCK = ROOT / "Pipfile.lock"
REQUIREMENTS = ROOT / "requirements.txt"
EVERYTHING = ("default", "develop", "dask")
SERVICE = ("service",)
HEADER = (
    "# Runtime of the microservice only, made from Pipfile.lock (group: service).\n"
    "# Do not edit: change the Pipfile and run `make lock`.\n"
)


def read_lock() -> dict[str, Any]:
    """Read the lock file."""
    content: dict[str, Any] = json.loads(LOCK.read_text("utf-8"))
    return content


def tidy_lock(lock: dict[str, Any]) -> dict[str, Any]:
    """Return the lock without the package index that pipenv writes into it."""
    groups = {name: group for name, group in lock.items() if name != "_meta"}
    return {
        "_meta": {**lock["_meta"], "sources": []},
        **{
            name: {
                package: {key: value for key, value in entry.items() if key != "index"}
                for package, entry in group.items()
            }
            for name, group in groups.items()
        },
    }


def format_requirements(lock: dict[str, Any], groups: tuple[str, ...], hashed: bool) -> str:
    """Turn groups of the lock into pip requirements, sorted by name."""
    entries: dict[str, Any] = {}
    for group in groups:
        for name, entry in lock[group].items():
            known = entries.setdefault(name, entry)
            if known["version"] != entry["version"]:
                raise SystemExit(
                    f"Pipfile.lock: {name} is {known['version']} and {entry['version']} in groups "
                    f"{', '.join(groups)}: expected one version; run `make lock`"
                )
    lines = []
    for name, entry in sorted(entries.items()):
        extras = f"[{','.join(sorted(entry['extras']))}]" if entry.get("extras") else ""
        line = f"{name}{extras}{entry['version']}"
        if entry.get("markers"):
            line += f" ; {entry['markers']}"
        if hashed:
            line += "".join(f" --hash={value}" for value in entry["hashes"])
        lines.append(line)
    return "\n".join(lines) + "\n"


def find_drift(lock: dict[str, Any]) -> list[str]:
    """List what does not agree between Pipfile, lock and requirements.txt."""
    problems = []
    # pipenv's own drift check wants a resolver; the hash that it stores covers the same question
    # only together with its Pipfile parser, so a hash of ours of the Pipfile's text stands beside it.
    if lock["_meta"].get("pipfile-text-sha256") != hash_pipfile():
        problems.append("Pipfile.lock was not made from this Pipfile: run `make lock`")
    if lock["_meta"]["sources"]:
        problems.append("Pipfile.lock names a package index: run `make lock`")
    for group, versions in (("service", "default"), ("develop", "default"), ("dask", "default")):
        for name, entry in lock[group].items():
            other = lock[versions].get(name, entry)
            if other["version"] != entry["version"]:
                problems.append(
                    f"Pipfile.lock: {name} is {entry['version']} in {group} and "
                    f"{other['version']} in {versions}: run `make lock`"
                )
    expected = HEADER + format_requirements(lock, SERVICE, hashed=False)
    if not REQUIREMENTS.exists() or REQUIREMENTS.read_text("utf-8") != expected:
        problems.append("requirements.txt does not follow from Pipfile.lock: run `make lock`")
    return problems


def hash_pipfile() -> str:
    """Hash the Pipfile's text."""
    return hashlib.sha256(PIPFILE.read_bytes()).hexdigest()


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    install = commands.add_parser("install", help="write the whole lock as pip requirements")
    install.add_argument("file", type=Path)
    commands.add_parser("write", help="tidy the lock, write requirements.txt")
    commands.add_parser("check", help="read only: exit 1 when something has drifted")
    arguments = parser.parse_args()
    lock = read_lock()
    if arguments.command == "install":
        arguments.file.write_text(format_requirements(lock, EVERYTHING, hashed=True), "utf-8")
    elif arguments.command == "write":
        lock = tidy_lock(lock)
        lock["_meta"]["pipfile-text-sha256"] = hash_pipfile()
        LOCK.write_text(json.dumps(lock, indent=4, sort_keys=True) + "\n", "utf-8")
        REQUIREMENTS.write_text(HEADER + format_requirements(lock, SERVICE, hashed=False), "utf-8")
    else:
        problems = find_drift(lock)
        for problem in problems:
            print(problem, file=sys.stderr)
        return 1 if problems else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
