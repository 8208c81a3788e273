"""A painting: all that decides it, and its renderings at any size."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from src.colours import SITE_COLOURS
from src.features.decode_image import decode_image
from src.features.extract_features import extract_features
from src.features.reduce_image import THUMBNAIL_SIDE
from src.features.schema import BGRImage, FeatureVector
from src.gallery.painter.canvas import Canvas
from src.gallery.painter.genres.registry import GENRES
from src.gallery.painter.genres.tools import Chance, Mood
from src.gallery.painter.grading import PLAIN_GRADE, Grade
from src.gallery.painter.surfaces import work_surface

TINY: Final = 56
"""Side of the rendering, in pixels, by which a picture is graded and filed."""

THUMBNAIL_QUALITY: Final = 90
"""Quality of the JPEG files of the site's thumbnails, 1-100."""

COMPRESSION: Final = np.array([1.0] * 16 + [0.94, 0.95])
"""What JPEG and WebP of quality 90 leave of the features; they take from the deviations of a and b."""

PALETTE, COMPOSITION, SHAPE = range(3)
"""What random numbers are drawn for."""


@dataclass(frozen=True)
class Painting:
    """Everything that decides a picture; the aspect is width divided by height."""

    seed: int
    number: int
    genre: str
    aspect: float
    attempt: int = 0
    mood: Mood = field(default_factory=Mood)
    grade: Grade = PLAIN_GRADE

    @property
    def colour(self) -> str:
        """The colour under which the index files it."""
        return SITE_COLOURS[self.number % len(SITE_COLOURS)]


def make_chances(seed: int, number: int, attempt: int, purpose: int) -> Chance:
    """Return the random numbers of one purpose; ``Random.random`` is the same on every platform and version."""
    return Chance(((seed * 1_000_003 + number) * 64 + attempt) * 4 + purpose)


def encode_thumbnail(painting: Painting) -> bytes:
    """Return the painting's thumbnail as a JPEG file."""
    _, encoded = cv2.imencode(".jpg", _paint_thumbnail(painting), [cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY])
    return encoded.tobytes()


def measure_thumbnail(painting: Painting) -> FeatureVector:
    """Return the features (18,) of the painting's thumbnail, as a JPEG file."""
    return extract_features(decode_image(encode_thumbnail(painting)))


def paint(painting: Painting, width: int, height: int) -> BGRImage:
    """Render the whole picture."""
    return painting.grade.apply(_compose(painting, width, height, is_crop=False))


def paint_crop(painting: Painting, width: int, height: int) -> BGRImage:
    """Render the centred box that remains when the picture is scaled to cover ``width`` × ``height``, and no more."""
    if width == height == THUMBNAIL_SIDE:
        return _paint_thumbnail(painting).copy()
    return painting.grade.apply(_compose(painting, width, height, is_crop=True))


@lru_cache(maxsize=4)
def _paint_thumbnail(painting: Painting) -> BGRImage:
    """Return the thumbnail; kept for a moment, since what was measured to file a picture is often asked for next."""
    return painting.grade.apply(_compose(painting, THUMBNAIL_SIDE, THUMBNAIL_SIDE, is_crop=True))


def measure_pigment(pigment: npt.NDArray[np.float32], grade: Grade) -> FeatureVector:
    """Return the features (18,) of graded pigment, as compression will leave them."""
    return np.asarray(extract_features(grade.apply(pigment)) * COMPRESSION)


def compose_tiny(painting: Painting) -> npt.NDArray[np.float32]:
    """Return the pigment by which a picture is graded and filed, float32 (TINY, TINY, 3).

    Genres with fine detail are composed larger and thinned out: a blend would take their contrast.
    """
    step = GENRES[painting.genre].detail
    pigment = _compose(painting, TINY * step, TINY * step, is_crop=True)
    return np.ascontiguousarray(pigment[step // 2 :: step, step // 2 :: step])


def _compose(painting: Painting, width: int, height: int, *, is_crop: bool) -> npt.NDArray[np.float32]:
    """Return the pigment of a picture, float32 (H, W, 3)."""
    rng = make_chances(painting.seed, painting.number, painting.attempt, COMPOSITION)
    canvas = Canvas(painting.aspect, width, height, is_crop=is_crop)
    kind = GENRES[painting.genre]
    kind.compose(canvas, rng, painting.mood)
    return work_surface(canvas, rng, kind.surface)
