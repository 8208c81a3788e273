"""A canvas that is the same picture at every size: shapes in picture units, drawn into a window of pixels.

Picture units: the picture is 1 high and ``aspect`` wide, the origin at the upper left. A canvas shows a window
of it. Pixels are *pigment*, uint8 (H, W, 3): lightness, green-red and blue-yellow, with 128 as neutral for the
last two. The grade (``src.gallery.painter.grading``) turns pigment into BGR.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from src.gallery.painter.forms import form

Pigment = tuple[float, float, float]
"""Lightness, green-red and blue-yellow, each 0-255, the last two neutral at 128."""
PigmentImage = npt.NDArray[np.uint8]
"""uint8, shape (H, W, 3), channels as in :data:`Pigment`."""
TileImage = npt.NDArray[Any]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""

_SHIFT = 4  # fractional bits of cv2's fixed-point coordinates
_FIXED = 1 << _SHIFT
_FEW_POINTS = 8  # up to this many are turned faster one by one than as an array
_NEAREST_STEP = 0.9  # from this many tile pixels a pixel on, the nearest one is as good as a blend


def lit(colour: Pigment, lightness: float) -> Pigment:
    """Return the pigment, lighter (or darker, if negative); kept inside 4 to 250."""
    return (min(250.0, max(4.0, colour[0] + lightness)), colour[1], colour[2])


def mix(first: Pigment, second: Pigment, share: float) -> Pigment:
    """Return ``first`` with a share of ``second``."""
    return (
        first[0] + (second[0] - first[0]) * share,
        first[1] + (second[1] - first[1]) * share,
        first[2] + (second[2] - first[2]) * share,
    )


def around(x: float, y: float, reach_x: float, reach_y: float | None = None) -> Box:
    """Return the box about a middle."""
    reach_y = reach_x if reach_y is None else reach_y
    return (x - reach_x, y - reach_y, x + reach_x, y + reach_y)


def standing(x: float, base: float, width: float, height: float) -> Box:
    """Return the box that stands on ``base`` with its middle at ``x``."""
    return (x - width / 2, base - height, x + width / 2, base)


def corners(left: float, top: float, right: float, bottom: float) -> tuple[Point, ...]:
    """Return the corners of a box."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))


