"""The rows that a model is trained on, checked before any work begins."""

import hashlib
import math
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold, train_test_split

from src.colours import order_colours
from src.errors import TrainingDataError
from src.features.schema import FEATURE_COUNT, FEATURE_NAMES

HELD_OUT_FOLDS: Final = 4
"""One of four folds is held out: the study's 75/25 split."""

LABEL_COLUMN: Final = "color"
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
        Shape (n,): rows of one picture share a number (:mod:`src.models.groups`).
    filenames, images
        File names and addresses of the pictures, where the table has them.
    """

    name: str
    features: NDArray[np.float64]
    colours: NDArray[np.str_]
    groups: NDArray[np.intp]
    filenames: tuple[str, ...] = ()
    images: tuple[str, ...] = ()

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
        """Draw rows, with each colour's share kept; everything if there are no more."""
        if rows >= len(self):
            return self
        chosen, _ = train_test_split(np.arange(len(self)), train_size=rows, random_state=seed, stratify=self.colours)
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
        CSV or Parquet; further columns are left alone (``filename`` and ``image`` are kept).

    Returns
    -------
    TrainingData
        With every row a group of its own.

    Raises
    ------
    TrainingDataError
        If the file is missing or unreadable, a column is missing, or a value is no number.
    """
    if not path.is_file():
        raise TrainingDataError(
            f"{path} is missing: expected a table of the 18 features and {LABEL_COLUMN!r}; "
            "run `python -m src.features.build_features` first, or name a table with --data"
        )
    text = {LABEL_COLUMN: "str", "filename": "str", "image": "str"}
    try:
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
        else:
            frame = pd.read_csv(path, dtype=text, keep_default_na=False, na_values=["", "nan", "NaN", "NA"])
    except (ValueError, OSError, pd.errors.ParserError) as error:
        raise TrainingDataError(f"{path} cannot be read as a table: {error}") from error
    missing = [name for name in (*FEATURE_NAMES, LABEL_COLUMN) if name not in frame.columns]
    if missing:
        raise TrainingDataError(
            f"{path} lacks the columns {', '.join(missing)}: expected {', '.join(FEATURE_NAMES)} and {LABEL_COLUMN}"
        )
    return TrainingData(
        name=path.name,
        features=_read_features(frame, path),
        colours=_read_colours(frame, path),
        groups=np.arange(len(frame)),
        filenames=tuple(frame["filename"].astype(str)) if "filename" in frame.columns else (),
        images=tuple(frame["image"].astype(str)) if "image" in frame.columns else (),
    )


def _read_features(frame: pd.DataFrame, path: Path) -> NDArray[np.float64]:
    columns = []
    for name in FEATURE_NAMES:
        numbers = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        bad = np.flatnonzero(~np.isfinite(numbers))
        if len(bad):
            cells = ", ".join(f"row {row + 2}: {frame[name].iloc[row]!r}" for row in bad[:SHOWN_ROWS])
            raise TrainingDataError(
                f"{path}: column {name} holds {len(bad)} values that are missing or no finite numbers ({cells}): "
                "remove these rows or measure their pictures again"
            )
        columns.append(numbers)
    return np.column_stack(columns) if len(frame) else np.empty((0, FEATURE_COUNT))


def _read_colours(frame: pd.DataFrame, path: Path) -> NDArray[np.str_]:
    missing = np.flatnonzero(frame[LABEL_COLUMN].isna().to_numpy())
    if len(missing):
        rows = ", ".join(str(row + 2) for row in missing[:SHOWN_ROWS])
        raise TrainingDataError(
            f"{path}: {len(missing)} rows have no {LABEL_COLUMN} (rows {rows}): label or remove them"
        )
    return frame[LABEL_COLUMN].to_numpy(dtype=str)


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
