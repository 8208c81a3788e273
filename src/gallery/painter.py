"""The painter: artwork *n* of seed *s* is always the same picture, at any size.

``describe`` decides everything that makes a picture (its genre, its chances, its grade); ``paint`` and
``paint_crop`` render it. Number *n* is filed under ``SITE_COLOURS[n % 12]``: the painter makes attempt after
attempt with palettes of that colour and takes the first that the colour index files there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from src.colours import SITE_COLOURS
from src.features.extract_features import extract_features
from src.features.schema import BGRImage, FeatureVector
from src.gallery import genres_flat, genres_land, genres_people, genres_things
from src.gallery.brushwork import grain_tile, stroke_tile
from src.gallery.canvas import Canvas, Window
from src.gallery.colour_index import ColourIndex, is_gray, load_colour_index
from src.gallery.genre_tools import Finish, Mood, between
from src.gallery.grading import Grade, fit_grade
from src.gallery.palette import load_palettes

__all__ = ["GENRES", "Outline", "Painting", "describe", "outline", "paint", "paint_crop"]

MOST_ATTEMPTS: Final = 12
"""After so many attempts the best one is taken, whatever the index says of it."""

TINY: Final = 56
"""Side of the rendering, in pixels, by which a picture is graded and filed."""

_DRIFT_SIZE: Final = 1.6  # picture units over which pigment drifts before it repeats

_Genre = Callable[[Canvas, Random, Mood], Finish]


@dataclass(frozen=True)
class _Kind:
    """A genre: how to paint it, its usual shapes, and how its frequency depends on the palette."""

    compose: _Genre
    aspects: tuple[float, float]
    weight: float
    light: tuple[float, float] = (0.0, 1.0)
    chroma: tuple[float, float] = (0.0, 1.0)
    variety: float = 1.0


_KINDS: Final[dict[str, _Kind]] = {
    "landscape": _Kind(genres_land.paint_landscape, (1.15, 1.75), 3.0, (0.16, 0.85)),
    "mountains": _Kind(genres_land.paint_mountains, (1.15, 1.7), 1.4, (0.2, 0.9)),
    "woods": _Kind(genres_land.paint_woods, (0.75, 1.35), 1.4, (0.12, 0.75)),
    "seascape": _Kind(genres_land.paint_seascape, (1.2, 1.9), 1.8, (0.2, 0.9)),
    "nocturne": _Kind(genres_land.paint_nocturne, (0.8, 1.6), 1.4, (0.0, 0.32)),
    "town": _Kind(genres_land.paint_town, (0.75, 1.45), 1.5, (0.2, 0.9)),
    "portrait": _Kind(genres_people.paint_portrait, (0.72, 0.88), 3.2, (0.0, 0.75)),
    "figures": _Kind(genres_people.paint_figures, (1.0, 1.6), 2.2, (0.1, 0.75)),
    "icon": _Kind(genres_people.paint_icon, (0.7, 1.1), 0.9, (0.15, 0.75), (0.05, 1.0)),
    "still life": _Kind(genres_things.paint_still_life, (1.0, 1.4), 1.9, (0.05, 0.75)),
    "flowers": _Kind(genres_things.paint_flowers, (0.72, 1.0), 1.6, (0.05, 0.9)),
    "interior": _Kind(genres_things.paint_interior, (0.85, 1.35), 1.4, (0.05, 0.8)),
    "object": _Kind(genres_things.paint_object, (0.75, 1.2), 1.3, (0.2, 1.0), (0.0, 0.14), 0.2),
    "abstract": _Kind(genres_flat.paint_abstract, (0.75, 1.35), 1.6, (0.15, 0.95)),
    "colour field": _Kind(genres_flat.paint_colour_field, (0.7, 1.1), 0.6, (0.08, 0.9)),
    "gesture": _Kind(genres_flat.paint_gesture, (0.8, 1.5), 0.8, (0.15, 0.95)),
    "print": _Kind(genres_flat.paint_print, (0.68, 1.5), 1.4, (0.3, 0.95)),
    "sketch": _Kind(genres_flat.paint_sketch, (0.72, 1.4), 2.2, (0.42, 1.0), (0.0, 0.22), 0.17),
    "textile": _Kind(genres_flat.paint_textile, (0.7, 1.4), 0.8, (0.15, 0.85)),
    "page": _Kind(genres_flat.paint_page, (0.68, 0.8), 0.9, (0.48, 1.0), (0.0, 0.25), 0.25),
}

GENRES: Final = tuple(_KINDS)
"""The names of the genres."""


@dataclass(frozen=True)
class Outline:
    """What a list says of a picture: its genre and its shape (width divided by height)."""

    genre: str
    aspect: float


@dataclass(frozen=True)
class Painting:
    """Everything that decides a picture; cheap to make and to send between processes.

    Attributes
    ----------
    seed, number
        Whose gallery, and which artwork of it.
    colour
        The colour under which the index files it.
    genre
        One of :data:`GENRES`.
    aspect
        Width divided by height.
    attempt
        Which attempt was taken, from 0.
    mood
        What the composition was told of its palette.
    grade
        From the composition's pigments to B, G, R.
    """

    seed: int
    number: int
    colour: str
    genre: str
    aspect: float
    attempt: int
    mood: Mood
    grade: Grade


def outline(seed: int, number: int) -> Outline:
    """Decide genre and shape of artwork ``number``, without any rendering: all that a list needs.

    They follow the first palette drawn and stay the same for all attempts of :func:`describe`.
    """
    rng = _chances(seed, number, 0, 0)
    mood = _mood(load_palettes().draw(rng, SITE_COLOURS[number % len(SITE_COLOURS)]))
    genre = _choose_genre(rng, mood)
    return Outline(genre, round(between(rng, *_KINDS[genre].aspects), 3))


def describe(seed: int, number: int) -> Painting:
    """Decide artwork ``number`` of the gallery of ``seed``.

    The number says the colour: ``SITE_COLOURS[number % 12]``. Each attempt draws a palette of that colour and
    a composition, grades a tiny rendering, and is taken if the colour index files it under the colour. After
    :data:`MOST_ATTEMPTS` the attempt that came closest is taken.

    Raises
    ------
    ValueError
        If ``number`` is negative.
    """
    if number < 0:
        raise ValueError(f"the number of an artwork is 0 or more, got {number}")
    colour = SITE_COLOURS[number % len(SITE_COLOURS)]
    index = load_colour_index()
    closest: Painting | None = None
    closest_lead = -np.inf
    shape = outline(seed, number)
    for attempt in range(MOST_ATTEMPTS):
        painting, features = _attempt(seed, number, colour, attempt, shape)
        lead = _lead(index, features, colour)
        if lead >= 0:
            return painting
        if closest is None or lead > closest_lead:
            closest, closest_lead = painting, lead
    if closest is None:
        raise AssertionError("at least one attempt is made")
    return closest


def paint(painting: Painting, width: int, height: int) -> BGRImage:
    """Render the whole picture.

    Returns
    -------
    BGRImage
        uint8, shape (height, width, 3).
    """
    return painting.grade.apply(_compose(painting, Window.whole(painting.aspect, width, height)))


def paint_crop(painting: Painting, width: int, height: int) -> BGRImage:
    """Render the centred box that remains when the picture is scaled to cover ``width`` × ``height``.

    Only what lies in the box is painted.

    Returns
    -------
    BGRImage
        uint8, shape (height, width, 3).
    """
    return painting.grade.apply(_compose(painting, Window.centre_crop(painting.aspect, width, height)))


def _lead(index: ColourIndex, features: FeatureVector, colour: str) -> float:
    """Return how surely the index files a picture under ``colour``: 0 or more if it does."""
    if colour in index.classes:
        return index.margin(features, colour)
    return 0.0 if is_gray(features) else -1.0


def _attempt(seed: int, number: int, colour: str, attempt: int, shape: Outline) -> tuple[Painting, FeatureVector]:
    target = load_palettes().draw(_chances(seed, number, attempt, 0), colour)
    mood = _mood(target)
    draft = Painting(seed, number, colour, shape.genre, shape.aspect, attempt, mood, Grade((0.0,) * 12, 1.0))
    pigment = _compose(draft, Window.centre_crop(shape.aspect, TINY, TINY))
    grade = fit_grade(pigment, target).grade
    return replace(draft, grade=grade), extract_features(grade.apply(pigment))


def _chances(seed: int, number: int, attempt: int, purpose: int) -> Random:
    """Return the random numbers of one purpose; ``Random.random`` is the same on every platform and version."""
    return Random(((seed * 1_000_003 + number) * 64 + attempt) * 4 + purpose)


def _mood(target: FeatureVector) -> Mood:
    chroma = float(np.hypot(target[7] - 128.0, target[8] - 128.0)) / 128.0
    variety = float(np.hypot(target[16], target[17])) / 64.0
    return Mood(float(target[6]) / 255.0, float(target[15]) / 255.0, min(1.0, chroma), min(1.0, variety))


def _choose_genre(rng: Random, mood: Mood) -> str:
    weights = []
    for kind in _KINDS.values():
        fits = (
            kind.light[0] <= mood.light <= kind.light[1]
            and kind.chroma[0] <= mood.chroma <= kind.chroma[1]
            and mood.variety <= kind.variety
        )
        weights.append(kind.weight if fits else kind.weight * 0.03)
    chance = rng.random() * sum(weights)
    for genre, weight in zip(_KINDS, weights, strict=True):
        chance -= weight
        if chance < 0:
            return genre
    return GENRES[0]


def _compose(painting: Painting, window: Window) -> npt.NDArray[np.float32]:
    """Return the pigment of a picture, float32 (H, W, 3)."""
    rng = _chances(painting.seed, painting.number, painting.attempt, 1)
    canvas = Canvas(window)
    finish = _KINDS[painting.genre].compose(canvas, rng, painting.mood)
    places = [rng.random() for _ in range(6)]
    if finish.strokes:
        strokes = stroke_tile(finish.strokes)
        canvas.brush(strokes, finish.stroke_size, (places[0], places[1]))
        canvas.add_tile(strokes.relief, finish.stroke_size, (places[0], places[1]), finish.relief)
    canvas.add_tile(grain_tile(finish.grain), finish.grain_size, (places[2], places[3]), finish.grain_strength)
    drift = canvas.sample_tile(grain_tile("cloud"), _DRIFT_SIZE, (places[4], places[5]))
    return np.asarray(
        cv2.addWeighted(canvas.pixels, 1.0, drift, finish.drift, -128.0 * finish.drift, dtype=cv2.CV_32F), np.float32
    )
