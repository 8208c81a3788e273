"""How the surface of a picture is worked after its shapes are laid in: strokes, grain, drifting pigment."""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from src.gallery.painter.brushwork import grain_tile, stroke_tile
from src.gallery.painter.canvas import Canvas
from src.gallery.painter.genres.tools import Chance

DRIFT_SIZE: Final = 1.6
"""Picture units over which pigment drifts before it repeats."""

Range = tuple[float, float]


class Surface(NamedTuple):
    """The choices and ranges from which a surface is drawn; names between spaces, equal ones raise a chance.

    Attributes
    ----------
    strokes, grains
        Of :data:`src.gallery.painter.brushwork.STROKE_STYLES` (``-`` for none) and ``GRAINS``.
    stroke_size, grain_size
        Height of the tile in picture units: strokes of 0.2 are fine, of 1.0 broad.
    relief, strength, drift
        How strongly the strokes stand out, the grain shows, and pigment drifts over the picture, 0 to 1.
    power
        Above 1, small strokes are drawn more often than large ones.
    plain_share
        Share of the surfaces that have no grain.
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


_HANDS: Final = "loose level dabs slanted swirling loose"
_PAINTED: Final = "canvas canvas cracks paper"
_NONE: Final = ("-", (1.0, 1.0), (0.0, 0.0))
_OUTDOORS: Final = Surface(
    _HANDS, (0.26, 0.86), (0.2, 0.9), "canvas canvas paper cracks", (0.2, 0.8), (0.15, 0.5), power=2
)
_INDOORS: Final = Surface(
    "loose slanted dabs level", (0.26, 0.76), (0.1, 0.8), _PAINTED, (0.2, 0.8), (0.15, 0.45), power=1.5
)
_DESIGN: Final = Surface(*_NONE, "speckle", (0.1, 0.4), (0.0, 0.0), plain_share=0.5)

SURFACES: Final[dict[str, Surface]] = {
    "landscape": _OUTDOORS,
    "mountains": _OUTDOORS,
    "woods": _OUTDOORS._replace(strokes="upright dabs slanted loose"),
    "seascape": _OUTDOORS,
    "nocturne": _OUTDOORS,
    "town": _OUTDOORS._replace(strokes="upright dabs loose -"),
    "portrait": Surface(
        "loose slanted dabs - - -", (0.16, 0.32), (0.05, 0.6), _PAINTED, (0.2, 0.8), (0.1, 0.4), (0.8, 1.4)
    ),
    "figures": Surface(
        "loose slanted dabs upright", (0.22, 0.5), (0.15, 0.7), "canvas cracks paper", (0.2, 0.8), (0.15, 0.5)
    ),
    "icon": Surface(
        "- - upright upright upright", (0.2, 0.35), (0.2, 0.2), "cracks", (0.5, 1.0), (0.2, 0.6), (0.7, 1.3)
    ),
    "still life": _INDOORS,
    "flowers": _INDOORS,
    "interior": _INDOORS,
    "object": Surface(*_NONE, "paper", (0.1, 0.5), (0.05, 0.35)),
    "abstract": Surface("- level loose upright", (0.2, 0.6), (0.05, 0.5), "canvas", (0.2, 0.8), (0.1, 0.4)),
    "colour field": Surface("loose level upright", (0.35, 1.0), (0.2, 0.7), "canvas", (0.3, 0.7), (0.3, 0.8)),
    "gesture": Surface("swirling loose -", (0.3, 0.8), (0.3, 0.9), "canvas", (0.3, 0.9), (0.2, 0.5)),
    "print": Surface("- - - dabs", (0.18, 0.35), (0.05, 0.3), "paper", (0.3, 1.0), (0.1, 0.4)),
    "sketch": Surface(
        "- - - slanted slanted", (0.3, 0.5), (0.1, 0.4), "paper paper bloom", (0.3, 1.0), (0.05, 0.3), (0.7, 1.2)
    ),
    "textile": Surface("upright level -", (0.25, 0.45), (0.3, 0.8), "canvas", (0.8, 1.6), (0.2, 0.5), (0.9, 1.6)),
    "page": Surface(*_NONE, "paper bloom", (0.4, 1.0), (0.1, 0.4)),
    "monochrome": _DESIGN._replace(strength=(0.1, 1.2)),
    "washes": _DESIGN._replace(strength=(0.1, 0.5)),
    "poster": _DESIGN,
    "flag": _DESIGN,
    "duotone": _DESIGN,
    "tiles": _DESIGN,
    "mounted print": _DESIGN._replace(strength=(0.1, 0.5)),
}
"""The surfaces by genre."""


def work_surface(canvas: Canvas, rng: Chance, genre: str) -> npt.NDArray[np.float32]:
    """Work the surface of a picture of a genre; return its pigment, float32 (H, W, 3)."""
    surface = SURFACES[genre]

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
        canvas.brush(strokes, size, places[0])
        canvas.add_tile(strokes.relief, size, places[0], relief)
    canvas.add_tile(grain_tile(grain), grain_size, places[1], strength)
    cloud = canvas.sample_tile(grain_tile("cloud"), DRIFT_SIZE, places[2])
    return np.asarray(cv2.addWeighted(canvas.pixels, 1.0, cloud, drift, -128.0 * drift, dtype=cv2.CV_32F), np.float32)
