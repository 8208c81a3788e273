"""Works on paper: drawings, prints from wood blocks, written pages."""

import math
from typing import Final

from src.gallery.painter.canvas import Canvas, Pigment, lit, mix
from src.gallery.painter.genres.tools import PIGMENTS, Chance, Mood, ground_below, lighten, make_scheme, ridge

SNOW_CAP: Final = ((-0.13, 0.085), (-0.03, 0), (0.03, 0), (0.13, 0.085), (0.05, 0.06), (0, 0.11), (-0.06, 0.06))
"""The outline of the snow on a printed mountain, from its top."""


def paint_sketch(canvas: Canvas, rng: Chance, mood: Mood) -> None:
    """Draw on paper in ink, chalk or pencil: a head, a tree, a hill town, with hatching and a little wash."""
    dark_paper = rng.random() > mood.light * 1.5
    paper = lit(rng.pick(12, 6, "paper"), -90 if dark_paper else 0)
    canvas.wash(((paper, lit(paper, -10)), (lit(paper, 6), paper), (lit(paper, -14), lit(paper, -6))))
    ink = rng.pick(16, 8, "ink", "charcoal", "brick", "umber")
    thick = rng.between(0.003, 0.007)
    middle = canvas.aspect / 2
    wash = mix(paper, rng.pick(20, 10, "umber", "sky", "sand", "meadow", "brick"), rng.between(0.2, 0.6))
    pale = mix(ink, paper, 0.35)
    kind = rng.random()
    strength = rng.between(0.5, 0.95)
    if kind < 0.4:  # a head, perhaps with shoulders
        size = rng.between(0.42, 0.6)
        box = (middle - size * 0.47, 0.2, middle + size * 0.47, 0.2 + size)
        flip = rng.random() < 0.5
        if rng.random() < 0.85:
            cloth = (middle - size * 1.1, 0.2 + size * 0.76, middle + size * 1.1, 1.15)
            canvas.stamp(rng.form("bust"), cloth, mix(ink, paper, 0.35), paper, flip, strength=strength * 0.8)
        canvas.stamp(rng.form("head"), box, mix(ink, paper, 0.1), lit(paper, 12), flip, strength=strength)
        crown = (middle - size * 0.42, 0.14, middle + size * 0.42, 0.2 + size * 0.8)
        canvas.stamp("hair", crown, ink, mix(paper, ink, 0.5), flip, strength=strength)
        edge = [
            (middle + size * 0.30 * math.cos(turn / 8), 0.2 + size * (0.42 + 0.42 * math.sin(turn / 8)))
            for turn in range(-4, 30)
        ]
        canvas.line(edge, thick * 1.3, mix(paper, ink, 0.8))
        for reach in (0.25, 0.4):
            x = middle + size * (-1.5 * reach if flip else 1.5 * reach)
            _hatch(canvas, rng, pale, thick * 0.7, x=x, y=0.3 + reach / 2, reach=reach, count=30)
    elif kind < 0.7:  # land
        horizon = rng.between(0.45, 0.65)
        for number in range(4):
            line = ridge(rng, 0.05, canvas.aspect - 0.05, horizon + 0.1 * number, 0.16, depth=5)
            base = horizon + 0.13 * number + 0.1
            hill = [*line, (canvas.aspect - 0.05, base), (0.05, base)]
            canvas.polygon(hill, mix(paper, wash, rng.between(0.1, 0.9)))
            canvas.line(line, thick, mix(paper, ink, 0.4 + 0.15 * number))
        for _ in range(int(rng.between(2, 6))):
            size, x, base = rng.between(0.2, 0.45), rng.between(0.1, 0.9) * canvas.aspect, rng.between(horizon, 0.85)
            canvas.line(((x, base), (x + 0.02, base - size)), thick * 2, ink)
            box = (x - size * 0.5, base - size * 1.1, x + size * 0.5, base - size * 0.3)
            canvas.stamp(rng.form("crown"), box, ink, mix(paper, wash, 0.5), strength=strength * 0.8)
        for _ in range(3):
            x, y = rng.between(0.1, 0.8) * canvas.aspect, rng.between(horizon, 0.85)
            _hatch(canvas, rng, pale, thick, x=x, y=y, reach=0.16, count=14)
    else:  # figures, studied several times on one sheet
        for number in range(int(rng.between(1, 4))):
            size = rng.between(0.5, 0.78)
            x, top = canvas.aspect * (0.12 + 0.26 * number) + rng.between(0, 0.1), rng.between(0.08, 0.25)
            flip = rng.random() < 0.5
            box = (x, top, x + size * 0.6, top + size)
            canvas.stamp(rng.form("figure"), box, ink, mix(paper, wash, 0.4), flip, strength=strength)
            canvas.line(((x + size * 0.1, top + size), (x + size * 0.55, top + size * 0.99)), thick * 2, ink)
            x, y = x + size * 0.45, top + size * 0.5
            _hatch(canvas, rng, pale, thick * 0.7, x=x, y=y, reach=size * 0.3, count=16)


