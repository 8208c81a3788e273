"""What the genres share: pigments of things, chance, outlines."""

import math
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Final

from src.gallery.painter.canvas import Canvas, Pigment, Point, lit

PIGMENTS: Final[dict[str, Pigment]] = {
    "sky": (168, 122, 108),
    "haze": (205, 129, 126),
    "cloud": (232, 128, 130),
    "sunset": (196, 150, 166),
    "sea": (104, 116, 110),
    "foam": (226, 126, 128),
    "foliage": (88, 108, 152),
    "meadow": (138, 110, 164),
    "pine": (48, 116, 136),
    "earth": (104, 138, 152),
    "sand": (190, 132, 150),
    "stone": (142, 129, 134),
    "snow": (236, 127, 124),
    "skin": (196, 143, 148),
    "skin_shadow": (92, 146, 150),
    "wood": (78, 140, 150),
    "linen": (222, 129, 138),
    "gold": (184, 138, 182),
    "paper": (226, 129, 140),
    "ink": (36, 129, 131),
    "brick": (112, 156, 156),
    "night": (30, 127, 118),
    "umber": (44, 134, 140),
    "charcoal": (52, 129, 130),
}
"""Pigments of the things that are painted, before the grade moves the whole picture to its palette."""


FORMS_BY_KIND: Final[dict[str, tuple[str, ...]]] = {
    "bust": ("bust_a", "bust_b"),
    "cloud": ("cloud_a", "cloud_b", "cloud_c"),
    "crown": ("crown_a", "crown_b", "crown_c"),
    "figure": ("woman", "woman", "man", "man", "worker", "sitter"),
    "flower": ("flower_five", "flower_eight", "flower_many"),
    "head": ("head_left", "head_front", "head_right"),
    "vessel": ("amphora", "bottle", "bowl", "jug", "goblet", "urn"),
}
"""Forms that stand for one another, as often as they are drawn."""


@dataclass(frozen=True)
class Mood:
    """What a composition knows of the palette that it will be graded to, each from 0 to 1.

    Mean lightness, mean distance from grey, spread of hue and chroma; and the B, G, R of the main colour if it is a
    design, which is not graded.
    """

    light: float = 0.5
    chroma: float = 0.5
    variety: float = 0.0
    ground: Pigment = (0.0, 0.0, 0.0)


class Chance(Random):
    """Random numbers, and the pigments and names that are drawn with them."""

    def between(self, low: float, high: float) -> float:
        """Draw a number from ``low`` to ``high``."""
        return low + (high - low) * self.random()

    def one_of(self, *choices: str) -> str:
        """Draw one of the names; equal names raise its chance, and a single one is not drawn."""
        return choices[int(self.random() * len(choices))] if len(choices) > 1 else choices[0]

    def form(self, kind: str) -> str:
        """Draw the name of a form of :data:`FORMS_BY_KIND`."""
        return self.one_of(*FORMS_BY_KIND[kind])

    def jitter(self, colour: Pigment, lightness: float, hue: float) -> Pigment:
        """Return a pigment near ``colour``."""
        lighter = lit(colour, lightness * (2 * self.random() - 1))
        return (lighter[0], colour[1] + hue * (2 * self.random() - 1), colour[2] + hue * (2 * self.random() - 1))

    def pick(self, lightness: float, hue: float, *names: str) -> Pigment:
        """Return a pigment near that of one of the things named."""
        return self.jitter(PIGMENTS[self.one_of(*names)], lightness, hue)

    def vivid(self, lightness: float, strength: float) -> Pigment:
        """Return a pigment of any hue."""
        angle = 2 * math.pi * self.random()
        return (lightness, 128 + strength * math.cos(angle), 128 + strength * math.sin(angle))


def lighten(colour: Pigment, *rows: tuple[float, ...]) -> list[list[Pigment]]:
    """Return a grid of one colour, lighter or darker from place to place, for a wash."""
    return [[lit(colour, step) for step in row] for row in rows]


def ridge(rng: Chance, left: float, right: float, level: float, height: float, *, depth: int = 5) -> list[Point]:
    """Return a jagged line from ``left`` to ``right`` about ``level``, by halving and displacing."""
    heights = [level + height * (rng.random() - 0.5), level + height * (rng.random() - 0.5)]
    reach = height
    for _ in range(depth):
        halved: list[float] = []
        for first, second in pairwise(heights):
            halved += (first, (first + second) / 2 + reach * (rng.random() - 0.5))
        halved.append(heights[-1])
        heights = halved
        reach *= 0.52
    step = (right - left) / (len(heights) - 1)
    return [(left + number * step, y) for number, y in enumerate(heights)]


def outline(rng: Chance, x: float, y: float, radius: float, corners: int, *, rough: float) -> list[Point]:
    """Return a closed, uneven outline about a middle."""
    turn = 2 * math.pi / corners
    start = rng.random() * turn
    points = []
    for number in range(corners):
        reach = radius * (1 + rough * (2 * rng.random() - 1))
        points.append((x + reach * math.cos(start + number * turn), y + reach * math.sin(start + number * turn)))
    return points


def ground_below(canvas: Canvas, line: list[Point], colour: Pigment) -> None:
    """Fill everything below a line that runs from the left edge to the right one."""
    canvas.polygon([*line, (canvas.aspect + 0.1, 1.1), (-0.1, 1.1)], colour)


def make_scheme(rng: Chance, count: int, strength: float = 38.0) -> list[Pigment]:
    """Return pigments that go together: two neighbouring hues, their opposite, a dark and a pale one."""
    angle = 2 * math.pi * rng.random()
    scheme: list[Pigment] = []
    for number in range(count):
        turn = angle + (0.5, -0.5, math.pi, math.pi - 0.7, 0.15)[number % 5] + rng.between(-0.2, 0.2)
        reach = strength * rng.between(0.4, 1.1)
        scheme.append((rng.between(45, 215), 128 + reach * math.cos(turn), 128 + reach * math.sin(turn)))
    scheme[-1] = rng.pick(12, 5, "linen")
    scheme[-2] = rng.pick(12, 5, "ink")
    return scheme
