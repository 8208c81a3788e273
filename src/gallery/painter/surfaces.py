"""How the surface of a picture is worked after its shapes are laid in: strokes, grain, drifting pigment.

Strokes and grain are small tiles that repeat, made once for each process from fixed seeds. A tile of strokes knows for
each pixel where the middle of its stroke lies, so that a canvas can be repainted in strokes of one pigment each by a
single lookup. A tile of grain is added to the pigment.
"""

import math
from functools import lru_cache
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from src.gallery.painter.canvas import Canvas
from src.gallery.painter.genres.tools import Chance

TILE: Final = 384
"""Side of a tile, in pixels."""


class Strokes(NamedTuple):
    """A repeating pattern of brush strokes: a tile of float32 (TILE, TILE, 2) and one of uint8 (TILE, TILE, 3).

    The first has x and y from each pixel to the middle of its stroke, in tile pixels; the second what each stroke adds
    to the pigment, 128 for nothing.
    """

    to_middle: npt.NDArray[np.float32]
    relief: npt.NDArray[np.uint8]


STROKE_STYLES: Final = {
    "dabs": (2600, 9.0, 9.0, 0.0, 180.0, 0.0),
    "level": (1500, 34.0, 8.0, 0.0, 14.0, 0.0),
    "slanted": (1700, 26.0, 8.0, 52.0, 16.0, 0.0),
    "upright": (1500, 32.0, 8.0, 90.0, 15.0, 0.0),
    "loose": (1300, 30.0, 10.0, 20.0, 75.0, 0.0),
    "swirling": (2000, 26.0, 7.0, 0.0, 12.0, 150.0),
}
"""The styles by name: number of strokes, length and width (tile pixels), angle, its spread and swirl (degrees)."""


@lru_cache(maxsize=len(STROKE_STYLES))
def stroke_tile(style: str) -> Strokes:
    """Return the strokes of a style of :data:`STROKE_STYLES`; the same for every process."""
    count, length, width, angle, spread, swirl = STROKE_STYLES[style]
    generator = np.random.Generator(np.random.PCG64([71, sorted(STROKE_STYLES).index(style)]))
    side = TILE
    middles = generator.uniform(0, side, (count, 2))
    phases = 2 * math.pi * middles / side
    flow = np.sin(phases[:, 0] + 1.3 * np.sin(phases[:, 1])) + np.cos(phases[:, 1] * 2 + np.sin(phases[:, 0]))
    angles = np.radians(angle + swirl * flow / 2 + generator.uniform(-spread, spread, count))
    halves = length * generator.uniform(0.6, 1.2, count) / 2
    widths = np.maximum(2, np.round(width * generator.uniform(0.7, 1.3, count))).astype(int)
    owner = np.full((side, side), 0, np.int32)
    for number in range(count):
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
    lightness = generator.normal(0, 12, count)[index] + 9 * ridge + 10 * bristles
    warmth = generator.normal(0, 4.5, (count, 2))[index]
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


DRIFT_SIZE: Final = 1.6
"""Picture units over which pigment drifts before it repeats."""

Range = tuple[float, float]


class Surface(NamedTuple):
    """The choices and ranges from which a surface is drawn; names between spaces, equal ones raise a chance.

    Strokes are of :data:`STROKE_STYLES` (``-`` for none), grains of :data:`GRAINS`. Their size is the height of the
    tile in picture units: strokes of 0.2 are fine, of 1.0 broad; a power above 1 draws small ones more often. Relief,
    strength and drift say how strongly the strokes stand out, the grain shows, and pigment drifts over the picture, 0
    to 1; the plain share is that of the surfaces without grain.
    """

    strokes: str
    stroke_size: Range
    relief: Range
    grains: str
    strength: Range
    drift: Range
    grain_size: Range = (1.0, 1.0)
    power: float = 1.0
    plain_share: float = 0.0


_PAINTED: Final = "canvas canvas cracks paper"
_NONE: Final = ("-", (1.0, 1.0), (0.0, 0.0))

