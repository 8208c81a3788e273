"""Pictures of nothing but pigment: abstracts, colour fields, gestures, textiles."""

import math
from itertools import pairwise

from src.gallery.painter.canvas import Canvas, Pigment, around, lit
from src.gallery.painter.genres.tools import FORMS_BY_KIND, Chance, Mood, make_scheme, outline


def _paint_grid(canvas: Canvas, rng: Chance, scheme: list[Pigment]) -> None:
    """Divide the canvas by bars and fill some of the fields."""
    width = canvas.aspect
    canvas.fill(scheme[-1])
    columns = [0.0, *sorted(rng.between(0.05, 0.95) for _ in range(int(rng.between(2, 6)))), 1.0]
    rows = [0.0, *sorted(rng.between(0.05, 0.95) for _ in range(int(rng.between(2, 6)))), 1.0]
    share = rng.between(0.35, 1.0)
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            if rng.random() < share:
                colour = rng.jitter(scheme[int(rng.random() * 6)], 12, 5)
                canvas.rectangle(left * width, top, right * width, bottom, colour)
    bar = rng.between(0.0, 0.03)
    if bar > 0.006:
        for x in columns[1:-1]:
            canvas.line(((x * width, -0.05), (x * width, 1.05)), bar, scheme[-2])
        for y in rows[1:-1]:
            canvas.line(((-0.05, y), (width + 0.05, y)), bar, scheme[-2])


def _paint_floating(canvas: Canvas, rng: Chance, scheme: list[Pigment]) -> None:
    """Let circles, lines and triangles float on a ground."""
    width = canvas.aspect
    ground = rng.jitter(scheme[-1 if rng.random() < 0.6 else 0], 10, 4)
    canvas.wash(((ground, lit(ground, 14)), (lit(ground, -14), ground)))
    for _ in range(int(rng.between(6, 16))):
        x, y, radius = rng.between(0, 1) * width, rng.between(0, 1), rng.between(0.02, 0.28) * rng.random()
        colour = rng.jitter(scheme[int(rng.random() * 7)], 16, 8)
        canvas.ellipse(x, y, radius, radius, colour)
        if rng.random() < 0.6:
            canvas.ellipse(x, y, radius * 0.65, radius * 0.65, scheme[int(rng.random() * 7)])
    for _ in range(int(rng.between(3, 10))):
        x, y, angle, reach = rng.between(0, 1) * width, rng.random(), 6.3 * rng.random(), rng.between(0.1, 0.7)
        end = (x + reach * math.cos(angle), y + reach * math.sin(angle))
        canvas.line(((x, y), end), rng.between(0.004, 0.02), scheme[int(rng.random() * 7)])
    for _ in range(int(rng.between(1, 5))):
        x, y = rng.between(0.1, 0.9) * width, rng.random()
        canvas.polygon(outline(rng, x, y, rng.between(0.05, 0.2), 3, rough=0.4), scheme[int(rng.random() * 7)])


def _paint_shards(canvas: Canvas, rng: Chance, scheme: list[Pigment]) -> None:
    """Break the picture into shards, as the cubists broke their things."""
    width = canvas.aspect
    canvas.wash(((scheme[0], scheme[1]), (scheme[2], scheme[3])))
    for _ in range(int(rng.between(18, 44))):
        x, y = rng.between(0, 1) * width, rng.random()
        colour = rng.jitter(scheme[int(rng.random() * 7)], 26, 8)
        shape = outline(rng, x, y, rng.between(0.06, 0.32), 4, rough=0.6)
        canvas.polygon(shape, colour)
        canvas.line((shape[0], shape[1]), 0.008, lit(colour, -50))
        canvas.polygon((shape[1], shape[2], (x, y)), lit(colour, 26))


def _paint_bars(canvas: Canvas, rng: Chance, scheme: list[Pigment]) -> None:
    """Lay bars that lean one way."""
    width = canvas.aspect
    canvas.fill(scheme[-1])
    angle = rng.between(-1.2, 1.2)
    for _ in range(int(rng.between(8, 24))):
        x, y = rng.between(0, 1) * width, rng.random()
        reach, thick = rng.between(0.1, 0.6), rng.between(0.01, 0.12)
        turn = angle + (math.pi / 2 if rng.random() < 0.3 else 0.0)
        along = (math.cos(turn) * reach, math.sin(turn) * reach)
        across = (-math.sin(turn) * thick, math.cos(turn) * thick)
        points = [
            (x + a * along[0] + b * across[0], y + a * along[1] + b * across[1])
            for a, b in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))
        ]
        canvas.polygon(points, rng.jitter(scheme[int(rng.random() * 7)], 14, 6))