def _hatch(
    canvas: Canvas, rng: Chance, ink: Pigment, thick: float, *, x: float, y: float, reach: float, count: int
) -> None:
    """Shade a patch with slanted, parallel lines."""
    for number in range(count):
        left = x - reach / 2 + reach * number / count
        top, drop = y + rng.between(-0.1, 0.1) * reach, reach * rng.between(0.4, 0.9)
        canvas.line(((left, top), (left - drop * 0.45, top + drop)), thick, ink)


def paint_print(canvas: Canvas, rng: Chance, _mood: Mood) -> None:
    """Print a view from wood blocks: flat washes, firm outlines, a graded sky, a seal."""
    paper = rng.pick(12, 6, "paper")
    ink = rng.pick(14, 5, "ink")
    high, low = rng.pick(30, 10, "sky"), mix(paper, rng.pick(20, 10, "sunset"), rng.random())
    canvas.wash(((high, high), (low, low), (paper, paper), (paper, lit(paper, -8)), (paper, paper)))
    horizon = rng.between(0.42, 0.62)
    if rng.random() < 0.55:
        x, reach = rng.between(0.25, 0.75) * canvas.aspect, rng.between(0.5, 0.9)
        top = horizon - rng.between(0.2, 0.36)
        cone = rng.pick(20, 10, "sea", "earth", "stone", "brick")
        slopes = [(x + way, top + down) for way, down in ((-0.22, 0.17), (-0.03, 0), (0.03, 0), (0.22, 0.17))]
        canvas.polygon(((x - reach, horizon), *slopes, (x + reach, horizon)), cone)
        canvas.polygon([(x + way, top + down) for way, down in SNOW_CAP], lit(paper, 14))
    for number in range(int(rng.between(2, 5))):
        level = horizon + 0.12 * number
        colour = rng.pick(26, 10, "sea", "meadow", "foliage", "sand", "pine")
        line = ridge(rng, -0.1, canvas.aspect + 0.1, level, rng.between(0.04, 0.12), depth=3)
        ground_below(canvas, line, colour)
        canvas.line(line, 0.005, ink)
    if rng.random() < 0.5:  # waves
        water = rng.pick(20, 8, "sea")
        for row in range(5):
            y = 0.66 + 0.08 * row
            for column in range(9):
                x = canvas.aspect * (column / 8) + 0.06 * (row % 2)
                canvas.ellipse(x, y + 0.06, 0.10, 0.09, lit(water, -10 * (row % 2)))
                rises = [0.085 * math.sin(math.pi * step / 10) for step in range(11)]
                crest = [(x - 0.09 + 0.018 * step, y + 0.06 - rise) for step, rise in enumerate(rises)]
                canvas.line(crest, 0.010, lit(paper, 8))
    else:
        for _ in range(int(rng.between(1, 4))):
            x, base = rng.between(0, 1) * canvas.aspect, rng.between(0.75, 1.02)
            height = rng.between(0.35, 0.7)
            trunk = ((x, base), (x + 0.05, base - height * 0.5), (x - 0.02, base - height))
            canvas.line(trunk, 0.028, lit(ink, 16))
            for number in range(4):
                colour = rng.pick(16, 8, "pine", "foliage", "brick")
                y = base - height * (0.45 + 0.17 * number)
                shift = rng.between(-0.14, 0.14)
                canvas.ellipse(x + shift, y, rng.between(0.08, 0.17), 0.035, colour)
                canvas.ellipse(x + shift - 0.02, y - 0.012, 0.07, 0.016, lit(colour, 26))
    for _ in range(int(rng.between(0, 4))):
        size, x, base = rng.between(0.2, 0.4), rng.between(0.05, 0.8) * canvas.aspect, rng.between(0.78, 0.98)
        cloth = rng.vivid(rng.between(70, 190), 30)
        canvas.shade(rng.form("figure"), (x, base - size, x + size * 0.6, base), cloth, (-30, 18))
    if rng.random() < 0.7:
        x = canvas.aspect * (0.92 if rng.random() < 0.5 else 0.07)
        canvas.rectangle(x - 0.035, 0.06, x + 0.035, 0.3, mix(paper, PIGMENTS["brick"], rng.random()))
        for number in range(5):
            y = 0.085 + 0.045 * number
            canvas.line(((x - 0.018, y), (x + 0.018, y + 0.006), (x - 0.004, y + 0.024)), 0.006, ink)
    if rng.random() < 0.6:
        canvas.frame((0.012, 0.012, canvas.aspect - 0.012, 0.988), 0.03, paper)


