"""The image host: sizes asked for by a suffix, pictures encoded.

The options are those recorded of the real image host: ``wN hN sN`` bounds (``s0`` full size),
``c`` an exact box cut from the middle, ``rw`` WebP, ``rj`` JPEG, ``lN`` quality,
``fcrop64=1,XXXXYYYYXXXXYYYY`` a part of the picture in 65,536ths; in any order, joined by ``-``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import cv2

from src.errors import UsageError
from src.features.schema import BGRImage
from src.gallery.collection.catalogue import Artwork
from src.gallery.painter.painting import THUMBNAIL_QUALITY

DEFAULT_BOUND: Final = 512
"""Longest side where no size is asked for, as the real host does."""

LARGEST_SIDE: Final = 4096
_WORD: Final = re.compile(
    r"(?P<side>[whs])(?P<bound>\d{1,5})|l(?P<quality>\d{1,3})|fcrop64=1,(?P<part>[0-9a-fA-F]{16})"
    r"|(?P<kind>rw|rj)|(?P<crop>cc?)|v\d+|no|nu|k|p|pp|n|e\d+"
)
"""One option; the last ones change nothing here (versions, no overlay, expiry …)."""


@dataclass(frozen=True)
class ImageOptions:
    """What a suffix asks for; None means "not bounded"."""

    width: int | None = None
    height: int | None = None
    is_crop: bool = False
    is_webp: bool = False
    quality: int = THUMBNAIL_QUALITY
    part: tuple[float, float, float, float] | None = None
    """Left, top, right and bottom of the part shown, 0 to 1."""


def parse_suffix(suffix: str) -> ImageOptions:
    """Read what stands behind the ``=`` of an image address.

    Raises
    ------
    UsageError
        If an option is unknown, or a size is out of range.
    """
    options: dict[str, Any] = {}
    for word in suffix.split("-") if suffix else ():
        option = _WORD.fullmatch(word)
        if option is None:
            raise UsageError(f"unknown image option {word}: expected wN hN sN c rw rj lN fcrop64=1,…")
        if option["side"]:
            if int(option["bound"]) > LARGEST_SIDE:
                raise UsageError(f"image option {word}: expected at most {LARGEST_SIDE} pixels")
            for side in {"w": ["width"], "h": ["height"], "s": ["width", "height"]}[option["side"]]:
                options[side] = int(option["bound"]) or None
        elif option["quality"]:
            options["quality"] = min(max(int(option["quality"]), 1), 100)
        elif option["part"]:
            left, top, right, bottom = (int(option["part"][start : start + 4], 16) / 0xFFFF for start in (0, 4, 8, 12))
            if left >= right or top >= bottom:
                raise UsageError(f"image option {word}: expected left < right and top < bottom")
            options["part"] = (left, top, right, bottom)
        elif option["kind"]:
            options["is_webp"] = word == "rw"
        elif option["crop"]:
            options["is_crop"] = True
    if not options.keys() & {"width", "height"}:
        options |= {"width": DEFAULT_BOUND, "height": DEFAULT_BOUND}
    return ImageOptions(**options)


def render_image(draw: Callable[..., BGRImage | bytes], artwork: Artwork, options: ImageOptions) -> tuple[bytes, str]:
    """Draw and encode an artwork as a suffix asks for it, never larger than its full size; return bytes and type.

    ``draw`` is a collection's: it takes the artwork, width, height and ``is_crop``.
    """
    full_width, full_height = artwork.size
    left, top, right, bottom = options.part or (0.0, 0.0, 1.0, 1.0)
    part_width, part_height = (right - left) * full_width, (bottom - top) * full_height
    width, height, is_crop = _fit(options, max(1, round(part_width)), max(1, round(part_height)))
    if options.part is None:
        return _encode(draw(artwork, width, height, is_crop=is_crop), options)
    # The whole is drawn as large as the part needs it, at most at full size.
    fraction = min(1.0, max(width / part_width, height / part_height))
    whole_width, whole_height = max(1, round(full_width * fraction)), max(1, round(full_height * fraction))
    whole = draw(artwork, whole_width, whole_height, is_crop=False)
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
