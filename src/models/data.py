"""The rows that a model is trained on: read, checked, grouped by picture, split.

Two artworks of a site may be one picture: the same file under two ids, or the same print scanned
twice. A model that has seen one knows the other and scores too well, so rows of one picture form
a group, and no split has a group on both sides.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedKFold, train_test_split

from src.colours import order_colours
from src.errors import TableError, TrainingDataError
from src.features.schema import FEATURE_NAMES
from src.files import write_text
from src.parallel import map_with_progress
from src.user_tables import read_user_table

HELD_OUT_FOLDS: Final = 4
"""One of four folds is held out: the study's 75/25 split."""

LABEL_COLUMN: Final = "color"
MAXIMUM_FEATURE: Final = 255.0
SHOWN_ROWS: Final = 5


@dataclass(frozen=True)
class TrainingData:
    """Rows with a known colour.

    Attributes
    ----------
    name
        File name of the table.
    features
        float64, shape (n, 18).
    colours
        str, shape (n,).
    groups
        Shape (n,): rows of one picture share a number (:func:`find_groups`).
    filenames, images, origins
        File names, addresses and origins of the pictures, where the table has them.
    """

    name: str
    features: NDArray[np.float64]
    colours: NDArray[np.str_]
    groups: NDArray[np.intp]
    filenames: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.colours)

    @property
    def class_counts(self) -> dict[str, int]:
        """Rows of each colour, in the site's order."""
        counts = Counter(self.colours.tolist())
        return {name: counts[name] for name in order_colours(counts)}

    @property
    def digest(self) -> str:
        """SHA-256 of features and colours: the same rows in the same order, the same digest."""
        content = hashlib.sha256(np.ascontiguousarray(self.features).tobytes())
        content.update("\n".join(self.colours.tolist()).encode())
        return content.hexdigest()

    @property
    def doubles(self) -> list[list[int]]:
        """Row numbers of each picture that has several rows."""
        order = np.argsort(self.groups, kind="stable")
        starts = np.flatnonzero(np.diff(self.groups[order], prepend=-1))
        rows = np.split(order, starts[1:])
        return sorted(members.tolist() for members in rows if len(members) > 1)

    def take(self, rows: NDArray[np.intp]) -> "TrainingData":
        """Give some of the rows."""
        return replace(
            self,
            features=self.features[rows],
            colours=self.colours[rows],
            groups=self.groups[rows],
            filenames=tuple(self.filenames[row] for row in rows) if self.filenames else (),
            images=tuple(self.images[row] for row in rows) if self.images else (),
            origins=tuple(self.origins[row] for row in rows) if self.origins else (),
        )

    def split_folds(self, folds: int, seed: int) -> list["Split"]:
        """Split into folds, stratified by colour, a picture's rows always on one side."""
        # StratifiedGroupKFold loops over groups in Python (seconds where nearly every row is a group of
        # its own), so the pictures are split, each by the colour of its first row, and rows follow theirs.
        _, first_rows, picture_of_row = np.unique(self.groups, return_index=True, return_inverse=True)
        splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
        splits = []
        for _, test_pictures in splitter.split(first_rows, self.colours[first_rows]):
            is_test = np.isin(picture_of_row, test_pictures)
            splits.append(Split(np.flatnonzero(~is_test), np.flatnonzero(is_test)))
        return splits

    def sample(self, rows: int, seed: int) -> "TrainingData":
        """Draw rows, with each colour's share kept; everything if there are no more.

        Raises
        ------
        TrainingDataError
            If the colours cannot keep their shares.
        """
        if rows >= len(self):
            return self
        positions = np.arange(len(self))
        try:
            chosen, _ = train_test_split(positions, train_size=rows, random_state=seed, stratify=self.colours)
        except ValueError as error:
            raise TrainingDataError(
                f"{self.name}: no sample of {rows} rows keeps the share of every colour ({error}): take a larger one"
            ) from error
        return self.take(np.sort(chosen))


@dataclass(frozen=True)
class Split:
    """Row numbers of the two sides of a split."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


def read_training_data(path: Path) -> TrainingData:
    """Read any table that has the 18 features and ``color``.

    Parameters
    ----------
    path
        Any table that :func:`src.user_tables.read_user_table` takes; further columns are left alone
        (``filename``, ``image`` and ``origin`` are kept).

    Returns
    -------
    TrainingData
        With every row a group of its own.

    Raises
    ------
    TableError
        If the file is missing or unreadable, a column is missing, or a cell is no feature or no colour.
    """
    if not path.is_file():
        raise TableError(
            f"{path} is missing: expected a table of the 18 features and {LABEL_COLUMN!r}; "
            "run `python -m src.features.build_features` first, or name a table with --data"
        )
    table = read_user_table(path)
    table.require([*FEATURE_NAMES, LABEL_COLUMN])
    labels = table.read_labels(LABEL_COLUMN)
    missing = [number for number, label in zip(table.row_numbers, labels, strict=True) if label is None]
    if missing:
        rows = ", ".join(map(str, missing[:SHOWN_ROWS]))
        raise TableError(f"{path}: {len(missing)} rows have no {LABEL_COLUMN} (rows {rows}): label or remove them")
    return TrainingData(
        name=path.name,
        features=np.column_stack([table.read_numbers(name, 0, MAXIMUM_FEATURE) for name in FEATURE_NAMES]),
        colours=np.asarray(labels, dtype=str),
        groups=np.arange(len(table.rows)),
        filenames=table.get("filename"),
        images=table.get("image"),
        origins=table.get("origin"),
    )


def check_training_data(data: TrainingData, folds: int) -> None:
    """Refuse what cannot be split and learned from.

    Raises
    ------
    TrainingDataError
        If there is a single class, or a class has too few distinct pictures to appear on both
        sides of every split.
    """
    counts = data.class_counts
    if len(counts) < 2:
        raise TrainingDataError(
            f"{data.name} holds {len(data)} rows of {len(counts)} colour ({', '.join(counts) or 'none'}): "
            "expected at least two colours; collect another one"
        )
    needed = math.ceil(folds * HELD_OUT_FOLDS / (HELD_OUT_FOLDS - 1))
    pictures = {name: len(np.unique(data.groups[data.colours == name])) for name in counts}
    scarce = {name: number for name, number in pictures.items() if number < needed}
    if scarce:
        listed = ", ".join(f"{name} {number}" for name, number in scarce.items())
        raise TrainingDataError(
            f"{data.name}: too few distinct pictures of {listed}: expected at least {needed} of each colour for a "
            f"held-out quarter and {folds} folds; collect more, remove these rows, or use fewer --folds (2 or more)"
        )


HASH_DISTANCE: Final = 4
"""Perceptual hashes of 64 bits that differ in at most this many are taken for one picture.

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
        with suppress(OSError):  # it can be made again
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
    import imagehash  # noqa: PLC0415 - an installation for prediction alone lacks it

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
        Address of each row's picture. Rows of one address are one picture; an empty address says
        nothing, and neither does one that every row has.

    Returns
    -------
    numpy.ndarray
        Shape (n,): group numbers, 0, 1, 2 … in order of first appearance.
    """
    row_count = len(features)
    _, same_features = np.unique(features, axis=0, return_inverse=True)
    pairs = [_link_equal(same_features.ravel())]
    if names is not None and len(set(names)) > 1:
        known = np.flatnonzero(np.asarray(names, dtype=str) != "")
        _, same_names = np.unique(np.asarray(names, dtype=str)[known], return_inverse=True)
        first_rows, rows = _link_equal(same_names)
        pairs.append((known[first_rows], known[rows]))
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
