"""The image host: sizes asked for by a suffix, pictures encoded and kept for a while.

The options are those recorded of the real image host: ``wN hN sN`` bounds (``s0`` full size),
``c`` an exact box cut from the middle, ``rw`` WebP, ``rj`` JPEG, ``lN`` quality,
``fcrop64=1,XXXXYYYYXXXXYYYY`` a part of the picture in 65,536ths; in any order, joined by ``-``.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

import cv2

from src.errors import UsageError
from src.features.schema import BGRImage
from src.gallery.collection.artwork import Collection
from src.gallery.painter.painting import THUMBNAIL_QUALITY

DEFAULT_BOUND: Final = 512
"""Longest side where no size is asked for, as the real host does."""

LARGEST_SIDE: Final = 4096
DEFAULT_QUALITY: Final = THUMBNAIL_QUALITY
_SIZE: Final = re.compile(r"(?:^|-)[whs]\d")
_SIZE_WORD: Final = re.compile(r"([whs])(\d{1,5})")
_QUALITY_WORD: Final = re.compile(r"l(\d{1,3})")
_PART_WORD: Final = re.compile(r"fcrop64=1,([0-9a-fA-F]{16})")
_IGNORED_WORD: Final = re.compile(r"v\d+|no|nu|k|p|pp|n|e\d+")
"""Options of the real host that change nothing here (versions, no overlay, expiry …)."""


@dataclass(frozen=True)
class ImageOptions:
    """What a suffix asks for; None and 0 mean "not bounded"."""

    width: int | None = None
    height: int | None = None
    is_crop: bool = False
    is_webp: bool = False
    quality: int = DEFAULT_QUALITY
    part: tuple[float, float, float, float] | None = None
    """Left, top, right and bottom of the part shown, 0 to 1."""


def parse_suffix(suffix: str) -> ImageOptions:
    """Read what stands behind the ``=`` of an image address.

    Raises
    ------
    UsageError
        If an option is unknown, or a size is out of range.
    """
    if not suffix:
        return ImageOptions(width=DEFAULT_BOUND, height=DEFAULT_BOUND)
    options = ImageOptions()
    for word in suffix.split("-"):
        options = _add_option(options, word)
    if not _SIZE.search(suffix):
        options = replace(options, width=DEFAULT_BOUND, height=DEFAULT_BOUND)
    return options


def _add_option(options: ImageOptions, word: str) -> ImageOptions:
    if size := _SIZE_WORD.fullmatch(word):
        letter, bound = size[1], int(size[2])
        if bound > LARGEST_SIDE:
            raise UsageError(f"image option {word}: expected at most {LARGEST_SIDE} pixels")
        width = options.width if letter == "h" else bound or None
        height = options.height if letter == "w" else bound or None
        return replace(options, width=width, height=height)
    if quality := _QUALITY_WORD.fullmatch(word):
        return replace(options, quality=min(max(int(quality[1]), 1), 100))
    if part := _PART_WORD.fullmatch(word):
        left, top, right, bottom = (int(part[1][start : start + 4], 16) / 0xFFFF for start in (0, 4, 8, 12))
        if left >= right or top >= bottom:
            raise UsageError(f"image option {word}: expected left < right and top < bottom")
        return replace(options, part=(left, top, right, bottom))
    if word in {"rw", "rj"}:
        return replace(options, is_webp=word == "rw")
    if word in {"c", "cc"}:
        return replace(options, is_crop=True)
    if _IGNORED_WORD.fullmatch(word):
        return options
    raise UsageError(f"unknown image option {word}: expected wN hN sN c rw rj lN fcrop64=1,…")


def render_image(collection: Collection, number: int, options: ImageOptions) -> tuple[bytes, str]:
    """Draw and encode an artwork as a suffix asks for it, never larger than its full size; return bytes and type."""
    full_width, full_height = collection.measure(number)
    left, top, right, bottom = options.part or (0.0, 0.0, 1.0, 1.0)
    part_width, part_height = (right - left) * full_width, (bottom - top) * full_height
    width, height, is_crop = _fit(options, max(1, round(part_width)), max(1, round(part_height)))
    if options.part is None:
        return _encode(collection.draw(number, width, height, is_crop=is_crop), options)
    # The whole is drawn as large as the part needs it, at most at full size.
    fraction = min(1.0, max(width / part_width, height / part_height))
    whole = collection.draw(
        number, max(1, round(full_width * fraction)), max(1, round(full_height * fraction)), is_crop=False
    )
    if isinstance(whole, bytes):
        return _encode(whole, options)
    rows, columns = whole.shape[:2]
    x_start, y_start = min(int(left * columns), columns - 1), min(int(top * rows), rows - 1)
    piece = whole[y_start : max(y_start + 1, round(bottom * rows)), x_start : max(x_start + 1, round(right * columns))]
    return _encode(crop_to_box(piece, width, height) if is_crop else resize(piece, width, height), options)


def _fit(options: ImageOptions, full_width: int, full_height: int) -> tuple[int, int, bool]:
    """Return the size to draw, and whether it is a box cut from the middle."""
    if options.is_crop and (options.width or options.height):
        # One bound alone means a square box.
        return options.width or options.height or 1, options.height or options.width or 1, True
    scale = min(1.0, (options.width or full_width) / full_width, (options.height or full_height) / full_height)
    return max(1, round(full_width * scale)), max(1, round(full_height * scale)), False


def _encode(picture: BGRImage | bytes, options: ImageOptions) -> tuple[bytes, str]:
    if isinstance(picture, bytes):
        return picture, "application/octet-stream"
    kind, parameter = ("webp", cv2.IMWRITE_WEBP_QUALITY) if options.is_webp else ("jpeg", cv2.IMWRITE_JPEG_QUALITY)
    _, buffer = cv2.imencode(f".{kind}", picture, [parameter, options.quality])
    return buffer.tobytes(), f"image/{kind}"


def resize(image: BGRImage, width: int, height: int) -> BGRImage:
    """Scale a picture to a size: by area averaging when it shrinks, cubic when it grows."""
    rows, columns = image.shape[:2]
    if (columns, rows) == (width, height):
        return image
    method = cv2.INTER_AREA if width <= columns and height <= rows else cv2.INTER_CUBIC
    return cv2.resize(image, (width, height), interpolation=method).astype(image.dtype, copy=False)


def crop_to_box(image: BGRImage, width: int, height: int) -> BGRImage:
    """Scale a picture until it just covers a box, and cut the box out of the middle."""
    rows, columns = image.shape[:2]
    scale = max(width / columns, height / rows)
    kept_columns, kept_rows = min(columns, round(width / scale)), min(rows, round(height / scale))
    left, top = (columns - kept_columns) // 2, (rows - kept_rows) // 2
    return resize(image[top : top + max(1, kept_rows), left : left + max(1, kept_columns)], width, height)
