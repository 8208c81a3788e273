"""The notebooks: stored executed, true when they are run, the same each time."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from src.paths import PROJECT_ROOT
from tests.support.commands import run_python

NOTEBOOKS = sorted((PROJECT_ROOT / "notebooks").glob("*.ipynb"))
TINY = "220"
CELL_SECONDS = 300

MACHINE_TEXT = re.compile(r"127\.0\.0\.1:\d+|localhost:\d+|0x[0-9a-f]{6,}|/home/|/root/|/tmp/|/Users/|[A-Z]:\\\\")
"""What differs between machines or runs: addresses with ports, memory, absolute paths."""


def read_code(path: Path) -> list[Any]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def list_texts(outputs: list[Any]) -> Iterator[str]:
    """Every text that a cell has put out, tables included, pictures not."""
    for output in outputs:
        if output.output_type == "stream":
            yield output.text
        else:
            yield from (str(output.data[kind]) for kind in ("text/plain", "text/html") if kind in output.data)


def check_outputs(path: Path) -> None:
    cells = read_code(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.text
        for text in list_texts(cell.outputs):
            assert MACHINE_TEXT.search(text) is None, text


def run(folder: Path, *notebooks: Path) -> None:
    command = ["-m", "jupyter", "nbconvert", "--to", "notebook", "--execute", "--output-dir", folder]
    command += ["--ExecutePreprocessor.record_timing=False", f"--ExecutePreprocessor.timeout={CELL_SECONDS}"]
    settings = {"NOTEBOOK_ARTWORKS": TINY, "NOTEBOOK_WORKSPACE": str(folder / "data"), "PYTHONPATH": str(PROJECT_ROOT)}
    done = run_python(*command, *notebooks, environment={**os.environ, **settings}, seconds=1200)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_executed_and_its_links_lead_somewhere(path: Path) -> None:
    check_outputs(path)
    cells = nbformat.read(path, as_version=4).cells
    links = re.findall(r"\]\(([^)#]+)\)", "\n".join(cell.source for cell in cells if cell.cell_type == "markdown"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_they_run_from_top_to_bottom_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    run(tmp_path, *NOTEBOOKS)
    for path in NOTEBOOKS:
        check_outputs(tmp_path / path.name)
        assert [cell.source for cell in read_code(tmp_path / path.name)] == [cell.source for cell in read_code(path)]
    features = next(path for path in NOTEBOOKS if "features" in path.name)
    first = (tmp_path / features.name).read_bytes()
    run(tmp_path, features)
    assert (tmp_path / features.name).read_bytes() == first
