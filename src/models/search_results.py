"""The table of a search: one row a candidate, beside the model that it chose."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from src.errors import ModelMissingError
from src.files import replace_file
from src.models.search import CandidateResult

RESULTS_NAME: Final = "search_results.csv"


def write_results(results: Sequence[CandidateResult], path: Path) -> None:
    """Write family, parameters, mean, deviation, fit seconds and the accuracy of each fold, best first."""
    frame = pd.DataFrame(
        [
            {
                "classifier": result.candidate.family,
                "params": result.candidate.label,
                "mean_test_score": round(result.mean, 6),
                "std_test_score": round(result.deviation, 6),
                "mean_fit_seconds": round(result.fit_seconds, 3),
                **{f"fold_{number}": round(fold.accuracy, 6) for number, fold in enumerate(result.folds, 1)},
            }
            for result in results
        ]
    )
    with replace_file(path) as temporary:
        frame.to_csv(temporary, index=False, lineterminator="\n")


def read_results(path: Path) -> pd.DataFrame:
    """Read what :func:`write_results` wrote.

    Raises
    ------
    ModelMissingError
        If there is no such file.
    """
    if not path.is_file():
        raise ModelMissingError(f"{path} is missing: run `python -m src.models.train_model`, which writes it")
    return pd.read_csv(path)
