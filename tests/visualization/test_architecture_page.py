"""The architecture page has a line for each module."""

from pathlib import Path

import pytest

from src.errors import UsageError
from src.visualization.architecture import ARCHITECTURE_PATH, END, START, find_modules, list_modules, update_page


def test_every_module_has_its_line() -> None:
    page = ARCHITECTURE_PATH.read_text("utf-8")
    lines = set(page.split(START)[1].splitlines())
    missing = [line for line in list_modules().splitlines() if line.strip() and line not in lines]
    assert missing == [], "run python -m src.visualization.architecture"
    modules = [path for path in find_modules() if path.name != "__init__.py"]
    assert len(modules) > 60
    for module in modules:
        assert f"| `{module.name}` |" in page


def test_the_page_is_what_the_command_writes() -> None:
    page = ARCHITECTURE_PATH.read_text("utf-8")
    assert update_page(page) == page


def test_a_new_module_changes_the_page(tmp_path: Path) -> None:
    for folder in ("src", "application"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text(f'"""The package {folder}."""\n', "utf-8")
    (tmp_path / "main.py").write_text('"""Entry."""\n', "utf-8")
    page = update_page(f"before\n{START}\nold\n{END}\nafter\n", tmp_path)
    assert "old" not in page
    assert page.startswith("before\n")
    assert page.endswith("after\n")
    (tmp_path / "src" / "frame.py").write_text('"""Frames around\npictures.\n\nMore.\n"""\n', "utf-8")
    changed = update_page(page, tmp_path)
    assert "| `frame.py` | Frames around pictures. |" in changed
    assert changed != page


def test_a_module_without_a_docstring_is_refused(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "application").mkdir()
    (tmp_path / "main.py").write_text("x = 1\n", "utf-8")
    with pytest.raises(UsageError, match=r"main\.py has no docstring"):
        list_modules(tmp_path)


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(UsageError, match="architecture page needs one line"):
        update_page("nothing here")
