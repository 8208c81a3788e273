"""Pictures and figures as files: small, written whole, the same bytes for the same content."""

import io
from pathlib import Path
from typing import Any, Final

import cv2
import matplotlib as mpl
from matplotlib.figure import Figure

from src.errors import UsageError
from src.features.schema import BGRImage
from src.files import write_bytes

JPEG_QUALITY: Final = 88
FIGURE_DPI: Final = 100


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


def render_figure(figure: Figure, kind: str = "png", dpi: float = FIGURE_DPI) -> bytes:
    """Draw a figure, with its margins trimmed.

    Parameters
    ----------
    figure
        Any matplotlib figure.
    kind
        ``png``; ``jpg`` for figures made of photographs, which is a tenth of the size; or ``svg``.
    dpi
        Pixels per inch of the figure's size.

    Returns
    -------
    bytes
        Without a date, so that the same figure gives the same bytes.
    """
    choices: dict[str, dict[str, Any]] = {
        "png": {"metadata": {"Software": None}, "pil_kwargs": {"optimize": True}},
        "jpg": {"pil_kwargs": {"quality": JPEG_QUALITY, "optimize": True}},
        "svg": {"metadata": {"Date": None}},
    }
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "figures"}):  # ids of SVG elements depend on this alone
        figure.savefig(buffer, format=kind, dpi=dpi, bbox_inches="tight", pad_inches=0.1, **choices[kind])
    return buffer.getvalue()


def save_figure(figure: Figure, path: Path, dpi: float = 130) -> Path:
    """Write a figure whole, as the name's suffix says: ``.png``, ``.jpg`` or ``.svg``.

    Returns
    -------
    Path
        The file, so that a report can link it.

    Raises
    ------
    UsageError
        If the suffix is another.
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in {"png", "jpg", "svg"}:
        raise UsageError(f"cannot draw a figure as {path.name}: expected a name in .png, .jpg or .svg")
    write_bytes(path, render_figure(figure, kind, dpi))
    return path
