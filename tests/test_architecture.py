"""The rules of the tree: who may import whom, and what a module looks like."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from src.paths import PROJECT_ROOT

SERVICE_MAY_IMPORT = (
    "src.models.predict_model",
    "src.models.artefacts",
    "src.features",
    "src.colours",
    "src.errors",
    "src.paths",
    "src.listener",
)
FORBIDDEN_IN_SERVICE = {"selenium", "pandas", "matplotlib", "seaborn", "pandera", "requests", "dask", "distributed"}
PURE_FEATURES = (
    "schema",
    "image_header",
    "decode_image",
    "reduce_image",
    "colour_profile",
    "extract_features",
    "measure_image",
)
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


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("application")])
def test_the_service_takes_only_what_it_may_from_src(module: str) -> None:
    taken = {name for name in find_imports(module) if name.split(".")[0] == "src"}
    assert {name for name in taken if not name.startswith(SERVICE_MAY_IMPORT)} == set()


def test_the_running_service_takes_in_no_scraping_table_or_figure_library() -> None:
    closure = find_closure(["main", *(name for name in MODULES if name.startswith("application"))])
    guilty = {
        module: forbidden
        for module, names in closure.items()
        if (forbidden := {name.split(".")[0] for name in names} & FORBIDDEN_IN_SERVICE)
    }
    assert guilty == {}
    assert "src.features.extract_features" in closure
    assert "src.models.artefacts" in closure


@pytest.mark.parametrize("name", PURE_FEATURES)
def test_the_pure_features_need_numpy_and_the_decoders_only(name: str) -> None:
    allowed = {"numpy", "cv2", "PIL", "simplejpeg", "src"} | set(sys.stdlib_module_names)
    imports = find_imports(f"src.features.{name}")
    assert {entry.split(".")[0] for entry in imports} <= allowed
    ours = {entry for entry in imports if entry.startswith("src")}
    assert {entry for entry in ours if not entry.startswith(("src.features.", "src.errors"))} == set()


def test_one_place_decodes_pictures() -> None:
    places = [
        module
        for module in MODULES
        if (path := find_file(module))
        and any(
            isinstance(node, ast.Attribute) and node.attr in {"imdecode", "imread"}
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
        )
    ]
    assert places == ["src.features.decode_image"]


def test_no_module_does_work_at_import(tmp_path: Path) -> None:
    modules = [name for name in MODULES if not name.endswith("__main__")]
    program = (
        "import importlib, logging, sys, threading\n"
        f"for name in {modules!r}:\n    importlib.import_module(name)\n"
        "assert logging.getLogger().handlers == [], 'logging was set up'\n"
        "ours = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]\n"
        "assert ours == [], ours\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_every_folder_of_the_top_level_says_what_belongs_there() -> None:
    for name in ("application", "data", "models", "notebooks", "references", "src"):
        files = [path for path in (PROJECT_ROOT / name).rglob("*") if path.is_file()]
        assert files, f"{name}/ is empty"