def paint_abstract(canvas: Canvas, rng: Chance, _mood: Mood) -> None:
    """Paint an abstract: a grid, circles, shards or leaning bars."""
    kinds = (_paint_grid, _paint_floating, _paint_shards, _paint_bars)
    kinds[int(rng.random() * 4)](canvas, rng, make_scheme(rng, 7))


def paint_colour_field(canvas: Canvas, rng: Chance, _mood: Mood) -> None:
    """Paint soft-edged blocks that float on a ground."""
    scheme = make_scheme(rng, 6, 30)
    ground = scheme[0]
    canvas.wash(((lit(ground, 8), ground), (ground, lit(ground, -12))))
    y = rng.between(0.04, 0.09)
    margin = rng.between(0.05, 0.1)
    while y < 0.9:
        bottom = min(0.95, y + rng.between(0.12, 0.5))
        colour = rng.jitter(scheme[1 + int(rng.random() * 5)], 22, 8)
        canvas.rectangle(margin, y, canvas.aspect - margin, bottom, colour)
        y = bottom + rng.between(0.015, 0.05)
    canvas.soften(rng.between(0.008, 0.03))


def paint_gesture(canvas: Canvas, rng: Chance, mood: Mood) -> None:
    """Paint with the whole arm: sweeps, drips, splashes."""
    scheme = make_scheme(rng, 7)
    ground = scheme[-1] if rng.random() < mood.light else scheme[0]
    canvas.wash(((ground, lit(ground, -14)), (lit(ground, 12), ground)))
    thick = rng.between(0.01, 0.09)
    for _ in range(int(rng.between(14, 40))):
        x, y = rng.between(-0.1, 1.1) * canvas.aspect, rng.between(-0.1, 1.1)
        angle, bend = 6.3 * rng.random(), rng.between(-0.5, 0.5)
        points = []
        for _ in range(9):
            points.append((x, y))
            angle += bend
            x += 0.09 * math.cos(angle)
            y += 0.09 * math.sin(angle)
        colour = rng.jitter(scheme[int(rng.random() * 7)], 18, 8)
        width = thick * rng.between(0.3, 1.6)
        canvas.line(points, width, lit(colour, -18))
        canvas.line(points, width * 0.45, lit(colour, 22))
    for _ in range(int(rng.between(0, 40))):
        radius = 0.022 * rng.random() ** 2 + 0.003
        canvas.ellipse(rng.between(0, 1) * canvas.aspect, rng.random(), radius, radius, scheme[int(rng.random() * 7)])


def paint_textile(canvas: Canvas, rng: Chance, _mood: Mood) -> None:
    """Weave a carpet, quilt or patterned cloth with a border and a middle."""
    scheme = make_scheme(rng, 7, 32)
    ground = scheme[0]
    canvas.fill(ground)
    step = rng.between(0.08, 0.2)
    kind = rng.random()
    rows, columns = int(1 / step) + 2, int(canvas.aspect / step) + 2
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5 * (row % 2)) * step, row * step
            colour = rng.jitter(scheme[1 + (row * 2 + column) % 6], 10, 4)
            if kind < 0.35:
                canvas.polygon(((x, y - step / 2), (x + step / 2, y), (x, y + step / 2), (x - step / 2, y)), colour)
                canvas.ellipse(x, y, step * 0.15, step * 0.15, scheme[-1])
            elif kind < 0.65:
                name = FORMS_BY_KIND["flower"][int(kind * 100) % 3]
                half = step * 0.46
                canvas.shade(name, around(x, y, half), colour, (-40, 30))
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
            medallion = ((x, y - reach), (x + reach * 0.8, y), (x, y + reach), (x - reach * 0.8, y))
            canvas.polygon(medallion, scheme[(number * 2 + 1) % 7])
    if rng.random() < 0.6:
        for inset, thick, colour in ((0.03, 0.07, scheme[2]), (0.075, 0.02, scheme[-1]), (0.1, 0.02, scheme[-2])):
            canvas.frame((inset, inset, canvas.aspect - inset, 1 - inset), thick, colour)
