"""The painter: artwork *n* of seed *s* is always the same picture, at any size.

``describe`` decides everything that makes a picture (its genre, its chances, its grade);
:mod:`src.gallery.painter.painting` renders it. Number *n* is filed under ``SITE_COLOURS[n % 12]``:
the painter makes attempt after attempt with palettes of that colour and takes one that the colour
index files there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from src.colours import SITE_COLOURS
from src.features.schema import FeatureVector
from src.gallery.filing.colour_index import ColourIndex, load_colour_index
from src.gallery.filing.palettes import Palette, load_palettes
from src.gallery.painter.genres.designs import draw_ground
from src.gallery.painter.genres.registry import DESIGNS, KINDS, Kind
from src.gallery.painter.genres.tools import Chance, Mood
from src.gallery.painter.grading import fit_grade
from src.gallery.painter.painting import (
    COMPRESSION,
    PALETTE,
    SHAPE,
    Painting,
    compose_tiny,
    make_chances,
    measure_pigment,
    measure_thumbnail,
)

ATTEMPTS_A_PALETTE: Final = 3
"""Compositions tried for a palette; then the best of them is taken, if it is filed rightly."""

MOST_PALETTES: Final = 12
"""After this number of palettes the best attempt is taken, whatever the index says of it."""

GOOD_DISTANCE: Final = 24.0
"""An attempt whose features come so near its palette (squared, in tolerances, all 18) is taken at once."""

MOST_DRAWS: Final = 24
"""Palettes drawn for one attempt until the index files one under the colour."""

BORDER_DRAWS: Final = 6
"""Of this number of palettes the one nearest to another colour is taken: pictures teach where a colour ends if they lie
there, and of real art, too, a third lies near a border."""

DESIGN_SHARE: Final = 0.05
"""Share of artworks that are designs; on the real site most works are paintings and drawings, so there are few."""

DESIGN_SHARES: Final = {"PINK": 0.3, "PURPLE": 0.3, "BROWN": 0.035, "BLACK": 0.03}
"""The same for colours that have very few artworks, or very many: about a hundred of each in the study's."""

MOST_DESIGNS: Final = 12
"""Grounds tried for a design until the index files it under its colour."""

OVERSHOOT: Final = np.array([0.0] * 3 + [1.5, 4.5] + [0.0] * 7 + [2.5, 4.0] + [0.0] * 4)
"""By how much hue and saturation, and their deviations, come out above real art's on average; taken off beforehand."""


def outline(seed: int, number: int) -> tuple[str, float]:
    """Decide genre and shape (width divided by height) of artwork ``number`` without any rendering, as lists need them.

    They follow the palette of the first attempt and stay the same for all attempts of :func:`describe`.
    """
    design = _choose_design(seed, number)
    return design or _choose_genre(_draw_target(load_palettes(), load_colour_index(), seed, number, 0), seed, number)


