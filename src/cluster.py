"""A Dask cluster as a place to work: reached, checked, and compared with this machine.

Imported only where a cluster is named: Dask is an optional extra.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Final

from src.errors import MissingToolError, UsageError

NUMBER_LIBRARIES: Final = ("numpy", "opencv-python-headless", "scikit-learn", "scipy", "joblib")
"""What changes numbers; workers must run the same versions as the client."""

CONNECT_SECONDS: Final = 20


def describe_libraries() -> dict[str, str]:
    """Return Python's version and those of the libraries that change numbers."""
    return {"python": ".".join(map(str, sys.version_info[:2])), **{name: version(name) for name in NUMBER_LIBRARIES}}


@contextmanager
def connect_cluster(address: str) -> Iterator[int]:
    """Be a client of a Dask cluster inside the block.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://host:8786``.

    Yields
    ------
    int
        How many threads the workers have together.

    Raises
    ------
    MissingToolError
        If Dask is not installed here.
    UsageError
        If the scheduler does not answer, has no workers, or they lack this project or run other
        library versions than this machine.
    """
    try:
        import distributed  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise MissingToolError(
            "Dask is not installed: expected the package distributed; run `pipenv install --categories dask`"
        ) from error
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(
            f"no Dask scheduler answers at {address} ({error}): expected one such as tcp://host:8786; "
            "start it with `dask scheduler`"
        ) from error
    with client:
        _check_workers(client, address)
        yield sum(client.nthreads().values())  # type: ignore[no-untyped-call]


def _check_workers(client: "distributed.Client", address: str) -> None:  # type: ignore[name-defined]  # noqa: F821
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError as error:
        raise UsageError(
            f"the Dask scheduler at {address} has no workers: expected at least one; "
            f"start it with `dask worker {address} --nthreads 1`"
        ) from error
    try:
        # The scheduler reads the tasks too; where it cannot, joblib would wait for ever.
        answers = {"scheduler": client.run_on_scheduler(describe_libraries), **client.run(describe_libraries)}
    except Exception as error:  # distributed wraps what a worker raises in an Exception
        raise UsageError(
            f"the scheduler or a worker of {address} cannot import this project ({error}): expected the same release "
            "on each; run `pip install -e .` there"
        ) from error
    here = _describe_here()
    for place, there in answers.items():
        differing = [
            f"{name} {there.get(name)} (here {mine})" for name, mine in here.items() if there.get(name) != mine
        ]
        if differing:
            raise UsageError(
                f"{place} of {address} runs {', '.join(differing)}: expected the versions of this machine: others "
                "may give other numbers; install the same lock file there"
            )


def _describe_here() -> dict[str, str]:
    return describe_libraries()
