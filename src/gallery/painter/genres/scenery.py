"""What landscapes share: skies, trees, houses, ground."""

from __future__ import annotations

from random import Random

from src.gallery.painter.canvas import Canvas, Pigment, lit, standing
from src.gallery.painter.genres.tools import (
    CLOUDS,
    CROWNS,
    Finish,
    between,
    ground_below,
    jitter,
    mix,
    one_of,
    pick,
    ridge,
)

_STROKES = ("loose", "level", "dabs", "slanted", "swirling", "loose")


def finish_outdoors(rng: Random, styles: tuple[str, ...] = _STROKES) -> Finish:
    """Draw how a picture of land or water is worked."""
    return Finish(
        strokes=one_of(rng, *styles),
        stroke_size=0.26 + 0.6 * rng.random() ** 2,
        relief=between(rng, 0.2, 0.9),
        grain=one_of(rng, "canvas", "canvas", "paper", "cracks"),
        grain_strength=between(rng, 0.2, 0.8),
        drift=between(rng, 0.15, 0.5),
    )


def paint_sky(canvas: Canvas, rng: Random, horizon: float) -> Pigment:
    """Paint a sky down to the horizon; return the pigment of its lowest part."""
    high = pick(rng, 30, 8, "sky")
    low = pick(rng, 22, 8, "haze", "haze", "sunset", "cloud")
    glow = lit(low, between(rng, 5, 30))
    side = rng.random() < 0.5
    edge = (glow, low) if side else (low, glow)
    canvas.wash(((high, lit(high, -12)), (mix(high, low, 0.55), mix(high, low, 0.35)), edge, edge))
    for _ in range(int(between(rng, 0, 7))):
        width = between(rng, 0.25, 0.9) * canvas.aspect
        x, y = between(rng, -0.2, 1.0) * canvas.aspect, between(rng, -0.15, 0.75) * horizon
        light = pick(rng, 16, 5, "cloud")
        box = (x, y, x + width, y + width * between(rng, 0.22, 0.5))
        dark = mix(high, lit(light, -60), 0.6)
        canvas.stamp(one_of(rng, *CLOUDS), box, dark, light, rng.random() < 0.5)
    return low


def paint_tree(canvas: Canvas, rng: Random, *, x: float, base: float, height: float, colour: Pigment) -> None:
    """Paint a leafy tree that stands on ``base``."""
    trunk = pick(rng, 16, 4, "umber")
    width = height * between(rng, 0.45, 0.75)
    lean = width * between(rng, -0.15, 0.15)
    canvas.line(
        ((x, base), (x + lean / 2, base - height * 0.4), (x + lean, base - height * 0.7)), height * 0.045, trunk
    )
    dark, light = lit(colour, -46), lit(colour, between(rng, 22, 56))
    for _ in range(2 if height < 0.25 else 3):
        left = x + lean + width * between(rng, -0.68, -0.32)
        top = base - height * between(rng, 0.88, 1.06)
        box = (left, top, left + width, top + height * between(rng, 0.5, 0.72))
        canvas.stamp(one_of(rng, *CROWNS), box, dark, light)


def paint_poplar(canvas: Canvas, rng: Random, *, x: float, base: float, height: float, colour: Pigment) -> None:
    """Paint a slender tree that stands on ``base``."""
    width = height * between(rng, 0.16, 0.3)
    box = standing(x, base, width, height)
    canvas.shade(one_of(rng, "crown_a", "crown_b"), box, colour, (-40, 34))
    canvas.shade("leaf", box, colour, (-40, 20), strength=0.7)


def paint_house(canvas: Canvas, rng: Random, *, x: float, base: float, size: float) -> None:
    """Paint a house with its lighted and its shaded side."""
    wall = pick(rng, 22, 6, "linen", "sand", "stone")
    roof = pick(rng, 18, 6, "brick", "wood", "stone")
    width, height = size * between(rng, 0.9, 1.7), size * 0.7
    top = base - height
    canvas.rectangle(x, top, x + width, base, wall)
    canvas.polygon(
        ((x + width, top), (x + width * 1.3, top), (x + width * 1.3, base), (x + width, base)), lit(wall, -58)
    )
    peak = top - size * between(rng, 0.3, 0.6)
    canvas.polygon(((x - size * 0.08, top), (x + width * 0.12, peak), (x + width * 1.2, peak), (x + width, top)), roof)
    canvas.polygon(((x + width, top), (x + width * 1.2, peak), (x + width * 1.34, top)), lit(roof, -36))
    for number in range(2):
        left = x + width * (0.2 + 0.4 * number)
        canvas.rectangle(left, top + height * 0.3, left + width * 0.15, top + height * 0.65, lit(wall, -95))


def paint_ground(canvas: Canvas, rng: Random, horizon: float, colour: Pigment, bands: int) -> None:
    """Lay the land in bands that grow darker and warmer towards the viewer."""
    for number in range(bands):
        level = horizon + (1.0 - horizon) * (number / bands) ** 1.25
        shade = lit(jitter(rng, colour, 12, 10), 16 - 30 * number / bands)
        line = ridge(rng, -0.1, canvas.aspect + 0.1, level, 0.03 + 0.12 * number / bands, depth=4)
        ground_below(canvas, line, shade)
