"""One switch between the processors of this machine and a Dask cluster: joblib's backend.

Everything heavy (features, grid search, prediction of many files) runs inside
:func:`parallel_backend`. Within it :func:`map_with_progress` spreads a function over items, and
scikit-learn's ``n_jobs=None`` follows the same choice. Results do not depend on it: the same items
give the same results in the same order on one process, on many, and on a cluster.
"""

import argparse
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Generic, TypeVar

import joblib
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.process_executor import TerminatedWorkerError
from tqdm import tqdm

from src.errors import UsageError, WorkerError

Item = TypeVar("Item")
Result = TypeVar("Result")

JOBS_PER_PROCESSOR = 8
"""More processes than this share a processor to no purpose, and each takes some 200 MB."""

RESTARTS_WITHOUT_PROGRESS = 1
"""How often dead local workers are replaced before the item that they died over is given up."""


def add_parallel_arguments(parser: argparse.ArgumentParser, default_jobs: int = -1) -> None:
    """Add ``--jobs`` and ``--dask`` to a command.

    Parameters
    ----------
    parser
        The command's parser; it will give ``jobs`` (int) and ``dask`` (str or None).
    default_jobs
        Processes if none are named; -1 is one for each processor.
    """
    parser.add_argument(
        "--jobs", type=int, default=default_jobs, metavar="N", help="processes, -1 is one a processor (%(default)s)"
    )
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="work on the Dask cluster of this scheduler, such as tcp://host:8786"
    )


@contextmanager
def parallel_backend(jobs: int = -1, dask: str | None = None) -> Iterator[int]:
    """Choose where joblib, and so scikit-learn, works inside the block.

    Parameters
    ----------
    jobs
        Local processes; -1 is one for each processor. A cluster gives all it has instead.
    dask
        Address of a Dask scheduler, or None for this machine.

    Yields
    ------
    int
        How many workers there are.

    Raises
    ------
    UsageError
        If ``jobs`` is 0, below -1 or absurdly large, or the cluster cannot be used
        (:func:`src.cluster.connect_cluster`).
    MissingToolError
        If a cluster is named and Dask is not installed.
    """
    if dask is not None:
        from src.cluster import connect_cluster  # noqa: PLC0415 - an optional extra

        with connect_cluster(dask) as workers, joblib.parallel_config(backend="dask", n_jobs=-1):
            yield workers
        return
    processors = joblib.cpu_count()
    most = max(64, JOBS_PER_PROCESSOR * processors)
    if jobs == 0 or jobs < -1 or jobs > most:
        raise UsageError(
            f"{jobs} jobs cannot be had: expected -1 (one for each of the {processors} processors) or 1 to {most}"
        )
    workers = joblib.effective_n_jobs(jobs)
    # One thread inside each process: more would fight over the same processors.
    with joblib.parallel_config(backend="loky", n_jobs=workers, inner_max_num_threads=1):
        try:
            yield workers
        finally:
            if workers > 1:  # idle processes would stay for five minutes
                get_reusable_executor(reuse=True).shutdown(wait=True, kill_workers=True)


def map_with_progress(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    description: str,
    total: int,
    unit: str = "items",
    count: Callable[[Result], int] = lambda _: 1,
    done: int = 0,
    rescue: Callable[[Item], Result] | None = None,
) -> Iterator[Result]:
    """Apply a function to items in parallel, with a progress bar, and give the results in order.

    Items are taken from their iterator as workers become free, so neither they nor their results
    pile up. A worker that dies costs its work in flight: that is done again, the first item of it alone.

    Parameters
    ----------
    function
        Must be importable in the workers, and should answer bad input by a result, not an
        exception: an exception ends everything and is raised here.
    items
        One call each; a tenth of a second of work or more makes the sending cheap.
    description, unit, total, done
        For the bar: what is done, what is counted, how many in all, how many already before.
    count
        How many units a result stands for.
    rescue
        Called here, in this process, with an item over which workers die again and again; what it
        gives stands for the result.

    Yields
    ------
    Result
        One for each item, in the order of the items.

    Raises
    ------
    WorkerError
        If workers die over an item again and again, and there is no ``rescue``.
    """
    queue = _ReplayQueue(iter(items))
    restarts = 0
    with tqdm(total=total, initial=done, desc=description, unit=f" {unit}", dynamic_ncols=True, file=sys.stderr) as bar:
        while True:
            is_alone = restarts > 0  # so that another death is this item's, and no neighbour's
            results = joblib.Parallel(return_as="generator", batch_size=1, pre_dispatch="3*n_jobs")(
                joblib.delayed(function)(item) for item in islice(queue.take(), 1 if is_alone else None)
            )
            try:
                for result in results:
                    queue.settle()
                    restarts = 0
                    bar.update(count(result))
                    yield result
                if is_alone:
                    continue
                return
            except _worker_deaths() as error:
                restarts += 1
                bar.write(f"{description}: a worker process died; what it had in hand is done again", file=sys.stderr)
                if restarts <= RESTARTS_WITHOUT_PROGRESS:
                    continue
                if rescue is None:
                    raise WorkerError(
                        f"{description}: worker processes died {restarts} times over item number {queue.settled} "
                        "(killed for want of memory, or a library crashed): expected one of them to finish it; "
                        "use fewer jobs, or look at that item"
                    ) from error
            finally:
                results.close()
            rescued = rescue(queue.settle())
            restarts = 0
            bar.update(count(rescued))
            yield rescued


class _ReplayQueue(Generic[Item]):
    """Items that were given out and not answered are given out again after a worker's death."""

    def __init__(self, items: Iterator[Item]) -> None:
        self._items = items
        self._open: deque[Item] = deque()
        self.settled = 0

    def take(self) -> Iterator[Item]:
        yield from tuple(self._open)
        for item in self._items:
            self._open.append(item)
            yield item

    def settle(self) -> Item:
        self.settled += 1
        return self._open.popleft()


def _worker_deaths() -> tuple[type[BaseException], ...]:
    """Return the errors by which joblib's backends say that a worker died."""
    distributed = sys.modules.get("distributed")
    return (TerminatedWorkerError,) if distributed is None else (TerminatedWorkerError, distributed.KilledWorker)
