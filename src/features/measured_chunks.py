"""What has been measured so far, on disk: a stopped run goes on, and nothing stale is used."""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from src.features import (
    colour_profile,
    decode_image,
    extract_features,
    image_header,
    measure_image,
    reduce_image,
    schema,
)
from src.features.measure_batch import MeasuredPicture
from src.features.schema import FEATURE_COUNT
from src.files import replace_file

CHUNK_ROWS: Final = 256
"""Artworks of one chunk, by index: a quarter of a second of work, 37 KB of features."""


@cache
def _describe_extractor() -> str:
    """Return a hash of the code and the libraries that turn bytes into features."""
    libraries = [f"{name} {version(name)}" for name in ("numpy", "opencv-python-headless", "pillow", "simplejpeg")]
    digest = hashlib.sha256(" ".join(libraries).encode())
    for module in (schema, image_header, decode_image, reduce_image, colour_profile, extract_features, measure_image):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()


def make_chunk_key(number: int, lines: Iterable[str]) -> str:
    """Name a chunk by all that its features depend on.

    Parameters
    ----------
    number
        ``index // CHUNK_ROWS`` of its artworks.
    lines
        One for each artwork: its file, hash, size and time.

    Returns
    -------
    str
        Another one whenever an artwork, a file, the code or a library that matters has changed.
    """
    digest = hashlib.sha256(_describe_extractor().encode())
    for line in lines:
        digest.update(line.encode())
        digest.update(b"\n")
    return f"{number:08d}-{digest.hexdigest()[:24]}"


@dataclass(frozen=True)
class MeasuredChunks:
    """The folder with finished chunks, one file each, named by their keys."""

    folder: Path

    def save(self, key: str, pictures: Sequence[MeasuredPicture]) -> None:
        """Keep a measured chunk; it is there whole or not at all."""
        with replace_file(self._locate(key)) as temporary, temporary.open("wb") as stream:
            nothing = np.full(FEATURE_COUNT, np.nan)
            features = [nothing if picture.features is None else picture.features for picture in pictures]
            others = [(picture.reason, picture.is_final) for picture in pictures if picture.features is None]
            np.savez(stream, features=features, others=np.array(json.dumps(others)))

    def load(self, key: str, rows: int) -> list[MeasuredPicture] | None:
        """Give a finished chunk back, or None if there is none of that size that can be read."""
        try:
            with self._locate(key).open("rb") as stream, np.load(stream, allow_pickle=False) as content:
                features, others = content["features"], iter(json.loads(str(content["others"])))
            if features.shape != (rows, FEATURE_COUNT):
                return None
            return [
                MeasuredPicture(None, *next(others)) if np.isnan(row[0]) else MeasuredPicture(row) for row in features
            ]
        except (OSError, ValueError, KeyError, EOFError, TypeError, StopIteration, zipfile.BadZipFile):
            return None

    def forget_others(self, keys: set[str]) -> int:
        """Remove chunks that no artwork of now belongs to; return how many."""
        stale = [path for path in sorted(self.folder.glob("*.npz")) if path.stem not in keys]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)

    def _locate(self, key: str) -> Path:
        return self.folder / f"{key}.npz"
