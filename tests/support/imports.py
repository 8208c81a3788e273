"""Who imports whom, read from the source."""

import ast
from pathlib import Path

from src.paths import PROJECT_ROOT
from tests.support.commands import run_python


def find_modules(*folders: str) -> list[str]:
    """Dotted names of the modules below folders of the root."""
    names = []
    for folder in folders:
        for path in sorted((PROJECT_ROOT / folder).rglob("*.py")):
            parts = path.relative_to(PROJECT_ROOT).with_suffix("").parts
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def find_file(module: str) -> Path | None:
    """The file of one of our modules, None for anything else."""
    path = PROJECT_ROOT.joinpath(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def find_imports(module: str) -> set[str]:
    """Dotted names that a module of ours imports, functions included."""
    path = find_file(module)
    assert path is not None, module
    tree = ast.parse(path.read_text("utf-8"))
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                continue
            if isinstance(child, ast.Import):
                found.update(alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{module}: a relative import"
                base = child.module or ""
                for alias in child.names:
                    name = f"{base}.{alias.name}"
                    found.add(name if find_file(name) else base)
            visit(child)

    visit(tree)
    return found


MODULES = find_modules("src", "application")

NOT_IN_SERVICE = ("selenium", "pandas", "matplotlib", "seaborn", "pandera", "requests", "dask", "distributed")


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
