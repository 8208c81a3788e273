"""How fast the painter describes and paints: ``python -m benchmarks.painter [--json FILE]``.

One process, one thread. Speeds of a busy machine mean little, so each is also given as a ratio to a yardstick
measured in the same run: decoding and measuring one thumbnail (``extract_features``).
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.measuring import show_rows, write_figures
from src.colours import SITE_COLOURS
from src.features.decode_image import decode_image
from src.features.extract_features import extract_features
from src.features.reduce_image import THUMBNAIL_SIDE
from src.gallery.collection.catalogue import apportion
from src.gallery.painter.describe import describe, outline
from src.gallery.painter.painting import THUMBNAIL_QUALITY, encode_thumbnail, paint, paint_crop

LARGE = 1024
SEED = 7


def measure(work: Callable[[int], object], count: int, rounds: int = 3) -> float:
    """Milliseconds of processor time of ``work(0)`` to ``work(count - 1)``, each; the middle one of several rounds."""
    work(0)
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        for position in range(count):
            work(position)
        seconds.append((time.process_time() - start) / count)
    return 1000 * float(np.median(seconds))


def run(artworks: int, rounds: int) -> list[dict[str, Any]]:
    """Measure every step on the study's mix of colours."""
    cv2.setNumThreads(1)
    numbers = [
        SITE_COLOURS.index(colour) + len(SITE_COLOURS) * place
        for colour, count in apportion(artworks).items()
        for place in range(count)
    ]
    paintings = [describe(SEED, number) for number in numbers]
    picture = paint_crop(paintings[0], THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    encoded = encode_thumbnail(paintings[0])
    jpeg, webp = [cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY], [cv2.IMWRITE_WEBP_QUALITY, THUMBNAIL_QUALITY]

    def paint_large(position: int) -> object:
        return paint(paintings[position], max(1, round(LARGE * paintings[position].aspect)), LARGE)

    def crop(position: int) -> object:
        return paint_crop(paintings[position], THUMBNAIL_SIDE, THUMBNAIL_SIDE)

    milliseconds = {
        "yardstick: decode and measure a thumbnail": measure(lambda _: extract_features(decode_image(encoded)), 300),
        "outline (genre and shape, for lists)": measure(lambda place: outline(SEED, numbers[place]), len(numbers)),
        "describe": measure(lambda place: describe(SEED, numbers[place]), len(numbers), rounds),
        f"paint_crop {THUMBNAIL_SIDE} × {THUMBNAIL_SIDE}": measure(crop, len(numbers), rounds),
        f"paint, {LARGE} pixels high": measure(paint_large, min(artworks, 66), 1),
        "encode the thumbnail as JPEG": measure(lambda _: cv2.imencode(".jpg", picture, jpeg), 100),
        "encode the thumbnail as WebP": measure(lambda _: cv2.imencode(".webp", picture, webp), 30),
    }
    yardstick = next(iter(milliseconds.values()))
    return [
        {"what": name, "ms": value, "a_second": 1000 / value, "in_yardsticks": value / yardstick}
        for name, value in milliseconds.items()
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.painter", description=__doc__)
    parser.add_argument("--artworks", type=int, default=330, help="pictures in a round, at least 220 (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the middle one counts (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    rows = run(options.artworks, options.rounds)
    show_rows("processor time of one call, one thread", rows)
    write_figures(rows, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
