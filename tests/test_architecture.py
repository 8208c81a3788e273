"""The rules of the tree: who may import whom."""

import os
import re
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from src.paths import PROJECT_ROOT
from tests.support.commands import run_python
from tests.support.imports import MODULES, find_imports, list_service_files

SERVICE_MAY_IMPORT = (
    *("src.models.predict_model", "src.models.artefacts", "src.features", "src.colours", "src.errors", "src.paths"),
    "src.listener",
)
PURE_FEATURES = "schema image_header decode_image reduce_image colour_profile extract_features measure_image"


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("application")])
def test_the_service_takes_only_what_it_may_from_src(module: str) -> None:
    taken = {name for name in find_imports(module) if name.startswith("src")}
    assert {name for name in taken if not name.startswith(SERVICE_MAY_IMPORT)} == set()


def test_the_running_service_needs_no_scraping_table_or_figure_library() -> None:
    taken = [path.relative_to(PROJECT_ROOT) for path in list_service_files()]
    assert Path("src/models/artefacts.py") in taken
    assert [path for path in taken if {"scraping", "gallery", "visualization"} & set(path.parts)] == []


@pytest.mark.parametrize("name", PURE_FEATURES.split())
def test_the_pure_features_need_numpy_and_the_decoders_only(name: str) -> None:
    imports = find_imports(f"src.features.{name}")
    ours = {entry for entry in imports if entry.startswith("src")}
    assert {entry for entry in ours if not entry.startswith(("src.features.", "src.errors"))} == set()
    packages = {entry.split(".")[0] for entry in imports - ours}
    assert packages - sys.stdlib_module_names <= {"numpy", "cv2", "PIL", "simplejpeg"}


def test_one_place_decodes_pictures() -> None:
    decoding = [name for name, path in MODULES.items() if re.search(r"\bim(decode|read)\(", path.read_text("utf-8"))]
    assert decoding == ["src.features.decode_image"]


def test_no_module_does_work_at_import(tmp_path: Path) -> None:
    modules = [name for name in MODULES if not name.endswith("__main__")]
    program = (
        "import importlib, logging, sys, threading\n"
        f"for name in {modules!r}:\n    importlib.import_module(name)\n"
        "assert logging.getLogger().handlers == [], 'logging was set up'\n"
        "ours = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]\n"
        "assert ours == [], ours\n"
    )
    done = run_python("-c", program, folder=tmp_path, environment={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)})
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_packages_import_each_other_in_one_direction() -> None:
    """No cycle between the packages below src, imports inside functions included."""
    packages = {module: ".".join(module.split(".")[:2]) for module in MODULES if module.count(".") > 1}
    graph: dict[str, set[str]] = {package: set() for package in packages.values()}
    for module, package in packages.items():
        graph[package] |= {packages[name] for name in find_imports(module) if name in packages} - {package}
    assert list(TopologicalSorter(graph).static_order())  # else it raises CycleError, which names the cycle


def test_the_scraper_knows_nothing_of_the_gallery() -> None:
    scraping = [module for module in MODULES if module.startswith("src.scraping")]
    assert scraping
    assert {name for module in scraping for name in find_imports(module) if name.startswith("src.gallery")} == set()
