"""The architecture page: a line for each module, taken from its docstring."""

import argparse
import ast
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from src.errors import EXIT_PARTIAL, UsageError
from src.files import write_text
from src.paths import PROJECT_ROOT

__all__ = ["ARCHITECTURE_PATH", "find_modules", "list_modules", "main", "update_page"]

ARCHITECTURE_PATH: Final = PROJECT_ROOT / "references" / "architecture.md"

START: Final = "<!-- modules: written by python -m src.visualization.architecture -->"
END: Final = "<!-- end of modules -->"

PACKAGES: Final = ("src", "application")


def find_modules(root: Path = PROJECT_ROOT) -> list[Path]:
    """Find every module below ``src`` and ``application``, and ``main.py``, relative to the root."""
    modules = [path for package in PACKAGES for path in (root / package).rglob("*.py")]
    return [Path("main.py"), *sorted(path.relative_to(root) for path in modules)]


def list_modules(root: Path = PROJECT_ROOT) -> str:
    """Write a table for each package: its modules, and the first sentence of each docstring.

    Raises
    ------
    UsageError
        If a module has no docstring.
    """
    by_package: dict[Path, list[Path]] = {}
    for module in find_modules(root):
        by_package.setdefault(module.parent, []).append(module)
    sections = []
    for package, modules in by_package.items():
        note = package / "__init__.py"
        heading = "the entry point" if package == Path() else f"`{package.as_posix()}`"
        sections.append(f"### {heading}\n")
        if note in modules:
            sections.append(f"{_read_first_sentence(root, note)}\n")
        rows = [path for path in modules if path != note]
        if rows:
            sections.append("| module | what it is |\n|---|---|")
            sections.extend(f"| `{path.name}` | {_read_first_sentence(root, path)} |" for path in rows)
            sections.append("")
    return "\n".join(sections)


def update_page(page: str, root: Path = PROJECT_ROOT) -> str:
    """Return the page with its module tables written anew.

    Raises
    ------
    UsageError
        If the page has not the two marks between which they stand.
    """
    if page.count(START) != 1 or page.count(END) != 1:
        raise UsageError(f"the architecture page needs one line {START!r} and one line {END!r}")
    before, rest = page.split(START)
    _, after = rest.split(END)
    return f"{before}{START}\n\n{list_modules(root)}\n{END}{after}"


def _read_first_sentence(root: Path, module: Path) -> str:
    docstring = ast.get_docstring(ast.parse((root / module).read_text("utf-8")))
    if not docstring:
        raise UsageError(f"{module} has no docstring: say in one sentence what the module is")
    paragraph = " ".join(docstring.split("\n\n", maxsplit=1)[0].split())
    plain = re.sub(r":\w+:`([^`]+)`", r"`\1`", paragraph).replace("``", "`")
    return plain.replace("|", "\\|")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the module tables, or check them; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m src.visualization.architecture", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 if the page would change")
    options = parser.parse_args(arguments)
    page = ARCHITECTURE_PATH.read_text("utf-8")
    wanted = update_page(page)
    if options.check:
        sys.stdout.write(f"{ARCHITECTURE_PATH.name} is {'up to date' if page == wanted else 'not up to date'}\n")
        return 0 if page == wanted else EXIT_PARTIAL
    write_text(ARCHITECTURE_PATH, wanted)
    sys.stdout.write(f"wrote {ARCHITECTURE_PATH}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
