"""Pictures and figures as files: small, written whole, the same bytes for the same content."""

import io
from pathlib import Path
from typing import Final

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from scipy.spatial import cKDTree

from src.errors import UsageError
from src.features.schema import BGRImage
from src.files import write_bytes

JPEG_QUALITY: Final = 88
FIGURE_DPI: Final = 100
PALETTE_COLOURS: Final = 256


def encode_picture(image: BGRImage, suffix: str = ".jpg", quality: int = JPEG_QUALITY) -> bytes:
    """Encode a picture as the content of a file.

    Parameters
    ----------
    image
        BGR uint8, shape (H, W, 3).
    suffix
        ``.jpg``, ``.jpeg``, ``.png`` or ``.webp``.
    quality
        0-100, for JPEG and WebP.

    Raises
    ------
    UsageError
        If the suffix is another.
    """
    options = {
        ".jpg": [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1],
        ".png": [cv2.IMWRITE_PNG_COMPRESSION, 9],
        ".webp": [cv2.IMWRITE_WEBP_QUALITY, quality],
    }
    chosen = ".jpg" if suffix.lower() == ".jpeg" else suffix.lower()
    if chosen not in options:
        raise UsageError(f"cannot write a picture as {suffix!r}: expected .jpg, .jpeg, .png or .webp")
    _, buffer = cv2.imencode(chosen, image, options[chosen])
    return buffer.tobytes()


def save_picture(image: BGRImage, path: Path, quality: int = JPEG_QUALITY) -> None:
    """Write a picture whole; the name's suffix decides the format (:func:`encode_picture`)."""
    write_bytes(path, encode_picture(image, path.suffix, quality))


def render_figure(figure: Figure, media_type: str = "image/png", dpi: float = FIGURE_DPI) -> bytes:
    """Draw a figure, with its margins trimmed.

    Parameters
    ----------
    figure
        Any matplotlib figure.
    media_type
        ``image/png``, with a palette of 256 colours, which a chart does not exceed visibly;
        ``image/jpeg`` for figures made of photographs; or ``image/svg+xml``.
    dpi
        Pixels per inch of the figure's size.

    Returns
    -------
    bytes
        Without a date, so that the same figure gives the same bytes.

    Raises
    ------
    UsageError
        If the type is another.
    """
    buffer = io.BytesIO()
    if media_type == "image/svg+xml":
        with mpl.rc_context({"svg.hashsalt": "figures"}):  # ids of elements depend on this alone
            figure.savefig(buffer, format="svg", bbox_inches="tight", pad_inches=0.1, metadata={"Date": None})
        return buffer.getvalue()
    if media_type not in {"image/png", "image/jpeg"}:
        raise UsageError(f"cannot draw a figure as {media_type}: expected image/png, image/jpeg or image/svg+xml")
    FigureCanvasAgg(figure).print_figure(buffer, format="png", dpi=dpi, bbox_inches="tight", pad_inches=0.1)
    drawn = Image.open(buffer).convert("RGB")
    shrunk = io.BytesIO()
    if media_type == "image/jpeg":
        drawn.save(shrunk, format="JPEG", quality=JPEG_QUALITY, optimize=True)
    else:
        _reduce_colours(drawn).save(shrunk, format="PNG", optimize=True)
    return shrunk.getvalue()


def save_figure(figure: Figure, path: Path, dpi: float = 130) -> Path:
    """Write a figure whole, as the name's suffix says: ``.png``, ``.jpg`` or ``.svg``.

    Returns
    -------
    Path
        The file, so that a report can link it.
    """
    types = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
    if path.suffix.lower() not in types:
        raise UsageError(f"cannot draw a figure as {path.name}: expected a name in .png, .jpg or .svg")
    write_bytes(path, render_figure(figure, types[path.suffix.lower()], dpi))
    return path


def _reduce_colours(drawn: Image.Image) -> Image.Image:
    """Give a chart a palette: its commonest colours as they are, and the shades between by the nearest.

    The quantisers of image libraries alone shift a large pale surface to a neighbouring tint.
    """
    pixels = np.asarray(drawn, dtype=np.uint8)
    packed = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    values, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    colours = np.stack([values >> 16, values >> 8 & 255, values & 255], axis=1).astype(np.uint8)
    commonest = colours[np.argsort(-counts, kind="stable")[: PALETTE_COLOURS // 2]]
    spread = drawn.quantize(PALETTE_COLOURS // 2, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = np.concatenate([commonest, np.array(spread, dtype=np.uint8).reshape(-1, 3)])[:PALETTE_COLOURS]
    _, nearest = cKDTree(palette.astype(float)).query(colours.astype(float))
    reduced = Image.fromarray(np.asarray(nearest, dtype=np.uint8)[places].reshape(packed.shape))
    reduced.putpalette(palette.tobytes())
    return reduced
