"""Flat pictures: abstracts, colour fields, prints, sketches, textiles, written pages."""

from __future__ import annotations

import math
from random import Random

from src.gallery.canvas import Canvas, Pigment
from src.gallery.forms import form
from src.gallery.genre_tools import (
    FIGURES,
    PIGMENTS,
    Finish,
    Mood,
    between,
    jitter,
    lit,
    mix,
    one_of,
    outline,
    ridge,
    vivid,
)

__all__ = [
    "paint_abstract",
    "paint_colour_field",
    "paint_gesture",
    "paint_page",
    "paint_print",
    "paint_sketch",
    "paint_textile",
]


def _scheme(rng: Random, count: int, strength: float = 38.0) -> list[Pigment]:
    """Return pigments that go together: two neighbouring hues, their opposite, a dark and a pale one."""
    angle = 2 * math.pi * rng.random()
    scheme: list[Pigment] = []
    for number in range(count):
        turn = angle + (0.5, -0.5, math.pi, math.pi - 0.7, 0.15)[number % 5] + between(rng, -0.2, 0.2)
        reach = strength * between(rng, 0.4, 1.1)
        scheme.append((between(rng, 45, 215), 128 + reach * math.cos(turn), 128 + reach * math.sin(turn)))
    scheme[-1] = jitter(rng, PIGMENTS["linen"], 12, 5)
    scheme[-2] = jitter(rng, PIGMENTS["ink"], 12, 5)
    return scheme


def _flat(rng: Random, grain: str = "paper") -> Finish:
    return Finish(
        strokes=one_of(rng, "", "", "", "dabs"),
        stroke_size=between(rng, 0.18, 0.35),
        relief=between(rng, 0.05, 0.3),
        grain=grain,
        grain_strength=between(rng, 0.3, 1.0),
        drift=between(rng, 0.1, 0.4),
    )


