"""Many pictures on one sheet: a plain grid, or a row or block for each colour."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from src.colours import order_colours
from src.errors import UsageError
from src.features.schema import BGRImage
from src.visualization.style import INK, MUTED, OUTLINE, choose_ink, choose_swatch

GAP: Final = 6
MARGIN: Final = 10
CAPTION_POINTS: Final = 11


def make_contact_sheet(
    images: Sequence[BGRImage],
    captions: Sequence[str] | None = None,
    *,
    columns: int = 12,
    cell: int = 109,
    title: str | None = None,
) -> BGRImage:
    """Lay pictures out in a grid, row by row.

    Parameters
    ----------
    images
        BGR uint8, shape (H, W, 3), of any sizes; each is fitted whole into its cell.
    captions
        A line under each picture, as many as there are pictures; cut off with … where too long.
    columns
        Pictures in a row.
    cell
        Side of a cell in pixels.
    title
        A line above the sheet.

    Returns
    -------
    BGRImage
        The sheet on white, uint8, shape (height, width, 3).

    Raises
    ------
    UsageError
        If there is no picture, or the captions are not as many.
    """
    if not images:
        raise UsageError("a contact sheet needs at least one picture")
    if captions is not None and len(captions) != len(images):
        raise UsageError(f"expected a caption for each of the {len(images)} pictures, got {len(captions)}")
    columns = min(columns, len(images))
    rows = math.ceil(len(images) / columns)
    caption_height = 18 if captions is not None else 0
    top = MARGIN + (26 if title else 0)
    size = (
        2 * MARGIN + columns * cell + (columns - 1) * GAP,
        top + rows * (cell + caption_height) + (rows - 1) * GAP + MARGIN,
    )
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    if title:
        _write(draw, (MARGIN, MARGIN - 2), title, points=15, width=size[0] - 2 * MARGIN, ink=INK, is_bold=True)
    for position, image in enumerate(images):
        left = MARGIN + position % columns * (cell + GAP)
        upper = top + position // columns * (cell + caption_height + GAP)
        _paste(sheet, image, left, upper, cell)
        if captions is not None:
            _write(draw, (left, upper + cell + 2), captions[position], points=CAPTION_POINTS, width=cell, ink=MUTED)
    return _to_bgr(sheet)


def make_colour_sheet(
    images: Mapping[str, Sequence[BGRImage]],
    *,
    columns: int = 12,
    rows: int = 1,
    cell: int = 96,
    notes: Mapping[str, str] | None = None,
    title: str | None = None,
) -> BGRImage:
    """Lay pictures out by colour: a swatch with the colour's name, then its pictures.

    Parameters
    ----------
    images
        For each colour its pictures, BGR uint8, shape (H, W, 3); what exceeds ``rows`` rows of
        ``columns`` is left out. Colours come in the site's order.
    columns, rows
        Pictures in a row, and rows for each colour.
    cell
        Side of a cell in pixels.
    notes
        A line under a colour's name, such as a count.
    title
        A line above the sheet.

    Returns
    -------
    BGRImage
        The sheet on white, uint8, shape (height, width, 3).

    Raises
    ------
    UsageError
        If no colour has a picture.
    """
    shown = {colour: list(images[colour])[: columns * rows] for colour in order_colours(images)}
    shown = {colour: pictures for colour, pictures in shown.items() if pictures}
    if not shown:
        raise UsageError("a contact sheet by colour needs at least one colour with a picture")
    columns = min(columns, max(len(pictures) for pictures in shown.values()))
    label_width = 96
    top = MARGIN + (26 if title else 0)
    block_rows = {colour: math.ceil(len(pictures) / columns) for colour, pictures in shown.items()}
    size = (
        2 * MARGIN + label_width + GAP + columns * cell + (columns - 1) * GAP,
        top + sum(count * (cell + GAP) for count in block_rows.values()) - GAP + MARGIN,
    )
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    if title:
        _write(draw, (MARGIN, MARGIN - 2), title, points=15, width=size[0] - 2 * MARGIN, ink=INK, is_bold=True)
    upper = top
    for colour, pictures in shown.items():
        bottom = upper + block_rows[colour] * (cell + GAP) - GAP
        swatch = choose_swatch(colour)
        draw.rectangle((MARGIN, upper, MARGIN + label_width - 1, bottom - 1), fill=swatch, outline=OUTLINE)
        ink = choose_ink(swatch)
        _write(draw, (MARGIN + 8, upper + 8), colour, points=13, width=label_width - 14, ink=ink, is_bold=True)
        if notes and colour in notes:
            _write(
                draw, (MARGIN + 8, upper + 28), notes[colour], points=CAPTION_POINTS, width=label_width - 14, ink=ink
            )
        for position, image in enumerate(pictures):
            left = MARGIN + label_width + GAP + position % columns * (cell + GAP)
            _paste(sheet, image, left, upper + position // columns * (cell + GAP), cell)
        upper = bottom + GAP
    return _to_bgr(sheet)


def fit_picture(image: BGRImage, cell: int) -> BGRImage:
    """Scale a picture, whole and with its aspect kept, until it touches the sides of a square cell.

    Parameters
    ----------
    image
        BGR uint8, shape (H, W, 3).
    cell
        Side of the cell in pixels.

    Returns
    -------
    BGRImage
        With its longer side equal to ``cell``.
    """
    height, width = image.shape[:2]
    scale = cell / max(height, width)
    if scale == 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(image, size, interpolation=method).astype(np.uint8, copy=False)


def _paste(sheet: Image.Image, image: BGRImage, left: int, upper: int, cell: int) -> None:
    fitted = fit_picture(image, cell)
    height, width = fitted.shape[:2]
    picture = Image.fromarray(np.ascontiguousarray(fitted[:, :, ::-1]))
    sheet.paste(picture, (left + (cell - width) // 2, upper + (cell - height) // 2))


def _write(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    *,
    points: int,
    width: float,
    ink: str,
    is_bold: bool = False,
) -> None:
    font = _load_font(points, is_bold)
    if draw.textlength(text, font) > width:
        while text and draw.textlength(text + "…", font) > width:
            text = text[:-1]
        text = text.rstrip() + "…"
    draw.text(place, text, fill=ink, font=font)


@cache
def _load_font(points: int, is_bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / name, points)


def _to_bgr(sheet: Image.Image) -> BGRImage:
    return np.ascontiguousarray(np.asarray(sheet, dtype=np.uint8)[:, :, ::-1])
