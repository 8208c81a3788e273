"""How fast the painter describes and paints: ``python -m benchmarks.painter``.

One process, one thread. Speeds of a busy machine mean little, so each is also given as a ratio to a yardstick
measured in the same run: decoding and measuring one thumbnail (``extract_features``).
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from src.colours import SITE_COLOURS
from src.features.decode_image import decode_image
from src.features.extract_features import extract_features
from src.features.reduce_image import THUMBNAIL_SIDE
from src.gallery.collection.catalogue import apportion
from src.gallery.painter.describe import describe, outline
from src.gallery.painter.painting import THUMBNAIL_QUALITY, Painting, encode_thumbnail, paint, paint_crop

LARGE = 1024


@dataclass(frozen=True)
class Timing:
    """Processor time of one call, in milliseconds: the middle one of several rounds."""

    name: str
    milliseconds: float


def measure(name: str, work: Callable[[int], object], count: int, rounds: int) -> Timing:
    """Time ``work(0)`` to ``work(count - 1)``; each round does all of them."""
    work(0)
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        for position in range(count):
            work(position)
        seconds.append((time.process_time() - start) / count)
    return Timing(name, 1000 * float(np.median(seconds)))


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.painter", description=__doc__)
    parser.add_argument("--artworks", type=int, default=330, help="pictures in a round, at least 220 (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the middle one counts (%(default)s)")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    numbers = [
        SITE_COLOURS.index(colour) + len(SITE_COLOURS) * place
        for colour, count in apportion(options.artworks).items()
        for place in range(count)
    ]
    paintings: list[Painting] = [describe(7, number) for number in numbers]
    picture = paint_crop(paintings[0], THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    encoded = encode_thumbnail(paintings[0])

    def thumbnail(position: int) -> object:
        return paint_crop(paintings[position], THUMBNAIL_SIDE, THUMBNAIL_SIDE)

    def encode(suffix: str, parameter: int) -> Callable[[int], object]:
        return lambda _: cv2.imencode(suffix, picture, [parameter, THUMBNAIL_QUALITY])

    def make(position: int) -> object:
        return paint_crop(describe(7, numbers[position]), THUMBNAIL_SIDE, THUMBNAIL_SIDE)

    few = min(options.artworks, 66)
    timings = [
        measure("yardstick: decode and measure a thumbnail", lambda _: extract_features(decode_image(encoded)), 300, 3),
        measure("outline (genre and shape, for lists)", lambda place: outline(7, numbers[place]), len(numbers), 3),
        measure("describe", lambda place: describe(7, numbers[place]), len(numbers), options.rounds),
        measure(f"paint_crop {THUMBNAIL_SIDE} × {THUMBNAIL_SIDE}", thumbnail, len(numbers), options.rounds),
        measure("both, one after the other", make, len(numbers), options.rounds),
        measure(f"paint, {LARGE} pixels high", lambda place: _paint_large(paintings[place]), few, 1),
        measure("encode the thumbnail as JPEG", encode(".jpg", cv2.IMWRITE_JPEG_QUALITY), 100, 3),
        measure("encode the thumbnail as WebP", encode(".webp", cv2.IMWRITE_WEBP_QUALITY), 30, 3),
    ]
    table = Table(title="Processor time of one call, one thread")
    for heading in ("what", "ms", "a second", "in yardsticks"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for timing in timings:
        ratio = timing.milliseconds / timings[0].milliseconds
        table.add_row(timing.name, f"{timing.milliseconds:.3f}", f"{1000 / timing.milliseconds:,.0f}", f"{ratio:.2f}")
    attempts = float(np.mean([painting.attempt + 1 for painting in paintings]))
    console = Console()
    console.print(table)
    console.print(f"{attempts:.2f} attempts for a picture on average, {options.artworks} pictures")


def _paint_large(painting: Painting) -> object:
    return paint(painting, max(1, round(LARGE * painting.aspect)), LARGE)


if __name__ == "__main__":
    main()
