"""What a person sees of a training: the rows, a progress bar, the best candidates, the test."""

from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from src.models.artefacts import ColourModel
from src.models.data import TrainingData
from src.models.evaluate import Evaluation
from src.models.search import CandidateResult, ProgressReport
from src.models.search_space import SEARCH_SPACES

SHOWN_CANDIDATES: Final = 8


class TrainingDisplay:
    """Console output of one training; a context manager around the search.

    Parameters
    ----------
    console
        Where it goes.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("search"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
            console=console,
        )
        self._task = self._progress.add_task("", total=None)
        self._remembered = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
        if self._remembered:
            self._console.print(f"{self._remembered} fits were remembered from an earlier search")

    def advance(self, report: ProgressReport) -> None:
        """Move the bar by one fit."""
        self._remembered += report.is_remembered
        self._progress.update(self._task, completed=report.done, total=report.total, description=report.label)

    def show_data(self, data: TrainingData) -> None:
        """Say what is learned from."""
        counts = "  ".join(f"{name} {count:,}" for name, count in data.class_counts.items())
        pictures = len(np.unique(data.groups))
        self._console.print(
            f"{data.name}: {len(data):,} rows of {pictures:,} pictures   {counts}", highlight=False, soft_wrap=True
        )

    def show_summary(self, results: Sequence[CandidateResult], test: Evaluation, model: ColourModel) -> None:
        """Show the best candidates, the best of each family, and the test of the winner."""
        self._console.print(_build_results_table(results))
        minutes = sum(fold.fit_seconds for result in results if _has_own_fit(result) for fold in result.folds) / 60
        self._console.print(f"processor time of all fits: {minutes:.1f} minutes", highlight=False, soft_wrap=True)
        self._console.print(build_class_table(test))
        self._console.print(
            f"held-out quarter ({test.count:,} rows): accuracy {test.accuracy:.4f}   "
            f"macro F1 {test.macro_f1:.4f}   near misses {test.near_errors}   far misses {test.far_errors}   "
            f"expected calibration error {test.expected_calibration_error:.4f}",
            highlight=False,
            soft_wrap=True,
        )
        self._console.print(
            f"saved, fitted to all rows: {model.card.family}, version {model.version}", highlight=False, soft_wrap=True
        )


def _has_own_fit(result: CandidateResult) -> bool:
    """Whether a fit was made for the candidate, and not read off the first trees or stages of a larger one."""
    space = SEARCH_SPACES[result.candidate.family]
    return space.shared != "n_estimators" or result.candidate.parameters[space.shared] == max(space.grid[space.shared])


def _build_results_table(results: Sequence[CandidateResult]) -> Table:
    table = Table(title="Cross-validation", title_justify="left")
    table.add_column("family")
    table.add_column("parameters")
    for heading in ("mean", "std", "fit s"):
        table.add_column(heading, justify="right")
    shown = set(range(min(SHOWN_CANDIDATES, len(results))))
    seen: set[str] = set()
    for place, result in enumerate(results):
        if result.candidate.family not in seen:
            seen.add(result.candidate.family)
            shown.add(place)
    for place in sorted(shown):
        result = results[place]
        table.add_row(
            result.candidate.family.replace("_", " "),
            result.candidate.label,
            f"{result.mean:.4f}",
            f"{result.deviation:.4f}",
            f"{result.fit_seconds:.2f}",
            style="bold" if place == 0 else None,
        )
    if len(shown) < len(results):
        table.caption = f"{len(results) - len(shown)} more in search_results.csv"
    return table


def build_class_table(evaluation: Evaluation) -> Table:
    """Build a table of precision, recall and F1 of each colour."""
    table = Table(title="Each colour", title_justify="left")
    table.add_column("colour")
    for heading in ("rows", "precision", "recall", "F1"):
        table.add_column(heading, justify="right")
    for score in evaluation.class_scores:
        table.add_row(
            score.colour, f"{score.count:,}", f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}"
        )
    return table
