"""Pictures to ask two services about."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2

from src.errors import UsageError
from src.gallery.painter.describe import describe
from src.gallery.painter.painting import paint
from src.paths import PROJECT_ROOT

PAINTINGS: Final = PROJECT_ROOT.parent / "shared" / "paintings" / "img"
SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})
ENCODINGS: Final = (".jpg", ".png", ".webp")
SEED: Final = 7

BAD_FILES: Final = {"text.jpg": b"not a picture at all", "empty.jpg": b"", "cut.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF"}
"""Both services must refuse them alike."""


@dataclass(frozen=True)
class SamplePicture:
    """One file to be posted.

    Attributes
    ----------
    name
        Of the file.
    content
        Its bytes.
    """

    name: str
    content: bytes


def collect_samples(folder: Path | None, count: int) -> list[SamplePicture]:
    """Take pictures of a folder, evenly spread over its sorted names, or make some.

    Parameters
    ----------
    folder
        None takes the reference paintings where they are beside the project, and else lets the gallery's
        painter make pictures, in all the types that are served.
    count
        How many, before the bad files that are added.

    Raises
    ------
    UsageError
        If the folder holds no pictures.
    """
    chosen = folder or (PAINTINGS if PAINTINGS.is_dir() else None)
    if chosen is None:
        samples = [_make(number) for number in range(count)]
    else:
        files = sorted(path for path in chosen.iterdir() if path.suffix.lower() in SUFFIXES)
        if not files:
            raise UsageError(f"{chosen} holds no pictures: expected {', '.join(sorted(SUFFIXES))} files")
        picked = files[:: max(1, len(files) // count)][:count]
        samples = [SamplePicture(path.name, path.read_bytes()) for path in picked]
    return samples + [SamplePicture(name, content) for name, content in BAD_FILES.items()]


def _make(number: int) -> SamplePicture:
    suffix = ENCODINGS[number % len(ENCODINGS)]
    _, content = cv2.imencode(suffix, paint(describe(SEED, number), 320 + 16 * number, 240 + 16 * number))
    return SamplePicture(f"made-{number}{suffix}", content.tobytes())
