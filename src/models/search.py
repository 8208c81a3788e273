"""The search: every candidate in every fold, in parallel; finished fits are remembered."""

import time
from collections.abc import Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

import joblib
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.errors import ModelMissingError
from src.files import replace_file
from src.models.data import Split, TrainingData
from src.models.grids import Candidate, fit_pipeline
from src.parallel import map_with_progress

RESULTS_NAME: Final = "search_results.csv"


def run_search(
    data: TrainingData, candidates: Sequence[Candidate], splits: Sequence[Split], cache_dir: Path | None = None
) -> pd.DataFrame:
    """Score every candidate in every split, where :func:`src.parallel.parallel_backend` says.

    Finished fits are remembered in ``cache_dir``, if there is one, so that a stopped search goes on.

    Returns
    -------
    pandas.DataFrame
        A row for each ``candidate``, best mean first: family and parameters, mean and deviation (population) of the
        accuracies, processor seconds of a fit, and the accuracy in each fold.
    """
    score = joblib.Memory(cache_dir, verbose=0).cache(_score_fold, ignore=["features", "colours"])
    tasks = [(candidate, split) for candidate in candidates for split in splits]
    fits = map_with_progress(
        partial(score, digest=data.digest, features=data.features, colours=data.colours),
        tasks,
        description="search",
        total=len(tasks),
        unit="fits",
    )
    rows = []
    for candidate in candidates:
        accuracies, seconds = zip(*islice(fits, len(splits)), strict=True)
        rows.append(
            {
                "candidate": candidate,
                "classifier": candidate.family,
                "params": candidate.label,
                "mean_test_score": np.mean(accuracies),
                "std_test_score": np.std(accuracies),
                "mean_fit_seconds": np.mean(seconds),
                **{f"fold_{number}": accuracy for number, accuracy in enumerate(accuracies, 1)},
            }
        )
    return pd.DataFrame(rows).sort_values("mean_test_score", ascending=False, kind="stable", ignore_index=True)


def _score_fold(
    task: tuple[Candidate, Split], *, digest: str, features: NDArray[np.float64], colours: NDArray[np.str_]
) -> tuple[float, float]:
    """Fit to one side of a split; return the accuracy on the other and the processor seconds of the fit."""
    del digest  # tells the cache which rows these are
    candidate, (train, test) = task
    start = time.process_time()
    pipeline = fit_pipeline(candidate, features[train], colours[train])
    seconds = time.process_time() - start
    return float(np.mean(pipeline.predict(features[test]) == colours[test])), seconds


def write_results(results: pd.DataFrame, path: Path) -> None:
    """Write the search's results, best first, without their last digits."""
    frame = results.drop(columns="candidate")
    for name in frame.columns[2:]:
        digits = 3 if name == "mean_fit_seconds" else 6
        frame[name] = [round(value, digits) for value in frame[name].tolist()]  # exact where pandas only multiplies
    with replace_file(path) as temporary:
        frame.to_csv(temporary, index=False, lineterminator="\n")


def read_results(path: Path) -> pd.DataFrame:
    """Read what :func:`write_results` wrote; ModelMissingError if there is no such file."""
    if not path.is_file():
        raise ModelMissingError(f"{path} is missing: run `python -m src.models.train_model`, which writes it")
    return pd.read_csv(path)
