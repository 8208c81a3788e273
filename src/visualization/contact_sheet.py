"""Many pictures on one sheet: a plain grid, or a block for each colour."""

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
TITLE_HEIGHT: Final = 26
CAPTION_HEIGHT: Final = 18
LABEL_WIDTH: Final = 96


def make_contact_sheet(
    images: Sequence[BGRImage], captions: Sequence[str] | None = None, *, columns: int = 12, cell: int = 109
) -> BGRImage:
    """Lay pictures out in a grid of square cells, row by row, on white.

    Each of the BGR pictures, of any size, is fitted whole into its cell of ``cell`` pixels; what is too long of a
    caption, a line under each picture, is cut off with an ellipsis. UsageError is raised if there is no picture.
    """
    if not images:
        raise UsageError("a contact sheet needs at least one picture")
    columns = min(columns, len(images))
    row_height = cell + GAP + (CAPTION_HEIGHT if captions else 0)
    width = 2 * MARGIN + columns * (cell + GAP) - GAP
    sheet = Image.new("RGB", (width, 2 * MARGIN + math.ceil(len(images) / columns) * row_height - GAP), "white")
    _paste(sheet, images, (MARGIN, MARGIN), columns, cell, row_height=row_height, captions=captions)
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
    """Lay pictures out by colour, in the site's order, on white: a swatch with the colour's name, then its pictures.

    What exceeds ``rows`` rows of ``columns`` cells of ``cell`` pixels is left out. ``notes`` has a line under a
    colour's name, such as a count; ``title`` stands above the sheet. UsageError is raised if no colour has a picture.
    """
    shown = {colour: images[colour][: columns * rows] for colour in order_colours(images) if len(images[colour])}
    if not shown:
        raise UsageError("a contact sheet by colour needs at least one colour with a picture")
    columns = min(columns, max(map(len, shown.values())))
    heights = {colour: math.ceil(len(pictures) / columns) * (cell + GAP) for colour, pictures in shown.items()}
    upper = MARGIN + (TITLE_HEIGHT if title else 0)
    width = 2 * MARGIN + LABEL_WIDTH + columns * (cell + GAP)
    sheet = Image.new("RGB", (width, upper + sum(heights.values()) - GAP + MARGIN), "white")
    if title:
        _write(sheet, (MARGIN, MARGIN - 2), title, points=15, width=width - 2 * MARGIN, ink=INK, weight="-Bold")
    for colour, pictures in shown.items():
        swatch = choose_swatch(colour)
        block = (MARGIN, upper, MARGIN + LABEL_WIDTH - 1, upper + heights[colour] - GAP - 1)
        ImageDraw.Draw(sheet).rectangle(block, fill=swatch, outline=OUTLINE)
        ink, room = choose_ink(swatch), LABEL_WIDTH - 14
        _write(sheet, (MARGIN + 8, upper + 8), colour, points=13, width=room, ink=ink, weight="-Bold")
        _write(sheet, (MARGIN + 8, upper + 28), (notes or {}).get(colour, ""), points=11, width=room, ink=ink)
        _paste(sheet, pictures, (MARGIN + LABEL_WIDTH + GAP, upper), columns, cell, row_height=cell + GAP)
        upper += heights[colour]
    return _to_bgr(sheet)


def fit_picture(image: BGRImage, cell: int) -> BGRImage:
    """Scale a BGR picture, whole and with its aspect kept, until it touches the sides of a square cell."""
    height, width = image.shape[:2]
    scale = cell / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC).astype(np.uint8)


def _paste(
    sheet: Image.Image,
    images: Sequence[BGRImage],
    place: tuple[int, int],
    columns: int,
    cell: int,
    *,
    row_height: int,
    captions: Sequence[str] | None = None,
) -> None:
    """Put pictures into the middle of their cells, row by row, and the captions below them."""
    for position, image in enumerate(images):
        fitted = fit_picture(image, cell)
        height, width = fitted.shape[:2]
        left, upper = place[0] + position % columns * (cell + GAP), place[1] + position // columns * row_height
        picture = Image.fromarray(np.ascontiguousarray(fitted[:, :, ::-1]))
        sheet.paste(picture, (left + (cell - width) // 2, upper + (cell - height) // 2))
        if captions:
            _write(sheet, (left, upper + cell + 2), captions[position], points=11, width=cell, ink=MUTED)


def _write(
    sheet: Image.Image, place: tuple[int, int], text: str, *, points: int, width: int, ink: str, weight: str = ""
) -> None:
    draw, font = ImageDraw.Draw(sheet), _load_font(points, weight)
    if draw.textlength(text, font) > width:
        while text and draw.textlength(text + "…", font) > width:
            text = text[:-1]
        text = text.rstrip() + "…"
    draw.text(place, text, fill=ink, font=font)


@cache
def _load_font(points: int, weight: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(mpl.get_data_path(), "fonts", "ttf", f"DejaVuSans{weight}.ttf"), points)


def _to_bgr(sheet: Image.Image) -> BGRImage:
    return np.ascontiguousarray(np.asarray(sheet, dtype=np.uint8)[:, :, ::-1])
