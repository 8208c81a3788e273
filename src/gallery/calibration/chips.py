"""Chips: small pictures of one colour over all of sRGB, with the name that people give to it.

Real art seldom comes near them. They teach the colour index the name of a picture of one colour, so that it does
not go on where the real rows end as it happened to leave them.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from src.colours import STUDY_COLOURS, name_colours
from src.features.extract_features import extract_features
from src.features.schema import BGRImage

SIDE: Final = 64
"""Width and height of a chip, in pixels."""


def make_chips(count: int, seed: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.str_]]:
    """Make chips and measure them.

    Half of the colours are drawn evenly from sRGB, half from HSV, which holds more saturated ones. Returns the
    features, shape (count, 18), and the name of each chip's colour by :func:`src.colours.name_colours`.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    grounds = np.array([_draw_ground(generator) for _ in range(count)])
    features = np.array([extract_features(_render(generator, ground)) for ground in grounds])
    return features, name_colours(grounds, STUDY_COLOURS)


def _draw_ground(generator: np.random.Generator) -> npt.NDArray[np.uint8]:
    if generator.random() < 0.5:
        return generator.integers(0, 256, 3).astype(np.uint8)
    hue, saturation, value = 360 * generator.random(), generator.random() ** 0.6, generator.random() ** 0.7
    pixel = np.array([[[hue, saturation, value]]], np.float32)
    return np.asarray(np.rint(cv2.cvtColor(pixel, cv2.COLOR_HSV2BGR)[0, 0] * 255), np.uint8)


def _render(generator: np.random.Generator, ground: npt.NDArray[np.uint8]) -> BGRImage:
    """Paint a chip: plain, noisy, mottled in light and saturation, framed, or with a strip of another colour."""
    image = np.tile(ground.astype(np.float32), (SIDE, SIDE, 1))
    kind = generator.choice(5, p=(0.25, 0.25, 0.2, 0.18, 0.12))
    if kind == 1:
        image += generator.normal(0.0, generator.uniform(2, 24), image.shape)
    elif kind == 2:
        image = _mottle(generator, image)
    elif kind == 3:
        width = max(1, round(SIDE * generator.uniform(0.03, 0.13)))
        image[:] = _draw_accent(generator)
        image[width:-width, width:-width] = ground
    elif kind == 4:
        image[:, : round(SIDE * generator.uniform(0.05, 0.25))] = _draw_accent(generator)
    if generator.random() < 0.3:
        image += generator.normal(0.0, generator.uniform(1, 8), image.shape)
    return np.asarray(np.clip(np.rint(image), 0, 255), np.uint8)


def _draw_accent(generator: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw white, black, a grey or any colour, B, G, R."""
    kind = generator.choice(4, p=(0.3, 0.3, 0.15, 0.25))
    if kind < 2:
        return np.full(3, 255 * (1 - kind))
    return np.full(3, generator.integers(0, 256)) if kind == 2 else generator.integers(0, 256, 3)


def _mottle(generator: np.random.Generator, image: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    hsv = cv2.cvtColor(image / 255, cv2.COLOR_BGR2HSV)
    for channel, most in ((2, 0.3), (1, 0.2)):
        noise = generator.standard_normal((SIDE, SIDE)).astype(np.float32)
        cloud = cv2.GaussianBlur(noise, (0, 0), SIDE / generator.uniform(4, 16))
        hsv[..., channel] *= 1 + generator.uniform(0.03, most) * (cloud - cloud.mean()) / cloud.std()
    return np.asarray(cv2.cvtColor(np.clip(hsv, 0, (360, 1, 1)).astype(np.float32), cv2.COLOR_HSV2BGR) * 255)
