"""The rows that a model is trained on: read, checked, grouped by picture, split.

Two artworks of a site may be one picture: the same file under two ids, or the same print scanned twice. A model that
has seen one knows the other and scores too well, so no split has rows of one picture on both sides.
"""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedKFold, train_test_split

from src.colours import order_colours
from src.errors import TableError, TrainingDataError
from src.features.schema import FEATURE_NAMES
from src.models.artefacts import ModelCard
from src.parallel import map_with_progress
from src.user_tables import read_user_table

HELD_OUT_FOLDS: Final = 4
"""One of four folds is held out: the study's 75/25 split."""

LABEL_COLUMN: Final = "color"
MAXIMUM_FEATURE: Final = 255.0

HASH_DISTANCE: Final = 4
"""Perceptual hashes of 64 bits that differ in at most this many are taken for one picture: to recompress or resize it
moves 0-2 bits, another picture is 10 and more away (J. Buchner, documentation of ``imagehash``)."""

FEATURE_DISTANCE: Final = 12.0
"""Hashes see light and shade alone: two works on plain paper may share one. Rows whose features
differ by more than this on average (0-255 scale) are two pictures, whatever their hashes."""

CHUNK_ROWS: Final = 1024
BATCH_PICTURES: Final = 256


class Split(NamedTuple):
    """Row numbers of the two sides of a split."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


@dataclass(frozen=True)
class TrainingData:
    """Rows with a known colour.

    Attributes
    ----------
    name
        File name of the table.
    features, colours
        Shapes (n, 18) and (n,).
    groups
        Shape (n,): rows of one picture share a number (:func:`group_rows`).
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
        rows = defaultdict(list)
        for row, group in enumerate(self.groups.tolist()):
            rows[group].append(row)
        return [own for own in rows.values() if len(own) > 1]

    def take(self, rows: NDArray[np.intp]) -> "TrainingData":
        """Give some of the rows."""
        kept = (self.filenames, self.images, self.origins)
        texts = (tuple(cells[row] for row in rows) if cells else () for cells in kept)
        return TrainingData(self.name, self.features[rows], self.colours[rows], self.groups[rows], *texts)

    def split_folds(self, folds: int, seed: int) -> list[Split]:
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
        """Draw rows, with each colour's share kept (else TrainingDataError); everything if there are no more."""
        if rows >= len(self):
            return self
        try:
            chosen, _ = train_test_split(
                np.arange(len(self)), train_size=rows, random_state=seed, stratify=self.colours
            )
        except ValueError as error:
            raise TrainingDataError(
                f"{self.name}: no sample of {rows} rows keeps the share of every colour ({error}): take a larger one"
            ) from error
        return self.take(np.sort(chosen))


