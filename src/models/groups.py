"""Which rows show the same picture, so that no split has it on both sides.

Two artworks of a site may be one picture: the same file under two ids, or the same print scanned
twice. A model that has seen one knows the other, and scores too well.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from src.files import write_text
from src.parallel import map_with_progress

HASH_DISTANCE: Final = 4
"""Perceptual hashes of 64 bits that differ in at most so many are taken for one picture.

Recompressing or resizing a picture moves 0-2 bits; a difference of 10 and more is another picture
(J. Buchner, documentation of ``imagehash``).
"""

FEATURE_DISTANCE: Final = 12.0
"""Hashes see light and shade alone: two works on plain paper may share one. Rows whose features
differ by more than this on average (0-255 scale) are two pictures, whatever their hashes."""

CHUNK_ROWS: Final = 1024
BATCH_PICTURES: Final = 256


def hash_pictures(files: Sequence[Path], cache: Path | None = None) -> list[str | None]:
    """Compute perceptual hashes (pHash, 64 bits) of pictures, with a progress bar where there are many.

    Work goes where :func:`src.parallel.parallel_backend` says; the files are read there.

    Parameters
    ----------
    files
        Pictures; ones that are missing or broken have no hash.
    cache
        JSON file of hashes by name, size and time of change; read first and written at the end.

    Returns
    -------
    list of str or None
        16 hexadecimal digits for each file.
    """
    known: dict[str, str] = _read_cache(cache)
    keys = [_describe_file(path) for path in files]
    open_positions = [position for position, key in enumerate(keys) if key is not None and key not in known]
    batches = [
        open_positions[start : start + BATCH_PICTURES] for start in range(0, len(open_positions), BATCH_PICTURES)
    ]
    if batches:
        hashed = map_with_progress(
            _hash_batch,
            [[files[position] for position in batch] for batch in batches],
            description="look for doubles",
            total=len(files),
            done=len(files) - len(open_positions),
            unit="images",
            count=len,
        )
        for batch, values in zip(batches, hashed, strict=True):
            found = zip(batch, values, strict=True)
            known.update({str(keys[position]): value for position, value in found if value is not None})
    if cache is not None and batches:
        write_text(cache, json.dumps({key: known[key] for key in sorted(set(filter(None, keys)) & known.keys())}))
    return [None if key is None else known.get(key) for key in keys]


def _read_cache(cache: Path | None) -> dict[str, str]:
    if cache is None or not cache.is_file():
        return {}
    try:
        content: dict[str, str] = json.loads(cache.read_text(encoding="utf-8"))
    except ValueError:  # it can be made again
        return {}
    return content


def _describe_file(path: Path) -> str | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return f"{path.name}:{status.st_size}:{status.st_mtime_ns}"


def _hash_batch(files: Sequence[Path]) -> list[str | None]:
    return [_hash_picture(path) for path in files]


def _hash_picture(path: Path) -> str | None:
    try:
        with Image.open(path) as picture:
            picture.draft("L", (64, 64))  # the JPEG decoder halves for free; the hash looks at 32 × 32
            return str(imagehash.phash(picture))
    except (OSError, UnidentifiedImageError, ValueError):
        return None


def find_groups(
    features: NDArray[np.float64], hashes: Sequence[str | None] | None = None, names: Sequence[str] | None = None
) -> NDArray[np.intp]:
    """Give rows of one picture the same number.

    Parameters
    ----------
    features
        Shape (n, 18). Rows with equal features are one picture.
    hashes
        Perceptual hash of each row's picture, where there is one: hashes at most
        :data:`HASH_DISTANCE` bits apart are one picture, if the features are close too.
    names
        Anything else by which rows are known to be one picture, such as the image address.

    Returns
    -------
    numpy.ndarray
        Shape (n,): group numbers, 0, 1, 2 … in order of first appearance.
    """
    row_count = len(features)
    _, same_features = np.unique(features, axis=0, return_inverse=True)
    pairs = [_link_equal(same_features.ravel())]
    if names is not None:
        pairs.append(_link_equal(np.unique(np.asarray(names, dtype=str), return_inverse=True)[1]))
    if hashes is not None:
        pairs.append(_link_close(features, hashes))
    first, second = (np.concatenate(column) for column in zip(*pairs, strict=True))
    graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(row_count, row_count))
    _, labels = connected_components(graph, directed=False)
    _, first_rows, inverse = np.unique(labels, return_index=True, return_inverse=True)
    ranks = np.empty(len(first_rows), dtype=np.intp)
    ranks[np.argsort(first_rows)] = np.arange(len(first_rows))
    groups: NDArray[np.intp] = ranks[inverse]
    return groups


def _link_equal(labels: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pair each row with the first one of its label."""
    _, first_rows = np.unique(labels, return_index=True)
    return np.arange(len(labels)), first_rows[labels]


def _link_close(
    features: NDArray[np.float64], hashes: Sequence[str | None]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    rows = np.asarray([position for position, value in enumerate(hashes) if value is not None], dtype=np.intp)
    bits = np.asarray([int(value, 16) for value in hashes if value is not None], dtype=np.uint64)
    firsts, seconds = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.intp)]
    for start in range(0, len(bits), CHUNK_ROWS):
        chunk = bits[start : start + CHUNK_ROWS]
        distances = np.bitwise_count(chunk[:, None] ^ bits[None, start:])
        left, right = np.nonzero(distances <= HASH_DISTANCE)
        left, right = rows[start + left], rows[start + right]
        different = left < right
        left, right = left[different], right[different]
        are_close = np.abs(features[left] - features[right]).mean(axis=1) <= FEATURE_DISTANCE
        firsts.append(left[are_close])
        seconds.append(right[are_close])
    return np.concatenate(firsts), np.concatenate(seconds)