def paint_abstract(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Paint an abstract: a grid, circles, shards or leaning bars."""
    scheme = _scheme(rng, 7)
    width = canvas.aspect
    kind = rng.random()
    if kind < 0.3:  # a grid with black bars
        canvas.fill(scheme[-1])
        columns = [0.0, *sorted(between(rng, 0.05, 0.95) for _ in range(int(between(rng, 2, 6)))), 1.0]
        rows = [0.0, *sorted(between(rng, 0.05, 0.95) for _ in range(int(between(rng, 2, 6)))), 1.0]
        share = between(rng, 0.35, 1.0)
        for top, bottom in zip(rows, rows[1:], strict=False):
            for left, right in zip(columns, columns[1:], strict=False):
                if rng.random() < share:
                    colour = jitter(rng, scheme[int(rng.random() * 6)], 12, 5)
                    canvas.rectangle(left * width, top, right * width, bottom, colour)
        bar = between(rng, 0.0, 0.03)
        if bar > 0.006:
            for x in columns[1:-1]:
                canvas.line(((x * width, -0.05), (x * width, 1.05)), bar, scheme[-2])
            for y in rows[1:-1]:
                canvas.line(((-0.05, y), (width + 0.05, y)), bar, scheme[-2])
    elif kind < 0.55:  # circles and lines floating
        ground = jitter(rng, scheme[one_of_index(rng, -1, 0)], 10, 4)
        canvas.wash(((ground, lit(ground, 14)), (lit(ground, -14), ground)))
        for _ in range(int(between(rng, 6, 16))):
            x, y, radius = between(rng, 0, 1) * width, between(rng, 0, 1), between(rng, 0.02, 0.28) * rng.random()
            colour = jitter(rng, scheme[int(rng.random() * 7)], 16, 8)
            canvas.ellipse(x, y, radius, radius, colour)
            if rng.random() < 0.6:
                canvas.ellipse(x, y, radius * 0.65, radius * 0.65, scheme[int(rng.random() * 7)])
        for _ in range(int(between(rng, 3, 10))):
            x, y, angle, reach = between(rng, 0, 1) * width, rng.random(), 6.3 * rng.random(), between(rng, 0.1, 0.7)
            end = (x + reach * math.cos(angle), y + reach * math.sin(angle))
            canvas.line(((x, y), end), between(rng, 0.004, 0.02), scheme[int(rng.random() * 7)])
        for _ in range(int(between(rng, 1, 5))):
            x, y = between(rng, 0.1, 0.9) * width, rng.random()
            canvas.polygon(outline(rng, x, y, between(rng, 0.05, 0.2), 3, 0.4), scheme[int(rng.random() * 7)])
    elif kind < 0.8:  # shards, as the cubists broke their things
        canvas.wash(((scheme[0], scheme[1]), (scheme[2], scheme[3])))
        for _ in range(int(between(rng, 18, 44))):
            x, y = between(rng, 0, 1) * width, rng.random()
            colour = jitter(rng, scheme[int(rng.random() * 7)], 26, 8)
            shape = outline(rng, x, y, between(rng, 0.06, 0.32), 4, 0.6)
            canvas.polygon(shape, colour)
            canvas.line((shape[0], shape[1]), 0.008, lit(colour, -50))
            canvas.polygon((shape[1], shape[2], (x, y)), lit(colour, 26))
    else:  # leaning bars
        canvas.fill(scheme[-1])
        angle = between(rng, -1.2, 1.2)
        for _ in range(int(between(rng, 8, 24))):
            x, y, reach, thick = (
                between(rng, 0, 1) * width,
                rng.random(),
                between(rng, 0.1, 0.6),
                between(rng, 0.01, 0.12),
            )
            turn = angle + (math.pi / 2 if rng.random() < 0.3 else 0.0)
            along, across = (
                (math.cos(turn) * reach, math.sin(turn) * reach),
                (-math.sin(turn) * thick, math.cos(turn) * thick),
            )
            points = [
                (x + a * along[0] + b * across[0], y + a * along[1] + b * across[1])
                for a, b in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))
            ]
            canvas.polygon(points, jitter(rng, scheme[int(rng.random() * 7)], 14, 6))
    return Finish(
        strokes=one_of(rng, "", "level", "loose", "upright"),
        stroke_size=between(rng, 0.2, 0.6),
        relief=between(rng, 0.05, 0.5),
        grain="canvas",
        grain_strength=between(rng, 0.2, 0.8),
        drift=between(rng, 0.1, 0.4),
    )


def one_of_index(rng: Random, first: int, second: int) -> int:
    """Draw one of two positions."""
    return first if rng.random() < 0.6 else second


def paint_colour_field(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Paint soft-edged blocks that float on a ground."""
    scheme = _scheme(rng, 6, 30)
    ground = scheme[0]
    canvas.wash(((lit(ground, 8), ground), (ground, lit(ground, -12))))
    y = between(rng, 0.04, 0.09)
    margin = between(rng, 0.05, 0.1)
    while y < 0.9:
        bottom = min(0.95, y + between(rng, 0.12, 0.5))
        canvas.rectangle(
            margin, y, canvas.aspect - margin, bottom, jitter(rng, scheme[1 + int(rng.random() * 5)], 22, 8)
        )
        y = bottom + between(rng, 0.015, 0.05)
    canvas.soften(between(rng, 0.008, 0.03))
    return Finish(
        strokes=one_of(rng, "loose", "level", "upright"),
        stroke_size=between(rng, 0.35, 1.0),
        relief=between(rng, 0.2, 0.7),
        grain="canvas",
        grain_strength=between(rng, 0.3, 0.7),
        drift=between(rng, 0.3, 0.8),
    )


def paint_gesture(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Paint with the whole arm: sweeps, drips, splashes."""
    scheme = _scheme(rng, 7)
    ground = scheme[-1] if rng.random() < mood.light else scheme[0]
    canvas.wash(((ground, lit(ground, -14)), (lit(ground, 12), ground)))
    thick = between(rng, 0.01, 0.09)
    for _ in range(int(between(rng, 14, 40))):
        x, y = between(rng, -0.1, 1.1) * canvas.aspect, between(rng, -0.1, 1.1)
        angle, bend = 6.3 * rng.random(), between(rng, -0.5, 0.5)
        points = []
        for _ in range(9):
            points.append((x, y))
            angle += bend
            x += 0.09 * math.cos(angle)
            y += 0.09 * math.sin(angle)
        colour = jitter(rng, scheme[int(rng.random() * 7)], 18, 8)
        width = thick * between(rng, 0.3, 1.6)
        canvas.line(points, width, lit(colour, -18))
        canvas.line(points, width * 0.45, lit(colour, 22))
    for _ in range(int(between(rng, 0, 40))):
        radius = 0.022 * rng.random() ** 2 + 0.003
        canvas.ellipse(between(rng, 0, 1) * canvas.aspect, rng.random(), radius, radius, scheme[int(rng.random() * 7)])
    return Finish(
        strokes=one_of(rng, "swirling", "loose", ""),
        stroke_size=between(rng, 0.3, 0.8),
        relief=between(rng, 0.3, 0.9),
        grain="canvas",
        grain_strength=between(rng, 0.3, 0.9),
        drift=between(rng, 0.2, 0.5),
    )


def paint_print(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Print a view from wood blocks: flat washes, firm outlines, a graded sky, a seal."""
    paper = jitter(rng, PIGMENTS["paper"], 12, 6)
    ink = jitter(rng, PIGMENTS["ink"], 14, 5)
    high, low = jitter(rng, PIGMENTS["sky"], 30, 10), mix(paper, jitter(rng, PIGMENTS["sunset"], 20, 10), rng.random())
    canvas.wash(((high, high), (low, low), (paper, paper), (paper, lit(paper, -8)), (paper, paper)))
    horizon = between(rng, 0.42, 0.62)
    if rng.random() < 0.55:
        x, reach, top = (
            between(rng, 0.25, 0.75) * canvas.aspect,
            between(rng, 0.5, 0.9),
            horizon - between(rng, 0.2, 0.36),
        )
        cone = jitter(rng, PIGMENTS[one_of(rng, "sea", "earth", "stone", "brick")], 20, 10)
        canvas.polygon(
            (
                (x - reach, horizon),
                (x - 0.22, top + 0.17),
                (x - 0.03, top),
                (x + 0.03, top),
                (x + 0.22, top + 0.17),
                (x + reach, horizon),
            ),
            cone,
        )
        canvas.polygon(
            (
                (x - 0.13, top + 0.085),
                (x - 0.03, top),
                (x + 0.03, top),
                (x + 0.13, top + 0.085),
                (x + 0.05, top + 0.06),
                (x, top + 0.11),
                (x - 0.06, top + 0.06),
            ),
            lit(paper, 14),
        )
    for number in range(int(between(rng, 2, 5))):
        level = horizon + 0.12 * number
        colour = jitter(rng, PIGMENTS[one_of(rng, "sea", "meadow", "foliage", "sand", "pine")], 26, 10)
        line = ridge(rng, -0.1, canvas.aspect + 0.1, level, between(rng, 0.04, 0.12), 3)
        canvas.polygon([*line, (canvas.aspect + 0.1, 1.1), (-0.1, 1.1)], colour)
        canvas.line(line, 0.005, ink)
    if rng.random() < 0.5:  # waves
        water = jitter(rng, PIGMENTS["sea"], 20, 8)
        for row in range(5):
            y = 0.66 + 0.08 * row
            for column in range(9):
                x = canvas.aspect * (column / 8) + 0.06 * (row % 2)
                canvas.ellipse(x, y + 0.06, 0.10, 0.09, lit(water, -10 * (row % 2)))
                canvas.line(
                    [(x - 0.09 + 0.018 * step, y + 0.06 - 0.085 * math.sin(math.pi * step / 10)) for step in range(11)],
                    0.010,
                    lit(paper, 8),
                )
    else:
        for _ in range(int(between(rng, 1, 4))):
            x, base = between(rng, 0, 1) * canvas.aspect, between(rng, 0.75, 1.02)
            height = between(rng, 0.35, 0.7)
            trunk = ((x, base), (x + 0.05, base - height * 0.5), (x - 0.02, base - height))
            canvas.line(trunk, 0.028, lit(ink, 16))
            for number in range(4):
                colour = jitter(rng, PIGMENTS[one_of(rng, "pine", "foliage", "brick")], 16, 8)
                y = base - height * (0.45 + 0.17 * number)
                shift = between(rng, -0.14, 0.14)
                canvas.ellipse(x + shift, y, between(rng, 0.08, 0.17), 0.035, colour)
                canvas.ellipse(x + shift - 0.02, y - 0.012, 0.07, 0.016, lit(colour, 26))
    for _ in range(int(between(rng, 0, 4))):
        size, x, base = between(rng, 0.2, 0.4), between(rng, 0.05, 0.8) * canvas.aspect, between(rng, 0.78, 0.98)
        cloth = vivid(rng, between(rng, 70, 190), 30)
        canvas.stamp(
            form(one_of(rng, *FIGURES)),
            (x, base - size, x + size * 0.6, base),
            lit(cloth, -30),
            lit(cloth, 18),
        )
    if rng.random() < 0.7:
        x = canvas.aspect * (0.92 if rng.random() < 0.5 else 0.07)
        canvas.rectangle(x - 0.035, 0.06, x + 0.035, 0.3, mix(paper, PIGMENTS["brick"], rng.random()))
        for number in range(5):
            y = 0.085 + 0.045 * number
            canvas.line(((x - 0.018, y), (x + 0.018, y + 0.006), (x - 0.004, y + 0.024)), 0.006, ink)
    if rng.random() < 0.6:
        edge = ((0.012, 0.012), (canvas.aspect - 0.012, 0.012), (canvas.aspect - 0.012, 0.988), (0.012, 0.988))
        canvas.line(edge, 0.03, paper, closed=True)
    return _flat(rng)


def paint_sketch(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Draw on paper in ink, chalk or pencil: a head, a tree, a hill town, with hatching and a little wash."""
    dark_paper = rng.random() > mood.light * 1.5
    paper = lit(jitter(rng, PIGMENTS["paper"], 12, 6), -90 if dark_paper else 0)
    canvas.wash(((paper, lit(paper, -10)), (lit(paper, 6), paper), (lit(paper, -14), lit(paper, -6))))
    ink = jitter(rng, PIGMENTS[one_of(rng, "ink", "charcoal", "brick", "umber")], 16, 8)
    thick = between(rng, 0.003, 0.007)
    middle = canvas.aspect / 2
    wash = mix(
        paper,
        jitter(rng, PIGMENTS[one_of(rng, "umber", "sky", "sand", "meadow", "brick")], 20, 10),
        between(rng, 0.2, 0.6),
    )
    kind = rng.random()
    strength = between(rng, 0.5, 0.95)
    if kind < 0.4:  # a head, perhaps with shoulders
        size = between(rng, 0.42, 0.6)
        box = (middle - size * 0.47, 0.2, middle + size * 0.47, 0.2 + size)
        flip = rng.random() < 0.5
        if rng.random() < 0.85:
            cloth = (middle - size * 1.1, 0.2 + size * 0.76, middle + size * 1.1, 1.15)
            canvas.stamp(
                form(one_of(rng, "bust_a", "bust_b")), cloth, mix(ink, paper, 0.35), paper, flip, strength * 0.8
            )
        canvas.stamp(
            form(one_of(rng, "head_left", "head_front", "head_right")),
            box,
            mix(ink, paper, 0.1),
            lit(paper, 12),
            flip,
            strength,
        )
        canvas.stamp(
            form("hair"),
            (middle - size * 0.42, 0.14, middle + size * 0.42, 0.2 + size * 0.8),
            ink,
            mix(paper, ink, 0.5),
            flip,
            strength,
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
                ink,
                thick * 0.7,
                middle + size * (-1.5 * reach if flip else 1.5 * reach),
                0.3 + reach / 2,
                reach,
                30,
            )
    elif kind < 0.7:  # land
        horizon = between(rng, 0.45, 0.65)
        for number in range(4):
            line = ridge(rng, 0.05, canvas.aspect - 0.05, horizon + 0.1 * number, 0.16, 5)
            canvas.polygon(
                [*line, (canvas.aspect - 0.05, horizon + 0.13 * number + 0.1), (0.05, horizon + 0.13 * number + 0.1)],
                mix(paper, wash, between(rng, 0.1, 0.9)),
            )
            canvas.line(line, thick, mix(paper, ink, 0.4 + 0.15 * number))
        for _ in range(int(between(rng, 2, 6))):
            size, x, base = between(rng, 0.2, 0.45), between(rng, 0.1, 0.9) * canvas.aspect, between(rng, horizon, 0.85)
            canvas.line(((x, base), (x + 0.02, base - size)), thick * 2, ink)
            canvas.stamp(
                form(one_of(rng, "crown_a", "crown_b", "crown_c")),
                (x - size * 0.5, base - size * 1.1, x + size * 0.5, base - size * 0.3),
                ink,
                mix(paper, wash, 0.5),
                strength=strength * 0.8,
            )
        for _ in range(3):
            _hatch(
                canvas, rng, ink, thick, between(rng, 0.1, 0.8) * canvas.aspect, between(rng, horizon, 0.85), 0.16, 14
            )
    else:  # figures, studied several times on one sheet
        for number in range(int(between(rng, 1, 4))):
            size = between(rng, 0.5, 0.78)
            x, top = canvas.aspect * (0.12 + 0.26 * number) + between(rng, 0, 0.1), between(rng, 0.08, 0.25)
            flip = rng.random() < 0.5
            name = one_of(rng, *FIGURES)
            canvas.stamp(form(name), (x, top, x + size * 0.6, top + size), ink, mix(paper, wash, 0.4), flip, strength)
            canvas.line(((x + size * 0.1, top + size), (x + size * 0.55, top + size * 0.99)), thick * 2, ink)
            _hatch(canvas, rng, ink, thick, x + size * 0.45, top + size * 0.5, size * 0.3, 16)
    return Finish(
        strokes="" if rng.random() < 0.6 else "slanted",
        stroke_size=between(rng, 0.3, 0.5),
        relief=between(rng, 0.1, 0.4),
        grain=one_of(rng, "paper", "paper", "bloom"),
        grain_size=between(rng, 0.7, 1.2),
        grain_strength=between(rng, 0.3, 1.0),
        drift=between(rng, 0.05, 0.3),
    )


def _hatch(
    canvas: Canvas, rng: Random, ink: Pigment, thick: float, x: float, y: float, reach: float, count: int
) -> None:
    """Shade a patch with slanted, parallel lines."""
    for number in range(count):
        left = x - reach / 2 + reach * number / count
        top, drop = y + between(rng, -0.1, 0.1) * reach, reach * between(rng, 0.4, 0.9)
        canvas.line(((left, top), (left - drop * 0.45, top + drop)), thick, ink)


def paint_textile(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Weave a carpet, quilt or patterned cloth with a border and a middle."""
    scheme = _scheme(rng, 7, 32)
    ground = scheme[0]
    canvas.fill(ground)
    step = between(rng, 0.08, 0.2)
    kind = rng.random()
    rows, columns = int(1 / step) + 2, int(canvas.aspect / step) + 2
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5 * (row % 2)) * step, row * step
            colour = jitter(rng, scheme[1 + (row * 2 + column) % 6], 10, 4)
            if kind < 0.35:
                canvas.polygon(((x, y - step / 2), (x + step / 2, y), (x, y + step / 2), (x - step / 2, y)), colour)
                canvas.ellipse(x, y, step * 0.15, step * 0.15, scheme[-1])
            elif kind < 0.65:
                name = ("flower_five", "flower_eight", "flower_many")[int(kind * 100) % 3]
                half = step * 0.46
                canvas.stamp(form(name), (x - half, y - half, x + half, y + half), lit(colour, -40), lit(colour, 30))
            elif kind < 0.85:
                canvas.rectangle(x - step * 0.5, y - step * 0.3, x + step * 0.5, y + step * 0.3, colour)
                canvas.line(((x - step / 2, y), (x, y - step / 4), (x + step / 2, y)), step * 0.12, scheme[-1])
            else:
                canvas.ellipse(x, y, step * 0.45, step * 0.45, colour)
                canvas.ellipse(x, y, step * 0.28, step * 0.28, scheme[(row + column) % 7])
    if rng.random() < 0.5:
        x, y = canvas.aspect / 2, 0.5
        for number in range(4):
            reach = 0.36 - 0.08 * number
            canvas.polygon(
                ((x, y - reach), (x + reach * 0.8, y), (x, y + reach), (x - reach * 0.8, y)),
                scheme[(number * 2 + 1) % 7],
            )
    if rng.random() < 0.6:
        for inset, thick, colour in ((0.03, 0.07, scheme[2]), (0.075, 0.02, scheme[-1]), (0.1, 0.02, scheme[-2])):
            edge = (
                (inset, inset),
                (canvas.aspect - inset, inset),
                (canvas.aspect - inset, 1 - inset),
                (inset, 1 - inset),
            )
            canvas.line(edge, thick, colour, closed=True)
    return Finish(
        strokes=one_of(rng, "upright", "level", ""),
        stroke_size=between(rng, 0.25, 0.45),
        relief=between(rng, 0.3, 0.8),
        grain="canvas",
        grain_size=between(rng, 0.9, 1.6),
        grain_strength=between(rng, 0.8, 1.6),
        drift=between(rng, 0.2, 0.5),
    )


def paint_page(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Write a page: lines of a hand, a painted initial, sprays of leaves in the margin, perhaps a miniature."""
    paper = jitter(rng, PIGMENTS["paper"], 14, 7)
    canvas.wash(
        (
            (lit(paper, -16), paper, lit(paper, -10)),
            (paper, lit(paper, 8), paper),
            (lit(paper, -24), lit(paper, -6), lit(paper, -18)),
        )
    )
    ink = jitter(rng, PIGMENTS[one_of(rng, "ink", "ink", "umber")], 14, 5)
    left, right = canvas.aspect * between(rng, 0.1, 0.18), canvas.aspect * between(rng, 0.82, 0.9)
    top, bottom = between(rng, 0.08, 0.14), between(rng, 0.86, 0.93)
    scheme = _scheme(rng, 6, 36)
    size = between(rng, 0.16, 0.26)
    painted = top + size
    if rng.random() < 0.5:
        painted = top + between(rng, 0.3, 0.45)
        canvas.rectangle(left, top, right, painted, scheme[0])
        canvas.rectangle(left, painted - 0.12, right, painted, scheme[1])
        for number in range(3):
            x = left + (right - left) * (0.15 + 0.28 * number)
            cloth = scheme[(2 + number) % 6]
            height = (painted - top) * 0.8
            canvas.stamp(
                form(one_of(rng, *FIGURES)),
                (x, painted - height, x + height * 0.6, painted - 0.01),
                lit(cloth, -40),
                lit(cloth, 40),
            )
        canvas.line(
            ((left, top), (right, top), (right, painted), (left, painted)),
            0.016,
            jitter(rng, PIGMENTS["gold"], 16, 8),
            closed=True,
        )
    else:
        canvas.rectangle(left, top, left + size, top + size, scheme[0])
        canvas.stamp(
            form("flower_eight"), (left + 0.02, top + 0.02, left + size - 0.02, top + size - 0.02), scheme[1], scheme[2]
        )
        canvas.line(
            ((left, top), (left + size, top), (left + size, top + size), (left, top + size)),
            0.012,
            jitter(rng, PIGMENTS["gold"], 16, 8),
            closed=True,
        )
    leading = between(rng, 0.028, 0.05)
    y = top + leading / 2
    while y < bottom:
        x = left if y > painted else (left + size + 0.03 if painted == top + size else right)
        while x < right:
            word = between(rng, 0.03, 0.11)
            colour = ink if rng.random() < 0.94 else jitter(rng, PIGMENTS["brick"], 10, 8)
            canvas.line(
                ((x, y), (min(right, x + word), y)), leading * between(rng, 0.34, 0.44), mix(colour, paper, 0.25)
            )
            x += word + 0.016
        y += leading
    if rng.random() < 0.5:
        for number in range(14):
            side = left * 0.5 if number % 2 else (right + canvas.aspect) / 2
            y = 0.08 + 0.06 * number
            colour = jitter(rng, scheme[number % 4], 20, 8)
            canvas.stamp(
                form("leaf" if number % 3 else "flower_five"),
                (side - 0.025, y, side + 0.025, y + 0.06),
                lit(colour, -30),
                lit(colour, 30),
            )
    return Finish(
        strokes="",
        grain=one_of(rng, "paper", "bloom"),
        grain_strength=between(rng, 0.4, 1.0),
        drift=between(rng, 0.1, 0.4),
    )