def paint_page(canvas: Canvas, rng: Chance, _mood: Mood) -> None:
    """Write a page: lines of a hand, a painted initial, sprays of leaves in the margin, perhaps a miniature."""
    paper = rng.pick(14, 7, "paper")
    canvas.wash(lighten(paper, (-16, 0, -10), (0, 8, 0), (-24, -6, -18)))
    ink = rng.pick(14, 5, "ink", "ink", "umber")
    left, right = canvas.aspect * rng.between(0.1, 0.18), canvas.aspect * rng.between(0.82, 0.9)
    top, bottom = rng.between(0.08, 0.14), rng.between(0.86, 0.93)
    scheme = make_scheme(rng, 6, 36)
    size = rng.between(0.16, 0.26)
    painted = top + size
    if rng.random() < 0.5:
        painted = top + rng.between(0.3, 0.45)
        canvas.rectangle(left, top, right, painted, scheme[0])
        canvas.rectangle(left, painted - 0.12, right, painted, scheme[1])
        for number in range(3):
            x = left + (right - left) * (0.15 + 0.28 * number)
            cloth = scheme[(2 + number) % 6]
            height = (painted - top) * 0.8
            canvas.shade(rng.form("figure"), (x, painted - height, x + height * 0.6, painted - 0.01), cloth, (-40, 40))
        canvas.frame((left, top, right, painted), 0.016, rng.pick(16, 8, "gold"))
    else:
        canvas.rectangle(left, top, left + size, top + size, scheme[0])
        box = (left + 0.02, top + 0.02, left + size - 0.02, top + size - 0.02)
        canvas.stamp("flower_eight", box, scheme[1], scheme[2])
        canvas.frame((left, top, left + size, top + size), 0.012, rng.pick(16, 8, "gold"))
    leading = rng.between(0.024, 0.04)
    y = top + leading / 2
    while y < bottom:
        x = left if y > painted else (left + size + 0.03 if painted == top + size else right)
        while x < right:
            word = rng.between(0.03, 0.11)
            colour = ink if rng.random() < 0.94 else rng.pick(10, 8, "brick")
            height = leading * rng.between(0.24, 0.34)
            canvas.line(((x, y), (min(right, x + word), y)), height, mix(colour, paper, 0.25))
            x += word + 0.016
        y += leading
    if rng.random() < 0.5:
        for number in range(14):
            side = left * 0.5 if number % 2 else (right + canvas.aspect) / 2
            y = 0.08 + 0.06 * number
            colour = rng.jitter(scheme[number % 4], 20, 8)
            name = "leaf" if number % 3 else "flower_five"
            canvas.shade(name, (side - 0.025, y, side + 0.025, y + 0.06), colour, (-30, 30))
