"""The notebooks: stored executed and small, true when they are run, the same each time."""

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tools.run_notebooks import NOTEBOOK_DIR, find_notebooks, main, run_notebook

NAMES = ("01-scraping", "02-features", "03-eda", "04-models")
TINY = "220"
LARGEST_BYTES = 1_500_000

TELLTALES = re.compile(r"127\.0\.0\.1:\d+|localhost:\d+|0x[0-9a-f]{6,}|/home/|/root/|/tmp/|/Users/|[A-Z]:\\\\")
"""What differs between machines or runs: addresses with ports, memory, absolute paths."""


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def list_code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def list_texts(notebook: Any) -> list[str]:
    """Every text that the cells have put out, tables included, pictures not."""
    texts = []
    for cell in list_code(notebook):
        for output in cell.outputs:
            if output.output_type == "stream":
                texts.append(output.text)
            else:
                texts += [str(output.data[kind]) for kind in ("text/plain", "text/html") if kind in output.data]
    return texts


def check_outputs(notebook: Any) -> None:
    for cell in list_code(notebook):
        for output in cell.outputs:
            assert output.output_type != "error"
            assert not (output.output_type == "stream" and output.name == "stderr"), output.text
    for text in list_texts(notebook):
        assert TELLTALES.search(text) is None, text


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notebooks")


def test_there_are_four() -> None:
    assert tuple(path.stem for path in find_notebooks()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_stored_executed_and_small(name: str) -> None:
    path = NOTEBOOK_DIR / f"{name}.ipynb"
    notebook = read(path)
    assert path.stat().st_size < LARGEST_BYTES
    assert [cell.execution_count for cell in list_code(notebook)] == list(range(1, len(list_code(notebook)) + 1))
    assert any("image/jpeg" in output.get("data", {}) for cell in list_code(notebook) for output in cell.outputs)
    check_outputs(notebook)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_tells_a_story_and_defines_nothing(name: str) -> None:
    notebook = read(NOTEBOOK_DIR / f"{name}.ipynb")
    first = list_code(notebook)[0].source
    assert "ARTWORKS = " in first
    assert "WORKSPACE = " in first
    for cell in list_code(notebook):
        statements = ast.walk(ast.parse(cell.source))
        assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef) for node in statements)
    words = sum(len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown")
    assert words > 250
    assert notebook.cells[0].source.startswith("# ")


@pytest.mark.parametrize("name", NAMES)
def test_the_links_of_a_notebook_lead_somewhere(name: str) -> None:
    notebook = read(NOTEBOOK_DIR / f"{name}.ipynb")
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    assert [link for link in links if not (NOTEBOOK_DIR / link).exists()] == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_from_top_to_bottom(name: str, workspace: Path) -> None:
    target = workspace / f"{name}.ipynb"
    settings = {"ARTWORKS": TINY, "WORKSPACE": str(workspace / "data")}
    run_notebook(NOTEBOOK_DIR / f"{name}.ipynb", target, settings)
    notebook = read(target)
    assert all(cell.execution_count for cell in list_code(notebook))
    check_outputs(notebook)
    stored = read(NOTEBOOK_DIR / f"{name}.ipynb")
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in stored.cells]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_second_run_changes_nothing(workspace: Path) -> None:
    first = workspace / "02-features.ipynb"
    if not first.is_file():
        pytest.skip("the run before has failed")
    again = workspace / "again.ipynb"
    settings = {"ARTWORKS": TINY, "WORKSPACE": str(workspace / "data")}
    run_notebook(NOTEBOOK_DIR / "02-features.ipynb", again, settings)
    assert again.read_bytes() == first.read_bytes()


def test_a_failing_cell_is_named_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    broken = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0", id="broken")])
    nbformat.write(broken, folder / "broken.ipynb")
    before = (folder / "broken.ipynb").read_bytes()
    with pytest.raises(Exception, match=r"broken\.ipynb stopped(.|\n)*ZeroDivisionError"):
        run_notebook(folder / "broken.ipynb", folder / "broken.ipynb")
    assert (folder / "broken.ipynb").read_bytes() == before
    assert main(["05"]) == 2
    assert "expected some of 01-scraping.ipynb" in capsys.readouterr().err
