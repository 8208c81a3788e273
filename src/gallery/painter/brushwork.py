"""Brushwork and grounds: small tiles that repeat, made once for each process from fixed seeds.

A tile of strokes knows for each pixel where the middle of its stroke lies, so that a canvas can be repainted
in strokes of one pigment each by a single lookup. A tile of grain is added to the pigment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

TILE: Final = 384
"""Side of a tile, in pixels."""


class Strokes(NamedTuple):
    """A repeating pattern of brush strokes: a tile of float32 (TILE, TILE, 2) and one of uint8 (TILE, TILE, 3).

    The first has x and y from each pixel to the middle of its stroke, in tile pixels; the second what each stroke adds
    to the pigment, 128 for nothing.
    """

    to_middle: npt.NDArray[np.float32]
    relief: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _StrokeStyle:
    """Strokes of a hand: how many, how long and wide (tile pixels), and how they lie (degrees)."""

    count: int
    length: float
    width: float
    angle: float
    spread: float
    swirl: float = 0.0


STROKE_STYLES: Final = {
    "dabs": _StrokeStyle(2600, 9.0, 9.0, 0.0, 180.0),
    "level": _StrokeStyle(1500, 34.0, 8.0, 0.0, 14.0),
    "slanted": _StrokeStyle(1700, 26.0, 8.0, 52.0, 16.0),
    "upright": _StrokeStyle(1500, 32.0, 8.0, 90.0, 15.0),
    "loose": _StrokeStyle(1300, 30.0, 10.0, 20.0, 75.0),
    "swirling": _StrokeStyle(2000, 26.0, 7.0, 0.0, 12.0, 150.0),
}
"""The styles of stroke by name."""


@lru_cache(maxsize=len(STROKE_STYLES))
def stroke_tile(style: str) -> Strokes:
    """Return the strokes of a style of :data:`STROKE_STYLES`; the same for every process."""
    hand = STROKE_STYLES[style]
    generator = np.random.Generator(np.random.PCG64([71, sorted(STROKE_STYLES).index(style)]))
    side = TILE
    middles = generator.uniform(0, side, (hand.count, 2))
    phases = 2 * math.pi * middles / side
    flow = np.sin(phases[:, 0] + 1.3 * np.sin(phases[:, 1])) + np.cos(phases[:, 1] * 2 + np.sin(phases[:, 0]))
    angles = np.radians(hand.angle + hand.swirl * flow / 2 + generator.uniform(-hand.spread, hand.spread, hand.count))
    halves = hand.length * generator.uniform(0.6, 1.2, hand.count) / 2
    widths = np.maximum(2, np.round(hand.width * generator.uniform(0.7, 1.3, hand.count))).astype(int)
    owner = np.full((side, side), 0, np.int32)
    for number in range(hand.count):
        x, y = middles[number]
        reach_x, reach_y = math.cos(angles[number]) * halves[number], math.sin(angles[number]) * halves[number]
        for wrap_x in (0, side) if x > side / 2 else (0, -side):
            for wrap_y in (0, side) if y > side / 2 else (0, -side):
                start = (round(x - reach_x - wrap_x), round(y - reach_y - wrap_y))
                end = (round(x + reach_x - wrap_x), round(y + reach_y - wrap_y))
                cv2.line(owner, start, end, number + 1, int(widths[number]))
    index = np.maximum(owner - 1, 0)
    columns, rows = np.meshgrid(np.arange(side), np.arange(side))
    to_middle = middles[index] - np.dstack((columns, rows))
    to_middle -= side * np.round(to_middle / side)
    to_middle[owner == 0] = 0
    across = to_middle[..., 0] * np.sin(angles[index]) - to_middle[..., 1] * np.cos(angles[index])
    ridge = np.cos(np.clip(across / widths[index] * math.pi * 1.6, -math.pi, math.pi))
    bristles = np.sin(across * 2.4 + index) * 0.35
    lightness = generator.normal(0, 12, hand.count)[index] + 9 * ridge + 10 * bristles
    warmth = generator.normal(0, 4.5, (hand.count, 2))[index]
    relief = np.dstack((lightness, warmth)) + 128
    return Strokes(to_middle.astype(np.float32), np.clip(np.round(relief), 0, 255).astype(np.uint8))


GRAINS: Final = ("cloud", "canvas", "paper", "cracks", "bloom", "speckle")
"""The kinds of grain: drifting pigment, woven linen, paper, fine cracks of old varnish, blotted washes, and noise that
differs in every channel of every pixel."""


@lru_cache(maxsize=len(GRAINS))
def grain_tile(kind: str) -> npt.NDArray[np.uint8]:
    """Return the grain of a kind of :data:`GRAINS`: uint8 (TILE, TILE, 3), 128 for nothing."""
    generator = np.random.Generator(np.random.PCG64([72, GRAINS.index(kind)]))
    side = TILE
    columns, rows = np.meshgrid(np.arange(side), np.arange(side))
    if kind == "cloud":
        layers = [_fractal(generator, 1.9) * 22, _fractal(generator, 1.9) * 11, _fractal(generator, 1.9) * 11]
    elif kind == "canvas":
        turn = 2 * math.pi * 96 / side
        weave = np.sin(columns * turn) * (np.sin(rows * turn) > 0) + np.sin(rows * turn) * (np.sin(columns * turn) > 0)
        layers = [weave * 7 + _fractal(generator, 0.7) * 5, _fractal(generator, 1.4) * 2, _fractal(generator, 1.4) * 3]
    elif kind == "paper":
        fibre = _fractal(generator, 0.8) * 9
        layers = [fibre + _fractal(generator, 1.6) * 5, _fractal(generator, 1.6) * 2, _fractal(generator, 1.6) * 4]
    elif kind == "cracks":
        layers = [_cracks(generator), _fractal(generator, 1.5) * 3, _fractal(generator, 1.5) * 4]
    elif kind == "speckle":
        layers = [generator.normal(0, 20, (side, side)) for _ in range(3)]
    else:
        blots = np.abs(_fractal(generator, 1.7))
        layers = [18 - 26 * blots, _fractal(generator, 1.7) * 9, _fractal(generator, 1.7) * 12]
    return np.clip(np.round(np.dstack(layers) + 128), 0, 255).astype(np.uint8)


def _fractal(generator: np.random.Generator, slope: float) -> npt.NDArray[np.float64]:
    """Return repeating noise whose amplitude falls with frequency to the power ``slope``; zero mean, unit variance."""
    side = TILE
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :]) * side
    frequency[0, 0] = 1.0
    spectrum = np.fft.rfft2(generator.standard_normal((side, side))) * np.maximum(frequency, 2.0) ** -slope
    spectrum[0, 0] = 0.0
    noise = np.asarray(np.fft.irfft2(spectrum, (side, side)))
    return np.asarray(noise / noise.std())


def _cracks(generator: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return the lightness of a net of fine cracks: the borders of Voronoi cells, bent a little."""
    side = TILE
    bend = np.dstack((_fractal(generator, 1.2), _fractal(generator, 1.2))) * 3
    columns, rows = np.meshgrid(np.arange(side, dtype=np.float32), np.arange(side, dtype=np.float32))
    place_x, place_y = columns + bend[..., 0].astype(np.float32), rows + bend[..., 1].astype(np.float32)
    nearest = np.full((side, side), np.inf, np.float32)
    second = nearest.copy()
    for x, y in generator.uniform(0, side, (110, 2)).astype(np.float32):
        apart_x, apart_y = np.abs(place_x - x), np.abs(place_y - y)
        distance = np.hypot(np.minimum(apart_x, side - apart_x), np.minimum(apart_y, side - apart_y))
        second = np.minimum(second, np.maximum(nearest, distance))
        nearest = np.minimum(nearest, distance)
    return np.where(second - nearest < 1.2, -42.0, 2.0) + _fractal(generator, 1.0) * 3
