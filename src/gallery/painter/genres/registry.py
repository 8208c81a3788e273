"""The genres: how each is painted, its usual shapes, and which palettes it suits; and the designs, which have none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from src.gallery.painter import surfaces
from src.gallery.painter.canvas import Canvas
from src.gallery.painter.genres import abstract, designs, land, paper, people, things
from src.gallery.painter.genres.tools import Chance, Mood

Compose = Callable[[Canvas, Chance, Mood], None]


@dataclass(frozen=True)
class Kind:
    """A genre: how to compose and finish it, its usual shapes, and how its frequency depends on the palette."""

    compose: Compose
    surface: surfaces.Surface
    aspects: tuple[float, float]
    weight: float
    light: tuple[float, float] = (0.0, 1.0)
    chroma: tuple[float, float] = (0.0, 1.0)
    variety: float = 1.0
    detail: int = 1

    def suits(self, mood: Mood) -> bool:
        """Whether it is usual with a palette."""
        (darkest, lightest), (greyest, strongest) = self.light, self.chroma
        fits = darkest <= mood.light <= lightest and greyest <= mood.chroma <= strongest
        return fits and mood.variety <= self.variety


KINDS: Final[dict[str, Kind]] = {
    "landscape": Kind(land.paint_landscape, surfaces.OUTDOORS, (1.15, 1.75), 3.0, (0.16, 0.85)),
    "mountains": Kind(land.paint_mountains, surfaces.OUTDOORS, (1.15, 1.7), 1.4, (0.2, 0.9)),
    "woods": Kind(land.paint_woods, surfaces.WOODS, (0.75, 1.35), 1.4, (0.12, 0.75)),
    "seascape": Kind(land.paint_seascape, surfaces.OUTDOORS, (1.2, 1.9), 1.8, (0.2, 0.9)),
    "nocturne": Kind(land.paint_nocturne, surfaces.OUTDOORS, (0.8, 1.6), 1.4, (0.0, 0.32)),
    "town": Kind(land.paint_town, surfaces.TOWN, (0.75, 1.45), 1.5, (0.2, 0.9)),
    "portrait": Kind(people.paint_portrait, surfaces.PORTRAIT, (0.72, 0.88), 3.2, (0.0, 0.75)),
    "figures": Kind(people.paint_figures, surfaces.FIGURES, (1.0, 1.6), 2.2, (0.1, 0.75)),
    "icon": Kind(people.paint_icon, surfaces.ICON, (0.7, 1.1), 0.9, (0.15, 0.75), (0.05, 1.0), detail=2),
    "still life": Kind(things.paint_still_life, surfaces.INDOORS, (1.0, 1.4), 1.9, (0.05, 0.75)),
    "flowers": Kind(things.paint_flowers, surfaces.INDOORS, (0.72, 1.0), 1.6, (0.05, 0.9), detail=2),
    "interior": Kind(things.paint_interior, surfaces.INDOORS, (0.85, 1.35), 1.4, (0.05, 0.8)),
    "object": Kind(things.paint_object, surfaces.OBJECT, (0.75, 1.2), 1.3, (0.2, 1.0), (0.0, 0.14), 0.2),
    "abstract": Kind(abstract.paint_abstract, surfaces.ABSTRACT, (0.75, 1.35), 1.6, (0.15, 0.95)),
    "colour field": Kind(abstract.paint_colour_field, surfaces.COLOUR_FIELD, (0.7, 1.1), 0.6, (0.08, 0.9)),
    "gesture": Kind(abstract.paint_gesture, surfaces.GESTURE, (0.8, 1.5), 0.8, (0.15, 0.95), detail=2),
    "print": Kind(paper.paint_print, surfaces.PRINT, (0.68, 1.5), 1.4, (0.3, 0.95), detail=2),
    "sketch": Kind(paper.paint_sketch, surfaces.SKETCH, (0.72, 1.4), 2.2, (0.42, 1.0), (0.0, 0.22), 0.2, detail=2),
    "textile": Kind(abstract.paint_textile, surfaces.TEXTILE, (0.7, 1.4), 0.8, (0.15, 0.85), detail=2),
    "page": Kind(paper.paint_page, surfaces.PAGE, (0.68, 0.8), 0.9, (0.48, 1.0), (0.0, 0.25), 0.25, detail=4),
}

DESIGNS: Final[dict[str, Kind]] = {
    "monochrome": Kind(designs.paint_monochrome, surfaces.MONOCHROME, (0.7, 1.4), 2.0),
    "washes": Kind(designs.paint_washes, surfaces.WASHES, (0.75, 1.35), 2.0),
    "poster": Kind(designs.paint_poster, surfaces.DESIGN, (0.66, 0.8), 1.0),
    "flag": Kind(designs.paint_flag, surfaces.DESIGN, (0.95, 1.3), 1.0),
    "duotone": Kind(designs.paint_duotone, surfaces.DESIGN, (0.75, 1.35), 1.0, detail=2),
    "tiles": Kind(designs.paint_tiles, surfaces.DESIGN, (0.9, 1.1), 1.0, detail=2),
    "mounted print": Kind(designs.paint_mounted, surfaces.WASHES, (0.96, 1.04), 3.5),
}
"""Pictures of one strong colour: they are painted in that colour and not graded to a palette."""

GENRES: Final = {**KINDS, **DESIGNS}
