"""What a notebook needs to show our figures: small, and the same at each run."""

import os
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure

from src.errors import UsageError
from src.features.schema import BGRImage
from src.visualization.picture_file import encode_picture, render_figure
from src.visualization.style import apply_style

if TYPE_CHECKING:
    from IPython.display import Image

__all__ = ["prepare_notebook", "show_picture"]


def prepare_notebook() -> None:
    """Set a notebook up: the style, how figures and tables are shown, no progress bars in the output.

    A figure is shown as PNG with few colours, and as JPEG where it is made of photographs, which is
    a tenth of the size.

    Raises
    ------
    UsageError
        If no notebook is running.
    """
    from IPython.core.getipython import get_ipython  # noqa: PLC0415 - only there where a notebook is

    shell = get_ipython()
    if shell is None:
        raise UsageError("prepare_notebook() was called outside a notebook: there is nothing to set up")
    os.environ["TQDM_DISABLE"] = "1"
    apply_style()
    pd.set_option("display.precision", 3, "display.max_columns", 30, "display.width", 120)
    formatters: Any = shell.display_formatter
    formatters.formatters["image/png"].for_type(Figure, _draw_chart)
    formatters.formatters["image/jpeg"].for_type(Figure, _draw_photographs)
    formatters.formatters["text/plain"].for_type(Figure, _describe)


def show_picture(image: BGRImage, quality: int = 85) -> "Image":
    """Show a picture pixel for pixel, such as a contact sheet.

    Parameters
    ----------
    image
        BGR uint8, shape (H, W, 3).
    quality
        Of the JPEG, 0-100.
    """
    from IPython.display import Image  # noqa: PLC0415 - only there where a notebook is

    make_image: Any = Image  # IPython types no arguments
    return make_image(data=encode_picture(image, ".jpg", quality), format="jpeg", alt="a picture")  # type: ignore[no-any-return]


def _has_photographs(figure: Figure) -> bool:
    """Whether the figure shows pictures, pixel values of three channels."""
    arrays = (picture.get_array() for axes in figure.axes for picture in axes.get_images())
    return any(array is not None and array.ndim == 3 for array in arrays)


def _draw_chart(figure: Figure) -> bytes | None:
    return None if _has_photographs(figure) else render_figure(figure, "image/png", 80)


def _draw_photographs(figure: Figure) -> bytes | None:
    return render_figure(figure, "image/jpeg", 80) if _has_photographs(figure) else None


def _describe(figure: Figure, printer: Any, _: bool) -> None:
    title = getattr(figure, "_suptitle", None)
    texts = [title.get_text()] if title is not None else [axes.get_title(loc="left") for axes in figure.axes[:1]]
    printer.text(f"Figure: {texts[0] if texts and texts[0] else 'without a title'}")
