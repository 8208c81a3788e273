"""Who imports whom, read from the source."""

import ast
from pathlib import Path

from src.paths import PROJECT_ROOT

OURS = ("src", "application", "main")


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


def find_imports(module: str, *, at_import_only: bool = False) -> set[str]:
    """Dotted names that a module of ours imports, functions included."""
    path = find_file(module)
    assert path is not None, module
    tree = ast.parse(path.read_text("utf-8"))
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if at_import_only and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
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


def find_closure(modules: list[str]) -> dict[str, set[str]]:
    """Imports of modules and of everything of ours that they take in when they are imported."""
    waiting, closure = list(modules), dict[str, set[str]]()
    while waiting:
        module = waiting.pop()
        if module in closure or find_file(module) is None:
            continue
        closure[module] = find_imports(module, at_import_only=True)
        for name in closure[module]:
            if name.split(".")[0] in OURS:
                parts = name.split(".")
                waiting.extend(".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return closure


MODULES = find_modules("src", "application")
