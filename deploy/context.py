"""Which files the container is built from, as ``.dockerignore`` says.

The bundle for Elastic Beanstalk holds the same files, so the list stands in one place. The rules are
Docker's: a pattern matches a file if it matches its path or one of its parent folders, ``*`` and
``?`` stay within a name, ``**`` crosses folders, ``!`` readmits, and the last pattern that matches wins
(https://docs.docker.com/build/concepts/context/#dockerignore-files).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from src.errors import UsageError

IGNORE_FILE: Final = ".dockerignore"


@dataclass(frozen=True)
class IgnoreRule:
    """One line of ``.dockerignore``.

    Attributes
    ----------
    expression
        Matches the path of a file or folder, relative to the root, with forward slashes.
    readmits
        Whether the line began with ``!``.
    """

    expression: re.Pattern[str]
    readmits: bool


def read_rules(text: str) -> list[IgnoreRule]:
    """Read the lines of a ``.dockerignore`` file."""
    lines = (line.strip() for line in text.splitlines() if not line.startswith("#"))
    return [
        IgnoreRule(re.compile(_translate(line.removeprefix("!").strip("/"))), line.startswith("!"))
        for line in lines
        if line
    ]


def _translate(pattern: str) -> str:
    pieces = []
    for part in re.findall(r"\*\*/?|\*|\?|\[[^\]]+\]|.", pattern):
        if part == "**/":
            pieces.append("(?:.*/)?")
        elif part == "**":
            pieces.append(".*")
        elif part == "*":
            pieces.append("[^/]*")
        elif part == "?":
            pieces.append("[^/]")
        else:
            pieces.append(part if part.startswith("[") and len(part) > 1 else re.escape(part))
    return "".join(pieces)


def is_ignored(path: PurePosixPath, rules: Sequence[IgnoreRule]) -> bool:
    """Tell whether a file, named relative to the root, is kept out."""
    names = [str(folder) for folder in (path, *path.parents) if folder.name]
    ignored = False
    for rule in rules:
        if any(rule.expression.fullmatch(name) for name in names):
            ignored = not rule.readmits
    return ignored


def list_context(root: Path) -> list[Path]:
    """List the files that a builder gets, relative to the root and sorted.

    Raises
    ------
    UsageError
        If there is no ``.dockerignore``: then everything would go along.
    """
    try:
        rules = read_rules((root / IGNORE_FILE).read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{root} has no {IGNORE_FILE}: name the root of the project") from None
    # Folders at the top that no rule names are not walked: .venv and data hold many thousand files.
    tops = sorted(top for top in root.iterdir() if any(_may_readmit(rule, top.name) for rule in rules))
    files = [path for top in tops for path in ([top] if top.is_file() else top.rglob("*")) if path.is_file()]
    relative = sorted(path.relative_to(root) for path in files)
    return [path for path in relative if not is_ignored(PurePosixPath(path.as_posix()), rules)]


def _may_readmit(rule: IgnoreRule, top: str) -> bool:
    """Tell whether a rule could readmit something in a folder at the top."""
    first = rule.expression.pattern.split("/", 1)[0]
    return rule.readmits and ("*" in first or re.fullmatch(first, top) is not None)
