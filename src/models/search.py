"""The search: every unit in every fold, in parallel, each finished fit kept at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import joblib
import numpy as np
from joblib.externals.loky.process_executor import TerminatedWorkerError
from numpy.typing import NDArray

from src.errors import WorkerError
from src.models.data import Split, TrainingData
from src.models.search_cache import SearchCache
from src.models.search_space import SEARCH_SPACES, Candidate, SearchUnit
from src.models.shared_fits import FoldScore, score_unit


@dataclass(frozen=True)
class CandidateResult:
    """A candidate's cross-validation.

    Attributes
    ----------
    candidate
        What was tried.
    folds
        One score a fold.
    """

    candidate: Candidate
    folds: tuple[FoldScore, ...]

    @property
    def mean(self) -> float:
        """Mean accuracy of the folds."""
        return float(np.mean([fold.accuracy for fold in self.folds]))

    @property
    def deviation(self) -> float:
        """Standard deviation (population) of the folds' accuracies."""
        return float(np.std([fold.accuracy for fold in self.folds]))

    @property
    def fit_seconds(self) -> float:
        """Mean processor seconds of a fit."""
        return float(np.mean([fold.fit_seconds for fold in self.folds]))


@dataclass(frozen=True)
class ProgressReport:
    """Told after each fit.

    Attributes
    ----------
    done, total
        Fits.
    label
        What was fitted.
    is_remembered
        Whether it came from the cache.
    """

    done: int
    total: int
    label: str
    is_remembered: bool


def run_search(
    data: TrainingData,
    families: Iterable[str],
    splits: Sequence[Split],
    *,
    seed: int,
    cache: SearchCache,
    candidates: Sequence[Candidate] | None = None,
    report: Callable[[ProgressReport], None] | None = None,
) -> list[CandidateResult]:
    """Score every candidate of the families in every split.

    Fits run where :func:`src.parallel.parallel_backend` says: here, in processes, or on a cluster.

    Parameters
    ----------
    data
        The rows that the splits number.
    families
        Names of search spaces.
    splits
        Folds.
    seed
        Of the estimators.
    cache
        Finished fits; they are not repeated.
    candidates
        Search these alone.
    report
        Called after each fit.

    Returns
    -------
    list of CandidateResult
        Best mean first; of equal ones the first of the grid.
    """
    units = _list_units(families, candidates)
    tasks = [(unit, position) for unit in units for position in range(len(splits))]
    scores: dict[tuple[int, int], list[FoldScore]] = {}
    order = {id(unit): number for number, unit in enumerate(units)}
    done = 0

    def note(unit: SearchUnit, position: int, found: list[FoldScore], *, is_remembered: bool) -> None:
        nonlocal done
        done += 1
        scores[order[id(unit)], position] = found
        if report is not None:
            report(ProgressReport(done, len(tasks), f"{unit.label} fold {position + 1}", is_remembered))

    missing = []
    for unit, position in tasks:
        found = cache.read(unit, splits[position])
        if found is None:
            missing.append((unit, position))
        else:
            note(unit, position, found, is_remembered=True)
    # Unordered, so that a fit is kept when it ends and not when those before it have.
    finished = joblib.Parallel(return_as="generator_unordered", pre_dispatch="2*n_jobs", batch_size=1)(
        joblib.delayed(_work)(number, data.features, data.colours, (unit, splits[position], seed))
        for number, (unit, position) in enumerate(missing)
    )
    try:
        for number, found in finished:
            unit, position = missing[number]
            cache.write(unit, splits[position], found)
            note(unit, position, found, is_remembered=False)
    except TerminatedWorkerError as error:
        raise WorkerError(
            f"a worker process died after {done} of {len(tasks)} fits (killed for want of memory?): finished fits are "
            "kept; run the same command again, with fewer --jobs"
        ) from error
    finally:
        finished.close()
    results = [
        CandidateResult(candidate, tuple(scores[unit_number, position][place] for position in range(len(splits))))
        for unit_number, unit in enumerate(units)
        for place, candidate in enumerate(unit.candidates)
    ]
    return sorted(results, key=lambda result: -result.mean)


def _list_units(families: Iterable[str], candidates: Sequence[Candidate] | None) -> list[SearchUnit]:
    if candidates is not None:
        return [SearchUnit(candidate.family, (candidate,)) for candidate in candidates]
    return [unit for family in families for unit in SEARCH_SPACES[family].list_units()]


def _work(
    number: int, features: NDArray[np.float64], colours: NDArray[np.str_], task: tuple[SearchUnit, Split, int]
) -> tuple[int, list[FoldScore]]:
    # joblib hands large arrays to processes as memory maps only where they are arguments of their own
    unit, split, seed = task
    return number, score_unit(unit, features, colours, split, seed)
