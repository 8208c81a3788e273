"""Who imports whom."""

import ast
from pathlib import Path

from src.paths import PROJECT_ROOT
from tests.support.commands import run_python

NOT_IN_SERVICE = ("selenium", "pandas", "matplotlib", "seaborn", "pandera", "requests", "dask", "distributed")


def list_modules() -> dict[str, Path]:
    """The files of ``src`` and ``application`` by the dotted names of the modules."""
    paths = [path for folder in ("src", "application") for path in sorted((PROJECT_ROOT / folder).rglob("*.py"))]
    names = [".".join(path.relative_to(PROJECT_ROOT).with_suffix("").parts) for path in paths]
    return {name.removesuffix(".__init__"): path for name, path in zip(names, paths, strict=True)}


MODULES = list_modules()


def find_imports(module: str) -> set[str]:
    """Dotted names that a module of ours imports, functions included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & MODULES.keys() or {str(node.module)}
    return found


def list_service_files() -> list[Path]:
    """Import the service where there are none of the packages that it must not need; list what it takes in of ours."""
    modules = ["main", *(name for name in MODULES if name.startswith("application"))]
    program = (
        "import importlib, sys\n"
        f"sys.modules.update(dict.fromkeys({NOT_IN_SERVICE}))\n"
        f"for name in {modules}:\n    importlib.import_module(name)\n"
        "print(*(module.__file__ for module in sys.modules.values() if getattr(module, '__file__', None)), sep='\\n')\n"
    )
    done = run_python("-c", program)
    assert done.returncode == 0, done.stderr
    ours = [PROJECT_ROOT / name for name in ("main.py", "application", "src")]
    return [path for path in map(Path, done.stdout.splitlines()) if any(map(path.is_relative_to, ours))]
