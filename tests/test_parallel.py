"""The one switch: local processes give what one process gives, in order, and errors come back."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import joblib
import psutil
import pytest

from src.errors import UsageError, WorkerError
from src.parallel import map_with_progress, parallel_backend


def square(number: int) -> int:
    return number * number


def fail_at_three(number: int) -> int:
    if number == 3:
        raise ValueError("three is too much")
    return number


def die_once(item: tuple[int, Path]) -> int:
    number, mark = item
    if number == 5 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_always(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def run(function, items, jobs: int, **more) -> list[int]:
    with parallel_backend(jobs):
        return list(map_with_progress(function, items, description="test", total=8, **more))


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_items(jobs: int, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(square, [], jobs) == []
    assert run(square, range(20), jobs) == [number * number for number in range(20)]
    assert "test" in capfd.readouterr().err


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_comes_back_as_it_was(jobs: int) -> None:
    with pytest.raises(ValueError, match="three is too much"):
        run(fail_at_three, range(8), jobs)


def test_items_are_taken_as_workers_become_free() -> None:
    taken: list[int] = []

    def give() -> Iterator[int]:
        for number in range(1_000):
            taken.append(number)
            yield number

    with parallel_backend(1):
        results = map_with_progress(square, give(), description="test", total=1_000)
        assert [next(results) for _ in range(5)] == [0, 1, 4, 9, 16]
        results.close()
    assert len(taken) < 50


def test_a_dead_worker_costs_only_what_it_had_in_hand(tmp_path: Path) -> None:
    items = [(number, tmp_path / "died") for number in range(8)]
    assert run(die_once, items, 2) == list(range(8))
    assert (tmp_path / "died").exists()


def test_an_item_that_kills_workers_is_named_or_rescued() -> None:
    with pytest.raises(WorkerError, match="item number 2"):
        run(die_always, range(4), 2)
    assert run(die_always, range(4), 2, rescue=lambda number: -number) == [0, 1, -2, 3]


def test_no_process_stays_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src.parallel.IDLE_SECONDS", 1)
    with parallel_backend(2) as workers:
        assert workers == 2
        pids = set(map_with_progress(get_process_id, range(6), description="test", total=6))
    assert os.getpid() not in pids
    left = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    assert psutil.wait_procs(left, timeout=20)[1] == []


def get_process_id(_: int) -> int:
    time.sleep(0.05)
    return os.getpid()


def test_scikit_learn_follows_the_same_switch() -> None:
    with parallel_backend(2):
        assert joblib.effective_n_jobs(None) == 2
    assert joblib.effective_n_jobs(None) == 1


@pytest.mark.parametrize("jobs", [0, -2])
def test_impossible_numbers_of_jobs_are_refused(jobs: int) -> None:
    with pytest.raises(UsageError, match="expected -1"), parallel_backend(jobs):
        pass
