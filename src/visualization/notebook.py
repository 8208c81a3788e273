"""What the notebooks need: their settings, and figures that are small and the same at each run."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import matplotlib.style
import pandas as pd
from matplotlib.figure import Figure

from src.features.schema import BGRImage
from src.paths import PROJECT_ROOT, Workspace
from src.visualization.output import encode_picture, render_figure
from src.visualization.style import STYLE

FIGURE_DPI: Final = 80


@dataclass(frozen=True)
class NotebookSettings:
    """What a notebook works on: painted pictures, or the folder ``images`` that the table ``labels`` files."""

    artworks: int
    workspace: Workspace
    images: Path | None
    labels: Path | None


def prepare_notebook(
    artworks: int, workspace: str | Path, images: str | Path | None = None, labels: str | Path | None = None
) -> NotebookSettings:
    """Set a notebook up: the style, how figures and tables are shown, no progress bars in the output.

    A figure is shown as PNG, or as JPEG where it is made of photographs. Paths are relative to the project;
    ``NOTEBOOK_ARTWORKS`` and ``NOTEBOOK_WORKSPACE`` in the environment take the place of the first two arguments.
    """
    from IPython.core.getipython import get_ipython  # noqa: PLC0415 - only there where a notebook is

    shell: Any = get_ipython()
    os.environ["TQDM_DISABLE"] = "1"
    matplotlib.style.use(STYLE)  # for plots of one's own beside ours
    pd.set_option("display.precision", 3, "display.max_columns", 30, "display.width", 120)
    formatters = shell.display_formatter.formatters
    formatters["image/png"].for_type(Figure, lambda figure: _draw(figure, ".png"))
    formatters["image/jpeg"].for_type(Figure, lambda figure: _draw(figure, ".jpg"))
    formatters["text/plain"].for_type(Figure, _describe)
    return NotebookSettings(
        artworks=int(os.environ.get("NOTEBOOK_ARTWORKS", artworks)),
        workspace=Workspace(PROJECT_ROOT / os.environ.get("NOTEBOOK_WORKSPACE", workspace)),
        images=PROJECT_ROOT / images if images else None,
        labels=PROJECT_ROOT / labels if labels else None,
    )


def show_picture(image: BGRImage) -> Any:
    """Show a BGR picture pixel for pixel, such as a contact sheet."""
    from IPython.display import Image  # noqa: PLC0415 - only there where a notebook is

    return Image(data=encode_picture(image), format="jpeg")  # type: ignore[no-untyped-call]


def _draw(figure: Figure, suffix: str) -> bytes | None:
    """Draw a figure in the format that suits it, and None in the other: JPEG if it shows pixels of three channels."""
    arrays = (picture.get_array() for axes in figure.axes for picture in axes.get_images())
    has_photographs = any(array is not None and array.ndim == 3 for array in arrays)
    return render_figure(figure, suffix, FIGURE_DPI) if has_photographs == (suffix == ".jpg") else None


def _describe(figure: Figure, printer: Any, _: bool) -> None:
    titles = [figure.get_suptitle(), *(axes.get_title(loc="left") for axes in figure.axes)]
    printer.text(f"Figure: {next(filter(None, titles), 'without a title')}")
