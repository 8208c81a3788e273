"""Finished fits on disk, so that a stopped search goes on where it was."""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import sklearn

from src.files import write_text
from src.models.data import Split
from src.models.search_space import SEARCH_SPACES, SearchUnit
from src.models.shared_fits import FoldScore

CACHE_FORMAT: Final = 1
"""Raise it when a fit comes to mean something else; old entries are then not found."""


@dataclass(frozen=True)
class SearchCache:
    """One small JSON file a fit, named by everything that decides its result.

    Attributes
    ----------
    folder
        Where the files are; ``None`` remembers nothing.
    data_digest
        Digest of the rows that the splits number.
    seed
        Seed of the estimators.
    """

    folder: Path | None
    data_digest: str
    seed: int

    def _locate(self, unit: SearchUnit, split: Split) -> Path | None:
        if self.folder is None:
            return None
        identity = {
            "format": CACHE_FORMAT,
            "libraries": [sklearn.__version__, np.__version__],
            "data": self.data_digest,
            "seed": self.seed,
            "family": unit.family,
            "fixed": dict(SEARCH_SPACES[unit.family].fixed),
            "candidates": [dict(candidate.parameters) for candidate in unit.candidates],
            "train": hashlib.sha256(split.train.astype(np.int64).tobytes()).hexdigest(),
            "test": hashlib.sha256(split.test.astype(np.int64).tobytes()).hexdigest(),
        }
        digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
        return self.folder / unit.family / f"{digest[:32]}.json"

    def read(self, unit: SearchUnit, split: Split) -> list[FoldScore] | None:
        """Give a finished fit, or ``None``; a damaged entry counts as none."""
        path = self._locate(unit, split)
        if path is None or not path.is_file():
            return None
        try:
            scores = [FoldScore(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
        except (ValueError, TypeError):
            return None
        return scores if len(scores) == len(unit.candidates) else None

    def write(self, unit: SearchUnit, split: Split, scores: list[FoldScore]) -> None:
        """Keep a finished fit; a disk that is full or cannot be written costs the cache and not the search."""
        path = self._locate(unit, split)
        if path is not None:
            with suppress(OSError):
                write_text(path, json.dumps([asdict(score) for score in scores]) + "\n")