OUTDOORS: Final = Surface(
    strokes="loose level dabs slanted swirling loose",
    stroke_size=(0.26, 0.86),
    relief=(0.2, 0.9),
    grains="canvas canvas paper cracks",
    strength=(0.2, 0.8),
    drift=(0.15, 0.5),
    power=2,
)
WOODS: Final = OUTDOORS._replace(strokes="upright dabs slanted loose")
TOWN: Final = OUTDOORS._replace(strokes="upright dabs loose -")
INDOORS: Final = Surface(
    "loose slanted dabs level", (0.26, 0.76), (0.1, 0.8), _PAINTED, (0.2, 0.8), (0.15, 0.45), power=1.5
)
PORTRAIT: Final = Surface(
    "loose slanted dabs - - -", (0.16, 0.32), (0.05, 0.6), _PAINTED, (0.2, 0.8), (0.1, 0.4), (0.8, 1.4)
)
FIGURES: Final = Surface(
    "loose slanted dabs upright", (0.22, 0.5), (0.15, 0.7), "canvas cracks paper", (0.2, 0.8), (0.15, 0.5)
)
ICON: Final = Surface(
    "- - upright upright upright", (0.2, 0.35), (0.2, 0.2), "cracks", (0.5, 1.0), (0.2, 0.6), (0.7, 1.3)
)
OBJECT: Final = Surface(*_NONE, "paper", (0.1, 0.5), (0.05, 0.35))
ABSTRACT: Final = Surface("- level loose upright", (0.2, 0.6), (0.05, 0.5), "canvas", (0.2, 0.8), (0.1, 0.4))
COLOUR_FIELD: Final = Surface("loose level upright", (0.35, 1.0), (0.2, 0.7), "canvas", (0.3, 0.7), (0.3, 0.8))
GESTURE: Final = Surface("swirling loose -", (0.3, 0.8), (0.3, 0.9), "canvas", (0.3, 0.9), (0.2, 0.5))
PRINT: Final = Surface("- - - dabs", (0.18, 0.35), (0.05, 0.3), "paper", (0.3, 1.0), (0.1, 0.4))
SKETCH: Final = Surface(
    "- - - slanted slanted", (0.3, 0.5), (0.1, 0.4), "paper paper bloom", (0.3, 1.0), (0.05, 0.3), (0.7, 1.2)
)
TEXTILE: Final = Surface("upright level -", (0.25, 0.45), (0.3, 0.8), "canvas", (0.8, 1.6), (0.2, 0.5), (0.9, 1.6))
PAGE: Final = Surface(*_NONE, "paper bloom", (0.4, 1.0), (0.1, 0.4))
DESIGN: Final = Surface(*_NONE, "speckle", (0.1, 0.4), (0.0, 0.0), plain_share=0.5)
MONOCHROME: Final = DESIGN._replace(strength=(0.1, 1.2))
WASHES: Final = DESIGN._replace(strength=(0.1, 0.5))


def work_surface(canvas: Canvas, rng: Chance, surface: Surface) -> npt.NDArray[np.float32]:
    """Work the surface of a picture; return its pigment, float32 (H, W, 3)."""

    def draw(limits: Range, power: float = 1.0) -> float:
        low, high = limits
        if low == high:
            return low
        return rng.between(low, high) if power == 1 else low + (high - low) * rng.random() ** power

    style, size = rng.one_of(*surface.strokes.split()), draw(surface.stroke_size, surface.power)
    relief = draw(surface.relief)
    grain, grain_size = rng.one_of(*surface.grains.split()), draw(surface.grain_size)
    is_plain = surface.plain_share > 0 and rng.random() >= 1 - surface.plain_share
    strength = 0.0 if is_plain else draw(surface.strength)
    drift = draw(surface.drift)
    places = [(rng.random(), rng.random()) for _ in range(3)]
    if style != "-":
        strokes = stroke_tile(style)
        canvas.brush(strokes.to_middle, size, places[0])
        canvas.add_tile(strokes.relief, size, places[0], relief)
    canvas.add_tile(grain_tile(grain), grain_size, places[1], strength)
    cloud = canvas.sample_tile(grain_tile("cloud"), DRIFT_SIZE, places[2])
    return np.asarray(cv2.addWeighted(canvas.pixels, 1.0, cloud, drift, -128.0 * drift, dtype=cv2.CV_32F), np.float32)