def read_training_data(path: Path) -> TrainingData:
    """Read any table that has the 18 features and ``color``; every row is a group of its own.

    Of further columns ``filename``, ``image`` and ``origin`` are kept.

    Raises
    ------
    TableError
        As :func:`src.user_tables.read_user_table`, or if a column is missing, or a cell is no feature or no colour.
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
        rows = ", ".join(map(str, missing[:5]))
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
    """Raise TrainingDataError if there is one class, or one has too few pictures for both sides of every split."""
    counts = data.class_counts
    if len(counts) < 2:
        raise TrainingDataError(
            f"{data.name} holds {len(data)} rows of {len(counts)} colour ({', '.join(counts) or 'none'}): "
            "expected at least two colours; collect another one"
        )
    needed = math.ceil(folds * HELD_OUT_FOLDS / (HELD_OUT_FOLDS - 1))
    pictures = {name: len(np.unique(data.groups[data.colours == name])) for name in counts}
    scarce = ", ".join(f"{name} {number}" for name, number in pictures.items() if number < needed)
    if scarce:
        raise TrainingDataError(
            f"{data.name}: too few distinct pictures of {scarce}: expected at least {needed} of each colour for a "
            f"held-out quarter and {folds} folds; collect more, remove these rows, or use fewer --folds (2 or more)"
        )


def group_rows(data: TrainingData, image_dir: Path | None = None, card: ModelCard | None = None) -> TrainingData:
    """Find rows of one picture by features, address and, where the files are, perceptual hash.

    Where they are not, the card of a model that was trained on the same rows has what the hashes showed, so that the
    same splits follow from the table alone.
    """
    hashes = None
    if image_dir is not None and data.filenames and (image_dir / data.filenames[0]).is_file():
        hashes = hash_pictures([image_dir / name for name in data.filenames])
    elif card is not None and card.data.get("sha256") == data.digest and "doubles" in card.data:
        groups = np.arange(len(data))
        for rows in card.data["doubles"]:
            groups[rows] = rows[0]
        return replace(data, groups=groups)
    return replace(data, groups=find_groups(data.features, hashes, data.images))


def hash_pictures(files: Sequence[Path]) -> list[str | None]:
    """Compute perceptual hashes (pHash, 16 hexadecimal digits) of pictures; what is missing or broken has none."""
    batches = [files[start : start + BATCH_PICTURES] for start in range(0, len(files), BATCH_PICTURES)]
    hashed = map_with_progress(
        _hash_batch, batches, description="look for doubles", total=len(files), unit="images", count=len
    )
    return [value for values in hashed for value in values]


def _hash_batch(files: Sequence[Path]) -> list[str | None]:
    import imagehash  # noqa: PLC0415 - an installation for prediction alone lacks it

    hashes: list[str | None] = []
    for path in files:
        try:
            with Image.open(path) as picture:
                picture.draft("L", (64, 64))  # the JPEG decoder halves for free; the hash looks at 32 × 32
                hashes.append(str(imagehash.phash(picture)))
        except (OSError, ValueError):
            hashes.append(None)
    return hashes


def find_groups(
    features: NDArray[np.float64], hashes: Sequence[str | None] | None = None, names: Sequence[str] = ()
) -> NDArray[np.intp]:
    """Give each row the number of its picture, 0, 1, 2 … in order of first appearance: shape (n,).

    Rows are of one picture if their features are equal, shape (n, 18); if their addresses (``names``) are, but an
    empty one says nothing, and neither does one that every row has; or if their perceptual ``hashes``, where there are
    any, are at most :data:`HASH_DISTANCE` bits apart and the features are close too.
    """
    _, first_rows, same_features = np.unique(features, axis=0, return_index=True, return_inverse=True)
    pairs = [np.stack((np.arange(len(features)), first_rows[same_features.ravel()]))]
    if len(set(names)) > 1:
        known = np.flatnonzero(np.asarray(names, dtype=str) != "")
        _, first_rows, same_names = np.unique(np.asarray(names)[known], return_index=True, return_inverse=True)
        pairs.append(np.stack((known, known[first_rows[same_names]])))
    if hashes is not None:
        pairs += _pair_close(features, hashes)
    first, second = np.concatenate(pairs, axis=1)
    graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(len(features), len(features)))
    _, labels = connected_components(graph, directed=False)  # numbered in order of first appearance
    groups: NDArray[np.intp] = labels.astype(np.intp)
    return groups


def _pair_close(features: NDArray[np.float64], hashes: Sequence[str | None]) -> list[NDArray[np.intp]]:
    """Pair rows whose hashes and features are close: arrays of shape (2, pairs)."""
    rows = np.asarray([row for row, value in enumerate(hashes) if value is not None], dtype=np.intp)
    bits = np.asarray([int(value, 16) for value in hashes if value is not None], dtype=np.uint64)
    pairs = []
    for start in range(0, len(bits), CHUNK_ROWS):
        distances = np.bitwise_count(bits[start : start + CHUNK_ROWS, None] ^ bits[None, start:])
        left, right = rows[start:][np.stack(np.nonzero(distances <= HASH_DISTANCE))]
        are_close = (left < right) & (np.abs(features[left] - features[right]).mean(axis=1) <= FEATURE_DISTANCE)
        pairs.append(np.stack((left, right))[:, are_close])
    return pairs
