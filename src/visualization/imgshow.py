"""One picture as a figure, in the colours that it has."""

from matplotlib.figure import Figure

from src.features.schema import BGRImage
from src.visualization.style import styled


@styled
def imgshow(image: BGRImage, title: str | None = None, *, height: float = 3.0) -> Figure:
    """Show a picture, ``height`` inches high.

    It is BGR uint8, shape (H, W, 3), as everything of this project decodes it; matplotlib alone would take the
    channels for red, green, blue and show blue pictures orange.
    """
    pixels_high, pixels_wide = image.shape[:2]
    figure = Figure(figsize=(max(height * pixels_wide / pixels_high, 1.0), height), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(image[:, :, ::-1])
    axes.set_axis_off()
    if title:
        axes.set_title(title)
    return figure
