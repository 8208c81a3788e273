"""What pictures of things share: walls, shadows, fruit, vessels."""

from __future__ import annotations

from random import Random
from typing import Final

from src.gallery.painter.canvas import Canvas, Pigment, lit, standing
from src.gallery.painter.genres.tools import PIGMENTS, Finish, Mood, between, jitter, one_of, pick

VESSELS: Final = ("amphora", "bottle", "bowl", "jug", "goblet", "urn")
"""Forms of vessels."""


def finish_indoors(rng: Random) -> Finish:
    """Draw how a picture of things is worked."""
    return Finish(
        strokes=one_of(rng, "loose", "slanted", "dabs", "level"),
        stroke_size=0.26 + 0.5 * rng.random() ** 1.5,
        relief=between(rng, 0.1, 0.8),
        grain=one_of(rng, "canvas", "canvas", "cracks", "paper"),
        grain_strength=between(rng, 0.2, 0.8),
        drift=between(rng, 0.15, 0.45),
    )


def paint_wall(canvas: Canvas, rng: Random, mood: Mood, flip: bool) -> Pigment:
    """Paint the wall behind, dark or light as the mood asks; return its pigment."""
    dark = rng.random() > mood.light * 1.4
    wall = pick(rng, 14, 9, "umber", "stone", "wood", "sea", "foliage", "linen")
    wall = lit(wall, -16 if dark else between(rng, 20, 80))
    light = lit(wall, between(rng, 15, 50))
    rows = ((wall, lit(wall, -8), lit(wall, -22)), (light, wall, lit(wall, -14)), (lit(light, 8), light, wall))
    canvas.wash([row[::-1] for row in rows] if flip else rows)
    return wall


def cast_shadow(canvas: Canvas, *, x: float, base: float, width: float, ground: Pigment, flip: bool) -> None:
    """Cast the soft shadow of a thing that stands at ``x``, ``base``."""
    reach = -width if flip else width
    canvas.shade(
        "glow",
        (x + reach * 0.5 - width * 0.95, base - width * 0.20, x + reach * 0.5 + width * 0.95, base + width * 0.20),
        ground,
        (-60, -60),
        strength=0.9,
    )


def paint_fruit(
    canvas: Canvas, rng: Random, *, x: float, base: float, size: float, colour: Pigment, flip: bool
) -> None:
    """Paint a round fruit that stands on ``base``."""
    canvas.shade("sphere", (x - size, base - 1.9 * size, x + size, base), colour, (-78, 54), flip)
    if rng.random() < 0.5:
        canvas.line(((x, base - 1.75 * size), (x + size * 0.15, base - 2.2 * size)), size * 0.12, PIGMENTS["umber"])


def paint_vessel(canvas: Canvas, rng: Random, *, x: float, base: float, size: float, flip: bool) -> None:
    """Paint a glazed vessel that stands on ``base``."""
    name = one_of(rng, *VESSELS)
    glaze = pick(rng, 26, 12, "brick", "linen", "sea", "wood", "gold", "pine", "stone")
    width = size * (0.62 if name in ("bottle", "goblet") else 0.95)
    height = size * (0.55 if name == "bowl" else 1.35)
    box = standing(x, base, width, height)
    canvas.shade(name, box, glaze, (-66, 52), flip)
    if rng.random() < 0.5:
        band = jitter(rng, glaze, 50, 22)
        middle = base - height * between(rng, 0.38, 0.55)
        canvas.line(((x - width * 0.32, middle), (x, middle + 0.02), (x + width * 0.32, middle)), size * 0.035, band)
    canvas.ellipse(x, base - height, width * 0.17, size * 0.02, lit(glaze, -60))
