"""Paints the sample pictures of the service's page and its self-test picture: `python -m tools.make_samples`.

The pictures are the project's own, so they may be shown and sent on.
"""

from itertools import count

import cv2

from src.colours import SITE_COLOURS
from src.files import write_bytes
from src.gallery.painter.describe import describe
from src.gallery.painter.painting import paint
from src.paths import PROJECT_ROOT

SEED = 7
LONG_SIDE = 400
JPEG_QUALITY = 76
STATIC_DIR = PROJECT_ROOT / "application" / "static"
COLOURS = ("BLUE", "ORANGE", "GREEN", "RED", "TEAL", "YELLOW", "PURPLE", "PINK", "BROWN", "BLACK", "WHITE", "GRAY")
LARGEST_BYTES = 34_000
"""Of one sample: the page loads all twelve."""


def paint_jpeg(number: int, long_side: int) -> tuple[str, bytes]:
    """Genre and JPEG file of one painting, its aspect kept."""
    painting = describe(SEED, number)
    scale = long_side / max(painting.aspect, 1)
    picture = paint(painting, round(scale * painting.aspect), round(scale))
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1])
    return painting.genre, encoded.tobytes()


def main() -> None:
    """Paint one picture of each colour, the first of a genre not shown yet, and a small one for the self-test."""
    for earlier in (STATIC_DIR / "samples").glob("*.jpg"):
        earlier.unlink()
    shown: set[str] = set()
    for position, colour in enumerate(COLOURS):
        for number in count(SITE_COLOURS.index(colour), len(SITE_COLOURS)):
            genre, content = paint_jpeg(number, LONG_SIDE)
            if genre not in shown and len(content) <= LARGEST_BYTES:
                break
        shown.add(genre)
        path = STATIC_DIR / "samples" / f"{position + 1:02d}-{genre.replace('_', '-').replace(' ', '-')}.jpg"
        write_bytes(path, content)
        print(f"{path.relative_to(PROJECT_ROOT)}  {colour}  {len(content):,} bytes")
    write_bytes(STATIC_DIR / "self_test.jpg", paint_jpeg(SITE_COLOURS.index("BLUE"), 128)[1])


if __name__ == "__main__":
    main()
