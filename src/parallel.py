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
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from importlib.metadata import version
from itertools import islice
from typing import Any, Final, TypeVar

import joblib
from tqdm import tqdm

from src.errors import MissingToolError, UsageError, WorkerError

Item = TypeVar("Item")
Result = TypeVar("Result")

JOBS_PER_PROCESSOR: Final = 8
"""More processes than this share a processor to no purpose, and each takes some 200 MB."""

IDLE_SECONDS: Final = 5
"""How long a local process that has nothing to do is kept for the next call."""

NUMBER_LIBRARIES: Final = ("numpy", "opencv-python-headless", "scikit-learn", "scipy", "joblib")
"""What changes numbers; workers of a cluster must run the same versions as the client."""

CONNECT_SECONDS: Final = 20


def add_parallel_arguments(parser: argparse.ArgumentParser, default_jobs: int = -1) -> None:
    """Add ``--jobs`` (int, -1 is one process for each processor) and ``--dask`` (an address) to a command."""
    parser.add_argument(
        "--jobs", type=int, default=default_jobs, metavar="N", help="processes, -1 is one a processor (%(default)s)"
    )
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="work on the Dask cluster of this scheduler, such as tcp://host:8786"
    )


@contextmanager
def parallel_backend(jobs: int = -1, dask: str | None = None) -> Iterator[int]:
    """Choose where joblib, and so scikit-learn, works inside the block; yield how many workers there are.

    ``jobs`` are local processes, -1 one for each processor; a cluster (``dask`` is the address of its scheduler)
    gives all it has instead.

    Raises
    ------
    UsageError
        If ``jobs`` is 0, below -1 or absurdly large; if the scheduler does not answer, has no workers, or
        they lack this project or run other library versions than this machine.
    MissingToolError
        If a cluster is named and Dask is not installed.
    """
    if dask is not None:
        with _connect_cluster(dask) as workers, joblib.parallel_config(backend="dask", n_jobs=-1):
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
    options = {"inner_max_num_threads": 1, "idle_worker_timeout": IDLE_SECONDS}
    with joblib.parallel_config(backend="loky", n_jobs=workers, **options):
        yield workers


@contextmanager
def _connect_cluster(address: str) -> Iterator[int]:
    try:
        import distributed  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise MissingToolError(
            "Dask is not installed: expected the package distributed; run `pipenv install --categories dask`"
        ) from error
    try:
        client: Any = distributed.Client(address, timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(
            f"no Dask scheduler answers at {address} ({error}): expected one such as tcp://host:8786; "
            "start it with `dask scheduler`"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError as error:
            raise UsageError(
                f"the Dask scheduler at {address} has no workers: expected at least one; "
                f"start it with `dask worker {address} --nthreads 1`"
            ) from error
        _check_versions(client, address)
        yield sum(client.nthreads().values())


def _check_versions(client: Any, address: str) -> None:
    try:
        # The scheduler reads the tasks too; where it cannot, joblib would wait for ever.
        answers = {"the scheduler": client.run_on_scheduler(describe_libraries), **client.run(describe_libraries)}
    except Exception as error:  # distributed wraps what a worker raises in an Exception
        raise UsageError(
            f"the scheduler or a worker of {address} cannot import this project ({error}): expected the same release "
            "on each; run `pip install -e .` there"
        ) from error
    ours = describe_libraries()
    for place, theirs in answers.items():
        if differing := [f"{name} {theirs[name]} (here {ours[name]})" for name in ours if theirs[name] != ours[name]]:
            raise UsageError(
                f"{place} of {address} runs {', '.join(differing)}: expected the versions of this machine: others "
                "may give other numbers; install the same lock file there"
            )


def describe_libraries() -> dict[str, str]:
    """Return Python's version and those of the libraries that change numbers."""
    return {"python": ".".join(map(str, sys.version_info[:2])), **{name: version(name) for name in NUMBER_LIBRARIES}}


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
    description, unit, total, done, count
        For the bar: what is done, what is counted, how many in all and already before, and how many a result is.
    rescue
        Called here, in this process, with an item over which workers die again and again; what it
        gives stands for the result.

    Raises
    ------
    WorkerError
        If workers die over an item again and again, and there is no ``rescue``.
    """
    with tqdm(total=total, initial=done, desc=description, unit=f" {unit}", dynamic_ncols=True, file=sys.stderr) as bar:
        for result in _map_again(function, items, description, rescue):
            bar.update(count(result))
            yield result


def _map_again(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    description: str,
    rescue: Callable[[Item], Result] | None,
) -> Iterator[Result]:
    """Map; where a worker has died, do again what was in hand."""
    waiting, remaining = deque[Item](), iter(items)

    def take() -> Iterator[Item]:
        """Give out what a dead worker left unanswered, then further items."""
        yield from tuple(waiting)
        for item in remaining:
            waiting.append(item)
            yield item

    settled = 0
    is_alone = False  # after a death the next item is tried alone: another death is its own, and no neighbour's
    while True:
        results = joblib.Parallel(return_as="generator", batch_size=1, pre_dispatch="3*n_jobs")(
            joblib.delayed(function)(item) for item in islice(take(), 1 if is_alone else None)
        )
        try:
            for result in results:
                waiting.popleft()
                settled += 1
                yield result
            if not is_alone:
                return
            is_alone = False
        except _worker_deaths() as error:
            tqdm.write(f"{description}: a worker process died; what it had in hand is done again", file=sys.stderr)
            if is_alone:
                if rescue is None:
                    raise WorkerError(
                        f"{description}: worker processes died twice over item number {settled} "
                        "(killed for want of memory, or a library crashed): expected one of them to finish it; "
                        "use fewer jobs, or look at that item"
                    ) from error
                yield rescue(waiting.popleft())
                settled += 1
            is_alone = not is_alone
        finally:
            results.close()


def _worker_deaths() -> tuple[type[BaseException], ...]:
    """Return the errors by which joblib's backends say that a worker died."""
    distributed = sys.modules.get("distributed")
    return (BrokenExecutor,) if distributed is None else (BrokenExecutor, distributed.KilledWorker)