class Canvas:
    """Pigment pixels of a window of one picture, with the drawing primitives that the genres use.

    The window shows the whole picture of an aspect in ``width`` × ``height`` pixels, or, as a crop, the centred box
    that remains when the picture is scaled to cover them. Light comes from the left, from the right in a picture
    that ``is_mirrored``.
    """

    def __init__(self, aspect: float, width: int, height: int, *, is_crop: bool) -> None:
        self.aspect = aspect
        self.is_mirrored = False
        self._width, self._height = width, height
        self._scale_x, self._scale_y = width / aspect, float(height)  # pixels per picture unit
        if is_crop:
            self._scale_x = self._scale_y = max(self._scale_x, self._scale_y)
        # Of the window from the picture's corner, in pixels; nothing for the whole picture.
        self._left = (self._scale_x * aspect - width) / 2 if is_crop else 0.0
        self._top = (self._scale_y - height) / 2 if is_crop else 0.0
        self.pixels: PigmentImage = np.empty((height, width, 3), np.uint8)
        self._unit = (self._scale_x * self._scale_y) ** 0.5

    def fill(self, colour: Pigment) -> None:
        """Cover the whole window with one pigment."""
        self.pixels[:] = np.clip(colour, 0, 255)

    def wash(self, grid: Sequence[Sequence[Pigment]]) -> None:
        """Cover the picture with a smooth gradient through a grid of pigments (rows × columns, corners included)."""
        self.pixels = np.ascontiguousarray(self.gradient(grid))

    def gradient(self, grid: Sequence[Sequence[Pigment]]) -> PigmentImage:
        """Return the window of a smooth gradient through ``grid``, stretched over the picture."""
        nodes = np.clip(np.asarray(grid, np.float32), 0, 255).astype(np.uint8)
        left, top = round(self._left), round(self._top)
        right, bottom = left + self._width, top + self._height
        whole = (max(right, round(self.aspect * self._scale_x)), max(bottom, round(self._scale_y)))
        smooth = cv2.resize(nodes, whole, interpolation=cv2.INTER_LINEAR)
        return np.asarray(smooth[top:bottom, left:right], np.uint8)

    def polygon(self, points: Sequence[Point], colour: Pigment) -> None:
        """Fill a polygon of picture-unit points."""
        cv2.fillPoly(self.pixels, [self._fixed(points)], colour, cv2.LINE_AA, _SHIFT)

    def wash_below(self, level: float, grid: Sequence[Sequence[Pigment]]) -> None:
        """Fill everything below a level with the picture-wide gradient through ``grid``."""
        mask = np.zeros(self.pixels.shape[:2], np.uint8)
        points = corners(-0.1, level, self.aspect + 0.1, 1.1)
        cv2.fillPoly(mask, [self._fixed(points)], 255, cv2.LINE_8, _SHIFT)
        cv2.copyTo(self.gradient(grid), mask, self.pixels)

    def rectangle(self, left: float, top: float, right: float, bottom: float, colour: Pigment) -> None:
        """Fill an upright rectangle."""
        self.polygon(corners(left, top, right, bottom), colour)

    def frame(self, box: Box, thickness: float, colour: Pigment) -> None:
        """Draw the outline of a box."""
        self.line(corners(*box), thickness, colour, closed=True)

    def ellipse(self, x: float, y: float, radius_x: float, radius_y: float, colour: Pigment) -> None:
        """Fill an upright ellipse."""
        across, down = x * self._scale_x - self._left - 0.5, y * self._scale_y - self._top - 0.5
        centre = (round(across * _FIXED), round(down * _FIXED))
        axes = (max(1, round(radius_x * self._scale_x * _FIXED)), max(1, round(radius_y * self._scale_y * _FIXED)))
        cv2.ellipse(self.pixels, centre, axes, 0, 0, 360, colour, -1, cv2.LINE_AA, _SHIFT)

    def line(self, points: Sequence[Point], thickness: float, colour: Pigment, closed: bool = False) -> None:
        """Draw a polyline; where it is thinner than a pixel it is fainter, so that small sizes keep its weight."""
        fixed = self._fixed(points)
        pixels = thickness * self._unit
        if pixels < 1.0:
            first, second = points[len(points) // 2], points[(len(points) - 1) // 2]
            x = int((first[0] + second[0]) / 2 * self._scale_x - self._left)
            y = int((first[1] + second[1]) / 2 * self._scale_y - self._top)
            column, row = min(max(x, 0), self._width - 1), min(max(y, 0), self._height - 1)
            colour = mix(tuple(self.pixels[row, column].tolist()), colour, pixels)
        cv2.polylines(self.pixels, [fixed], closed, colour, max(1, round(pixels)), cv2.LINE_AA, _SHIFT)

    def shade(
        self, name: str, box: Box, colour: Pigment, shades: Point, flip: bool = False, *, strength: float = 1.0
    ) -> None:
        """Draw a form in one colour, from so much darker to so much lighter (see :meth:`stamp`)."""
        self.stamp(name, box, lit(colour, shades[0]), lit(colour, shades[1]), flip, strength=strength)

    def glow(self, x: float, y: float, reach: float, colour: Pigment, strength: float) -> None:
        """Draw a soft light about a point."""
        self.stamp("glow", around(x, y, reach), colour, colour, strength=strength)

    def stamp(
        self, name: str, box: Box, dark: Pigment, light: Pigment, flip: bool = False, *, strength: float = 1.0
    ) -> None:
        """Draw a form of :mod:`src.gallery.painter.forms` into a box, shaded from ``dark`` to ``light``."""
        left, right = box[0] * self._scale_x - self._left, box[2] * self._scale_x - self._left
        top, bottom = box[1] * self._scale_y - self._top, box[3] * self._scale_y - self._top
        x0, x1 = max(0, int(left)), min(self._width, int(right) + 1)
        y0, y1 = max(0, int(top)), min(self._height, int(bottom) + 1)
        if x0 >= x1 or y0 >= y1 or right - left < 0.5 or bottom - top < 0.5:
            return
        plane = form(name, flip != self.is_mirrored)
        rows, columns = plane.shape[:2]
        step_x, step_y = columns / (right - left), rows / (bottom - top)
        u0, v0 = int((x0 - left) * step_x) if x0 > left else 0, int((y0 - top) * step_y) if y0 > top else 0
        u1, v1 = max(u0 + 1, round((x1 - left) * step_x)), max(v0 + 1, round((y1 - top) * step_y))
        part = plane[min(v0, rows - 1) : v1, min(u0, columns - 1) : u1]
        sample = cv2.resize(part, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        # Two channels, cover × shade and cover: under·(1 − cover) + cover·dark + cover·shade·(light − dark).
        factor = strength / 255.0
        paint = np.array([[(light[c] - dark[c]) * factor, dark[c] * factor] for c in range(3)], np.float32)
        keep = np.array([[0.0, -factor, 1.0]] * 3, np.float32)
        region = self.pixels[y0:y1, x0:x1]
        kept = cv2.multiply(region, cv2.transform(sample, keep), dtype=cv2.CV_32F)
        cv2.add(kept, cv2.transform(sample, paint), dst=region, dtype=cv2.CV_8U)

    def soften(self, radius: float) -> None:
        """Blur everything drawn so far; ``radius`` in picture units."""
        sigma = radius * self._unit
        if sigma > 0.35:
            side = 2 * round(sigma * 1.2) + 1  # two boxes come near a Gaussian of this deviation
            self.pixels = np.asarray(cv2.blur(cv2.blur(self.pixels, (side, side)), (side, side)), np.uint8)

    def brush(self, to_middle: TileImage, size: float, offset: Point) -> None:
        """Repaint in strokes: every stroke takes the pigment found under its middle.

        The tile holds the way from each pixel to the middle of its stroke, in tile pixels (see :meth:`sample_tile`).
        """
        shift = self.sample_tile(to_middle, size, offset)
        shift *= size * self._scale_y / len(to_middle)
        shift += _pixel_grid(self._height, self._width)
        painted = cv2.remap(self.pixels, shift, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)  # type: ignore[call-overload]
        self.pixels = np.asarray(painted, np.uint8)

    def sample_tile(self, tile: TileImage, size: float, offset: Point) -> TileImage:
        """Return the window (H, W, channels) of a tile (side, side, channels), repeated every ``size`` picture units.

        The offset says where in the tile the picture begins, in tiles.
        """
        side = len(tile)
        step_x, step_y = side / (size * self._scale_x), side / (size * self._scale_y)
        first_x = (self._left + 0.5) * step_x + offset[0] * side
        first_y = (self._top + 0.5) * step_y + offset[1] * side
        if min(step_x, step_y) >= _NEAREST_STEP:
            columns = (first_x + step_x * np.arange(self._width)).astype(np.intp) % side
            rows = (first_y + step_y * np.arange(self._height)).astype(np.intp) % side
            taken = tile.take(rows, axis=0)
            if taken.itemsize > 1:
                return np.asarray(taken.take(columns, axis=1))
            # Whole rows are taken far faster than pixels of three bytes.
            return np.asarray(cv2.transpose(cv2.transpose(taken).take(columns, axis=0)))
        to_tile = np.array([[step_x, 0, first_x - 0.5], [0, step_y, first_y - 0.5]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size_pixels = (self._width, self._height)
        return np.asarray(cv2.warpAffine(tile, to_tile, size_pixels, flags=flags, borderMode=cv2.BORDER_WRAP))

    def add_tile(self, tile: npt.NDArray[np.uint8], size: float, offset: Point, strength: float) -> None:
        """Add a tile's pigment, 128 for nothing, to everything drawn so far."""
        sample = self.sample_tile(tile, size, offset)
        cv2.addWeighted(self.pixels, 1.0, sample, strength, -128.0 * strength, dst=self.pixels)

    def _fixed(self, points: Sequence[Point]) -> npt.NDArray[np.int32]:
        """Turn picture units into cv2's fixed-point pixels; pixel centres lie at whole numbers."""
        scale_x, scale_y = self._scale_x * _FIXED, self._scale_y * _FIXED
        shift_x, shift_y = (self._left + 0.5) * _FIXED, (self._top + 0.5) * _FIXED
        if len(points) > _FEW_POINTS:
            return np.asarray((np.array(points) * (scale_x, scale_y) - (shift_x, shift_y)).astype(np.int32))
        return np.array([(int(x * scale_x - shift_x), int(y * scale_y - shift_y)) for x, y in points], np.int32)


@lru_cache(maxsize=4)
def _pixel_grid(height: int, width: int) -> npt.NDArray[np.float32]:
    """Return the x and y of every pixel, float32 (H, W, 2)."""
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.dstack((columns, rows))