def describe(
    seed: int, number: int, *, palettes: Mapping[str, Palette] | None = None, index: ColourIndex | None = None
) -> Painting:
    """Decide artwork ``number`` of the gallery of ``seed``, by the committed models or by others.

    The number says the colour: ``SITE_COLOURS[number % 12]``. A palette of that colour is drawn; each attempt
    composes a picture, grades a tiny rendering of it, and is taken if the colour index files it under the colour
    and its features come near the palette. After :data:`ATTEMPTS_A_PALETTE` the nearest one that is filed rightly
    is taken, or else another palette is drawn, at most :data:`MOST_PALETTES`.
    """
    palettes, index = palettes or load_palettes(), index or load_colour_index()
    design = _choose_design(seed, number)
    if design is not None:
        return _describe_design(index, Painting(seed, number, *design))
    target = _draw_target(palettes, index, seed, number, 0)
    best = draft = Painting(seed, number, *_choose_genre(target, seed, number))
    best_rank = (np.inf, np.inf)
    for attempt in range(MOST_PALETTES * ATTEMPTS_A_PALETTE):
        if attempt and attempt % ATTEMPTS_A_PALETTE == 0:
            if best_rank[0] == 0:  # it is filed rightly
                break
            target = _draw_target(palettes, index, seed, number, attempt // ATTEMPTS_A_PALETTE)
        painting, lead, distance = _grade_draft(index, replace(draft, attempt=attempt, mood=_mood(target)), target)
        if lead >= 0 and distance <= GOOD_DISTANCE:
            return painting
        rank = (0.0, distance) if lead >= 0 else (1.0, -lead)
        if rank < best_rank:
            best, best_rank = painting, rank
    return best


def _draw_target(
    palettes: Mapping[str, Palette], index: ColourIndex, seed: int, number: int, turn: int
) -> FeatureVector:
    """Draw a palette that is itself filed under the number's colour, rather near its borders than far from them."""
    colour = SITE_COLOURS[number % len(SITE_COLOURS)]
    rng = make_chances(seed, number, turn, PALETTE)

    def draw_filed() -> tuple[FeatureVector, float]:
        for _ in range(MOST_DRAWS):
            target = palettes[colour].draw(rng)
            lead = index.margin(target, colour)
            if lead >= 0:
                break
        return target, lead

    target, lead = draw_filed()
    for _ in range(BORDER_DRAWS - 1):
        other, other_lead = draw_filed()
        if 0 <= other_lead < lead:
            target, lead = other, other_lead
    return target


def _choose_genre(target: FeatureVector, seed: int, number: int) -> tuple[str, float]:
    """Decide a genre that suits a palette, and its shape."""
    mood = _mood(target)
    weights = [kind.weight if kind.suits(mood) else kind.weight * 0.03 for kind in KINDS.values()]
    return _choose(make_chances(seed, number, 0, SHAPE), KINDS, weights)


def _choose_design(seed: int, number: int) -> tuple[str, float] | None:
    """Decide whether an artwork is a design, and which one."""
    rng = make_chances(seed, number, 1, SHAPE)
    if rng.random() >= DESIGN_SHARES.get(SITE_COLOURS[number % len(SITE_COLOURS)], DESIGN_SHARE):
        return None
    return _choose(rng, DESIGNS, [kind.weight for kind in DESIGNS.values()])


def _choose(rng: Chance, kinds: Mapping[str, Kind], weights: Sequence[float]) -> tuple[str, float]:
    name = rng.choices(list(kinds), weights)[0]
    return name, round(rng.between(*kinds[name].aspects), 3)


def _describe_design(index: ColourIndex, draft: Painting) -> Painting:
    """Draw grounds that people call the artwork's colour, until the index files the picture there too."""
    best, best_lead = draft, -np.inf
    for attempt in range(MOST_DESIGNS):
        ground = draw_ground(make_chances(draft.seed, draft.number, attempt, PALETTE), draft.colour)
        painting = replace(draft, attempt=attempt, mood=Mood(ground=ground))
        renderings = (measure_pigment(compose_tiny(painting), painting.grade), measure_thumbnail(painting))
        lead = min(index.margin(features, draft.colour) for features in renderings)
        if lead > best_lead:
            best, best_lead = painting, lead
        if best_lead >= 0:
            break
    return best


def _grade_draft(index: ColourIndex, draft: Painting, target: FeatureVector) -> tuple[Painting, float, float]:
    """Grade a draft to a palette; return it, how surely it is filed, and how far its features are from the palette."""
    pigment = compose_tiny(draft)
    grade, distance = fit_grade(pigment, np.maximum(target / COMPRESSION - OVERSHOOT, 0.0))
    painting = replace(draft, grade=grade)
    lead = index.margin(measure_pigment(pigment, grade), draft.colour)
    if lead >= 0:  # the thumbnail as it is served decides: JPEG thins out colour, which moves hue and saturation
        lead = index.margin(measure_thumbnail(painting), draft.colour)
    return painting, lead, distance


def _mood(target: FeatureVector) -> Mood:
    chroma = float(np.hypot(target[7] - 128.0, target[8] - 128.0)) / 128.0
    variety = float(np.hypot(target[16], target[17])) / 64.0
    return Mood(float(target[6]) / 255.0, min(1.0, chroma), min(1.0, variety))
