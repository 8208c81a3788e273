"""Run the notebooks and store their outputs: ``python -m tools.run_notebooks``.

Each is run from top to bottom by a kernel of its own, in the folder of the notebooks, as a person
would. What is stored has no times, so that a second run changes no stored text.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from tqdm import tqdm

from src.errors import EXIT_INTERRUPTED, EXIT_PARTIAL, UsageError
from src.files import write_text
from src.paths import PROJECT_ROOT
from src.visualization.notebook import ENVIRONMENT_PREFIX

NOTEBOOK_DIR: Final = PROJECT_ROOT / "notebooks"
CELL_SECONDS: Final = 600


class NotebookError(UsageError):
    """A notebook stopped at a cell."""

    exit_code = EXIT_PARTIAL


def find_notebooks(names: Sequence[str] = ()) -> list[Path]:
    """Find the notebooks in order; names may be whole, or begin like one (``03``).

    Raises
    ------
    UsageError
        If a name is none of them.
    """
    everything = sorted(NOTEBOOK_DIR.glob("*.ipynb"))
    if not names:
        return everything
    unknown = [name for name in names if not any(path.name.startswith(name) for path in everything)]
    if unknown:
        known = ", ".join(path.name for path in everything)
        raise UsageError(f"no notebook {', '.join(unknown)}: expected some of {known}")
    return [path for path in everything if path.name.startswith(tuple(names))]


def run_notebook(
    source: Path, target: Path, settings: Mapping[str, str] | None = None, cell_seconds: int = CELL_SECONDS
) -> None:
    """Run a notebook and write it with its outputs, whole.

    Parameters
    ----------
    source
        The notebook.
    target
        Where it goes; may be the same.
    settings
        ``ARTWORKS``, ``WORKSPACE``, ``IMAGES``, ``LABELS`` in place of those of the first cell.
    cell_seconds
        A cell that takes longer ends the run.

    Raises
    ------
    NotebookError
        If a cell fails; the file stays as it was, and the message shows the cell.
    """
    formats: Any = nbformat  # has no types
    notebook = formats.read(source, as_version=4)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT_ROOT), os.environ.get("PYTHONPATH", "")])}
    environment |= {ENVIRONMENT_PREFIX + name: value for name, value in (settings or {}).items()}
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    bar = tqdm(total=cells, desc=source.stem, unit="cell", file=sys.stderr)
    client = NotebookClient(
        notebook,
        timeout=cell_seconds,
        kernel_name="python3",
        resources={"metadata": {"path": str(source.parent)}},
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        on_cell_complete=lambda **_: bar.update(),
    )
    try:
        with bar:
            client.execute(env=environment)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise NotebookError(f"{source.name} stopped: {error}") from error
    clean_notebook(notebook)
    write_text(target, formats.writes(notebook).rstrip("\n") + "\n")


def clean_notebook(notebook: Any) -> None:
    """Remove from a notebook what differs from run to run without saying anything."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        cell.metadata.pop("collapsed", None)
        for output in cell.get("outputs", []):
            output.get("metadata", {}).clear()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": "3.11"},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.run_notebooks",
        description="Run the notebooks from top to bottom and store their outputs in place.",
        epilog="Exit codes: 0 done; 1 a cell failed, the notebook stays as it was; 2 wrong usage; 130 interrupted.",
    )
    parser.add_argument("notebooks", nargs="*", metavar="NAME", help="such as 03 or 03-eda.ipynb (default: all four)")
    parser.add_argument("--artworks", help="in place of ARTWORKS in the first cell")
    parser.add_argument("--workspace", help="in place of WORKSPACE, from the project's folder")
    parser.add_argument("--images", help="in place of IMAGES: a folder of pictures")
    parser.add_argument("--labels", help="in place of LABELS: the CSV that files them")
    parser.add_argument("--output", type=Path, help="write the notebooks into this folder, not in place")
    options = parser.parse_args(arguments)
    given = {name: getattr(options, name.lower()) for name in ("ARTWORKS", "WORKSPACE", "IMAGES", "LABELS")}
    settings = {name: str(value) for name, value in given.items() if value is not None}
    try:
        for path in find_notebooks(options.notebooks):
            run_notebook(path, (options.output or path.parent) / path.name, settings)
    except UsageError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: finished notebooks are stored, the others stay as they were\n")
        return EXIT_INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
