"""The search: every candidate in every fold, in parallel; finished fits are remembered."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
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
from src.models.grids import SVM_FAMILIES, Candidate, fit_pipeline
from src.parallel import map_with_progress

RESULTS_NAME: Final = "search_results.csv"


@dataclass(frozen=True)
class CandidateResult:
    """A candidate's cross-validation: accuracy and processor seconds of each fold's fit."""

    candidate: Candidate
    accuracies: tuple[float, ...]
    seconds: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean accuracy of the folds."""
        return float(np.mean(self.accuracies))

    @property
    def deviation(self) -> float:
        """Standard deviation (population) of the folds' accuracies."""
        return float(np.std(self.accuracies))


def run_search(
    data: TrainingData, candidates: Sequence[Candidate], splits: Sequence[Split], cache_dir: Path | None = None
) -> list[CandidateResult]:
    """Score every candidate in every split, where :func:`src.parallel.parallel_backend` says; best mean first.

    Finished fits are remembered in ``cache_dir``, if there is one, so that a stopped search goes on.
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
    results = []
    for candidate in candidates:
        accuracies, seconds = zip(*islice(fits, len(splits)), strict=True)
        results.append(CandidateResult(candidate, accuracies, seconds))
    return sorted(results, key=lambda result: -result.mean)


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


def choose_svm(results: Sequence[CandidateResult]) -> CandidateResult:
    """Choose which support vector machine is fitted and saved.

    Of those within one standard error of the best mean it is the smoothest, which has the smallest gamma, and of
    equally smooth ones the best: simpler models within the error of the best are to be preferred (Breiman et al.,
    "Classification and Regression Trees", 1984). Smoother SVMs extrapolate more evenly where no row is near.
    """
    svms = [result for result in results if result.candidate.family in SVM_FAMILIES]
    best = max(svms, key=lambda result: result.mean)
    error = best.deviation / len(best.accuracies) ** 0.5
    near = [result for result in svms if result.mean >= best.mean - error]
    return min(near, key=lambda result: (result.candidate.parameters.get("gamma", np.inf), -result.mean))


def write_results(results: Sequence[CandidateResult], path: Path) -> None:
    """Write family, parameters, mean, deviation, fit seconds and the accuracy of each fold, best first."""
    frame = pd.DataFrame(
        {
            "classifier": result.candidate.family,
            "params": result.candidate.label,
            "mean_test_score": round(result.mean, 6),
            "std_test_score": round(result.deviation, 6),
            "mean_fit_seconds": round(float(np.mean(result.seconds)), 3),
            **{f"fold_{number}": round(accuracy, 6) for number, accuracy in enumerate(result.accuracies, 1)},
        }
        for result in results
    )
    with replace_file(path) as temporary:
        frame.to_csv(temporary, index=False, lineterminator="\n")


def read_results(path: Path) -> pd.DataFrame:
    """Read what :func:`write_results` wrote; ModelMissingError if there is no such file."""
    if not path.is_file():
        raise ModelMissingError(f"{path} is missing: run `python -m src.models.train_model`, which writes it")
    return pd.read_csv(path)
