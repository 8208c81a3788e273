"""Pictures and figures as files: small, written whole, the same bytes for the same content."""

import io
from pathlib import Path
from typing import Any, Final

import cv2
from matplotlib.figure import Figure

from src.errors import UsageError
from src.features.schema import BGRImage
from src.files import write_bytes

JPEG_QUALITY: Final = 88

_PICTURE_OPTIONS: Final = {
    ".jpg": (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1),
    ".png": (cv2.IMWRITE_PNG_COMPRESSION, 9),
}
_FIGURE_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    ".jpg": {"pil_kwargs": {"quality": JPEG_QUALITY, "optimize": True}},
    ".png": {"pil_kwargs": {"optimize": True}, "metadata": {"Software": None}},
}


def encode_picture(image: BGRImage, suffix: str = ".jpg") -> bytes:
    """Encode a picture, BGR uint8, shape (H, W, 3), as the content of a file (:func:`check_suffix`)."""
    _, buffer = cv2.imencode(chosen := check_suffix(suffix), image, _PICTURE_OPTIONS[chosen])
    return buffer.tobytes()


def save_picture(image: BGRImage, path: Path) -> None:
    """Write a picture whole; the name's suffix decides the format (:func:`encode_picture`)."""
    write_bytes(path, encode_picture(image, path.suffix))


def render_figure(figure: Figure, suffix: str = ".png", dpi: float = 100) -> bytes:
    """Draw a figure, with its margins trimmed: ``.png``, or ``.jpg`` for photographs, which is a tenth of the size."""
    buffer, chosen = io.BytesIO(), check_suffix(suffix)
    figure.savefig(buffer, format=chosen[1:], dpi=dpi, bbox_inches="tight", pad_inches=0.1, **_FIGURE_OPTIONS[chosen])
    return buffer.getvalue()


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure whole, as the name's suffix says (:func:`render_figure`)."""
    write_bytes(path, render_figure(figure, path.suffix, 130))


def check_suffix(suffix: str) -> str:
    """Give the suffix of a format that is written, ``.jpg`` or ``.png``; raise UsageError for others."""
    chosen = ".jpg" if suffix.lower() == ".jpeg" else suffix.lower()
    if chosen not in _PICTURE_OPTIONS:
        raise UsageError(f"cannot write a picture as {suffix!r}: expected a name in .jpg, .jpeg or .png")
    return chosen
