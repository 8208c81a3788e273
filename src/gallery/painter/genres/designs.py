"""Designs: pictures of one strong colour, as posters, flags, monochromes and tiles are.

Their pigment is B, G, R itself, so that any colour of the screen can be had; ``Mood.ground`` is the main colour.
"""

from itertools import pairwise
from typing import Final

import numpy as np

from src.colours import SITE_COLOURS, STUDY_COLOURS, name_colours
from src.gallery.painter.canvas import Canvas, Pigment, mix
from src.gallery.painter.genres.tools import Chance, Mood, outline

WHITE: Final[Pigment] = (255.0, 255.0, 255.0)
BLACK: Final[Pigment] = (0.0, 0.0, 0.0)

GROUNDS_AT_ONCE: Final = 128
"""Colours are drawn in batches of this size until one has the right name."""


def draw_ground(rng: Chance, colour: str) -> Pigment:
    """Draw B, G, R that people call ``colour`` (:func:`src.colours.name_colours`), anywhere in its part of sRGB."""
    vocabulary = SITE_COLOURS if colour == "GRAY" else STUDY_COLOURS
    while True:
        drawn = np.array([_draw_any(rng) for _ in range(GROUNDS_AT_ONCE)])
        named = drawn[name_colours(drawn.astype(np.uint8), vocabulary) == colour]
        if len(named):
            blue, green, red = named[0].tolist()
            return (blue, green, red)


def _draw_any(rng: Chance) -> Pigment:
    """Draw from sRGB: half of the colours evenly, half saturated, white or black mixed into one full hue."""
    if rng.random() < 0.5:
        return (float(int(256 * rng.random())), float(int(256 * rng.random())), float(int(256 * rng.random())))
    order = [0.0, 255.0 * rng.random(), 255.0]
    rng.shuffle(order)
    value, saturation = rng.random() ** 0.7, rng.random() ** 0.6
    blue, green, red = ((255.0 - saturation * (255.0 - level)) * value for level in order)
    return (float(int(blue)), float(int(green)), float(int(red)))


def _shade(colour: Pigment, factor: float) -> Pigment:
    """Return the colour, darker or lighter; its hue stays until a channel is full."""
    blue, green, red = (min(255.0, level * factor) for level in colour)
    return (blue, green, red)


def _accent(rng: Chance, ground: Pigment) -> Pigment:
    """Draw what stands beside a ground: white, black, a shade or tint of it, or any colour."""
    chance = rng.random()
    if chance < 0.25:
        return WHITE
    if chance < 0.5:
        return BLACK
    if chance < 0.75:
        return _shade(ground, rng.between(0.3, 0.8)) if rng.random() < 0.5 else mix(ground, WHITE, rng.random())
    return _draw_any(rng)


def paint_monochrome(canvas: Canvas, _rng: Chance, mood: Mood) -> None:
    """Cover the canvas with one colour."""
    canvas.fill(mood.ground)


def paint_washes(canvas: Canvas, rng: Chance, mood: Mood) -> None:
    """Let lighter and darker clouds of one colour run into each other."""
    ground = mood.ground
    canvas.fill(ground)
    reach = rng.between(0.05, 0.4)
    for _ in range(int(rng.between(10, 40))):
        x, y = rng.random() * canvas.aspect, rng.random()
        colour = _shade(ground, rng.between(1 - reach, 1 + reach))
        canvas.ellipse(x, y, rng.between(0.05, 0.25), rng.between(0.05, 0.25), colour)
    canvas.soften(rng.between(0.01, 0.06))


def paint_poster(canvas: Canvas, rng: Chance, mood: Mood) -> None:
    """Set a few hard-edged shapes on a plain ground."""
    ground = mood.ground
    canvas.fill(ground)
    for _ in range(int(rng.between(1, 5))):
        x, y, radius = rng.between(0.1, 0.9) * canvas.aspect, rng.between(0.1, 0.9), rng.between(0.03, 0.17)
        colour, chance = _accent(rng, ground), rng.random()
        if chance < 0.4:
            canvas.ellipse(x, y, radius, radius, colour)
        elif chance < 0.7:
            canvas.rectangle(x - radius, y - radius * rng.random(), x + radius, y + radius * rng.random(), colour)
        else:
            canvas.polygon(outline(rng, x, y, radius, 3 + int(rng.random() * 5), rough=0.3), colour)


def paint_flag(canvas: Canvas, rng: Chance, mood: Mood) -> None:
    """Divide the canvas into stripes, the ground the widest."""
    ground = mood.ground
    canvas.fill(ground)
    widest = rng.between(0.55, 0.9)
    start = rng.choice((0.0, 1.0 - widest, rng.random() * (1.0 - widest)))
    is_upright = rng.random() < 0.5
    for first, last in ((0.0, start), (start + widest, 1.0)):
        if is_upright:
            canvas.rectangle(first * canvas.aspect, 0.0, last * canvas.aspect, 1.0, _accent(rng, ground))
        else:
            canvas.rectangle(0.0, first, canvas.aspect, last, _accent(rng, ground))


def paint_duotone(canvas: Canvas, rng: Chance, mood: Mood) -> None:
    """Print a screen of dots, in two strengths of one ink."""
    ground = mood.ground
    canvas.fill(ground)
    colour = _shade(ground, rng.between(0.4, 0.9)) if rng.random() < 0.6 else mix(ground, WHITE, rng.between(0, 0.4))
    step = rng.between(0.05, 0.11)
    slope = rng.between(-0.4, 0.4)
    for row in range(int(1 / step) + 1):
        for column in range(int(canvas.aspect / step) + 1):
            size = 0.3 + slope * (row * step - 0.5) + 0.1 * rng.random()
            canvas.ellipse((column + row % 2 / 2) * step, row * step, size * step, size * step, colour)


def paint_tiles(canvas: Canvas, rng: Chance, mood: Mood) -> None:
    """Lay tiles of like colours with joints between them."""
    ground = mood.ground
    canvas.fill(mix(ground, _accent(rng, ground), rng.between(0.0, 0.8)))
    count, gap, reach = int(rng.between(3, 9)), rng.between(0.0, 0.05), rng.between(0.02, 0.25)
    edges = [place / count for place in range(count + 1)]
    for top, bottom in pairwise(edges):
        for left, right in pairwise(edges):
            inset = gap / count
            colour = _shade(ground, rng.between(1 - reach, 1 + reach))
            near, far = (left + inset) * canvas.aspect, (right - inset) * canvas.aspect
            canvas.rectangle(near, top + inset, far, bottom - inset, colour)


def paint_mounted(canvas: Canvas, rng: Chance, mood: Mood) -> None:
    """Put a sheet of one colour into a frame."""
    ground = mood.ground
    frame = rng.random()
    if frame < 0.8:
        canvas.fill(WHITE if frame < 0.4 else BLACK)
    elif frame < 0.9:
        canvas.fill((round(255 * rng.random()),) * 3)
    else:
        canvas.fill(_draw_any(rng))
    width = rng.between(0.05, 0.14)
    canvas.rectangle(width, width, canvas.aspect - width, 1 - width, ground)
