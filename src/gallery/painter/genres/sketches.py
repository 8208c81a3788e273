"""Drawings on paper."""

from __future__ import annotations

import math
from random import Random

from src.gallery.painter.canvas import Canvas, Pigment, lit
from src.gallery.painter.genres.tools import (
    BUSTS,
    CROWNS,
    FIGURES,
    HEADS,
    Finish,
    Mood,
    between,
    draw_finish,
    mix,
    one_of,
    pick,
    ridge,
)


def paint_sketch(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Draw on paper in ink, chalk or pencil: a head, a tree, a hill town, with hatching and a little wash."""
    dark_paper = rng.random() > mood.light * 1.5
    paper = lit(pick(rng, 12, 6, "paper"), -90 if dark_paper else 0)
    canvas.wash(((paper, lit(paper, -10)), (lit(paper, 6), paper), (lit(paper, -14), lit(paper, -6))))
    ink = pick(rng, 16, 8, "ink", "charcoal", "brick", "umber")
    thick = between(rng, 0.003, 0.007)
    middle = canvas.aspect / 2
    wash = mix(paper, pick(rng, 20, 10, "umber", "sky", "sand", "meadow", "brick"), between(rng, 0.2, 0.6))
    kind = rng.random()
    strength = between(rng, 0.5, 0.95)
    if kind < 0.4:  # a head, perhaps with shoulders
        size = between(rng, 0.42, 0.6)
        box = (middle - size * 0.47, 0.2, middle + size * 0.47, 0.2 + size)
        flip = rng.random() < 0.5
        if rng.random() < 0.85:
            cloth = (middle - size * 1.1, 0.2 + size * 0.76, middle + size * 1.1, 1.15)
            canvas.stamp(one_of(rng, *BUSTS), cloth, mix(ink, paper, 0.35), paper, flip, strength=strength * 0.8)
        canvas.stamp(one_of(rng, *HEADS), box, mix(ink, paper, 0.1), lit(paper, 12), flip, strength=strength)
        canvas.stamp(
            "hair",
            (middle - size * 0.42, 0.14, middle + size * 0.42, 0.2 + size * 0.8),
            ink,
            mix(paper, ink, 0.5),
            flip,
            strength=strength,
        )
        edge = [
            (middle + size * 0.30 * math.cos(turn / 8), 0.2 + size * (0.42 + 0.42 * math.sin(turn / 8)))
            for turn in range(-4, 30)
        ]
        canvas.line(edge, thick * 1.3, mix(paper, ink, 0.8))
        for reach in (0.25, 0.4):
            _hatch(
                canvas,
                rng,
                mix(ink, paper, 0.35),
                thick * 0.7,
                x=middle + size * (-1.5 * reach if flip else 1.5 * reach),
                y=0.3 + reach / 2,
                reach=reach,
                count=30,
            )
    elif kind < 0.7:  # land
        horizon = between(rng, 0.45, 0.65)
        for number in range(4):
            line = ridge(rng, 0.05, canvas.aspect - 0.05, horizon + 0.1 * number, 0.16, depth=5)
            canvas.polygon(
                [*line, (canvas.aspect - 0.05, horizon + 0.13 * number + 0.1), (0.05, horizon + 0.13 * number + 0.1)],
                mix(paper, wash, between(rng, 0.1, 0.9)),
            )
            canvas.line(line, thick, mix(paper, ink, 0.4 + 0.15 * number))
        for _ in range(int(between(rng, 2, 6))):
            size, x, base = between(rng, 0.2, 0.45), between(rng, 0.1, 0.9) * canvas.aspect, between(rng, horizon, 0.85)
            canvas.line(((x, base), (x + 0.02, base - size)), thick * 2, ink)
            canvas.stamp(
                one_of(rng, *CROWNS),
                (x - size * 0.5, base - size * 1.1, x + size * 0.5, base - size * 0.3),
                ink,
                mix(paper, wash, 0.5),
                strength=strength * 0.8,
            )
        for _ in range(3):
            _hatch(
                canvas,
                rng,
                mix(ink, paper, 0.35),
                thick,
                x=between(rng, 0.1, 0.8) * canvas.aspect,
                y=between(rng, horizon, 0.85),
                reach=0.16,
                count=14,
            )
    else:  # figures, studied several times on one sheet
        for number in range(int(between(rng, 1, 4))):
            size = between(rng, 0.5, 0.78)
            x, top = canvas.aspect * (0.12 + 0.26 * number) + between(rng, 0, 0.1), between(rng, 0.08, 0.25)
            flip = rng.random() < 0.5
            canvas.stamp(
                one_of(rng, *FIGURES),
                (x, top, x + size * 0.6, top + size),
                ink,
                mix(paper, wash, 0.4),
                flip,
                strength=strength,
            )
            canvas.line(((x + size * 0.1, top + size), (x + size * 0.55, top + size * 0.99)), thick * 2, ink)
            _hatch(
                canvas,
                rng,
                mix(ink, paper, 0.35),
                thick * 0.7,
                x=x + size * 0.45,
                y=top + size * 0.5,
                reach=size * 0.3,
                count=16,
            )
    return draw_finish(
        rng,
        strokes=("", "", "", "slanted", "slanted"),
        size=(0.3, 0.5),
        relief=(0.1, 0.4),
        grain=("paper", "paper", "bloom"),
        grain_size=(0.7, 1.2),
        strength=(0.3, 1.0),
        drift=(0.05, 0.3),
    )


def _hatch(
    canvas: Canvas, rng: Random, ink: Pigment, thick: float, *, x: float, y: float, reach: float, count: int
) -> None:
    """Shade a patch with slanted, parallel lines."""
    for number in range(count):
        left = x - reach / 2 + reach * number / count
        top, drop = y + between(rng, -0.1, 0.1) * reach, reach * between(rng, 0.4, 0.9)
        canvas.line(((left, top), (left - drop * 0.45, top + drop)), thick, ink)
