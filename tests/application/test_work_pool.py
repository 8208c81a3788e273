"""The decoding threads: order, bounds, and what becomes of work that nobody waits for."""

import asyncio
import gc
import threading
import weakref

import pytest

from application.services.work_pool import PoolFullError, WorkPool


class Picture:
    """Something that can be watched."""


def test_the_queue_is_bounded_and_first_come_first_served() -> None:
    pool, gate, order = WorkPool(1, waiting=2), threading.Event(), []

    def work(number: int) -> int:
        gate.wait(10)
        order.append(number)
        return number

    async def fill() -> list[int]:
        tasks = [asyncio.create_task(pool.run(10, work, number)) for number in range(3)]
        await asyncio.sleep(0.05)
        assert pool.pending == 3
        with pytest.raises(PoolFullError):
            await pool.run(10, work, 99)
        gate.set()
        return await asyncio.gather(*tasks)

    assert asyncio.run(fill()) == [0, 1, 2]
    assert order == [0, 1, 2]
    pool.close()
    assert pool.pending == 0


def test_work_that_takes_too_long_keeps_its_place_until_it_ends() -> None:
    pool, gate, begun = WorkPool(1, waiting=1), threading.Event(), []

    async def overrun() -> None:
        with pytest.raises(TimeoutError):
            await pool.run(0.05, gate.wait, 10)
        assert pool.pending == 1
        with pytest.raises(TimeoutError):
            await pool.run(0.05, begun.append, 1)
        assert pool.pending == 1  # what had not begun never begins
        gate.set()
        while pool.pending:
            await asyncio.sleep(0.01)

    asyncio.run(overrun())
    pool.close()
    assert pool.pending == 0
    assert begun == []


def test_several_threads_share_the_work_and_each_piece_is_done_once() -> None:
    changes: list[int] = []
    pool, together = WorkPool(3, waiting=1000, watch=changes.append), threading.Barrier(3)
    done: list[int] = []

    def work(number: int) -> int:
        if number < 3:
            together.wait(10)  # ends only if three work at the same time
        done.append(number)
        return number

    async def run() -> list[int]:
        return await asyncio.gather(*(pool.run(10, work, number) for number in range(500)))

    assert asyncio.run(run()) == list(range(500))
    assert sorted(done) == list(range(500))
    pool.close()
    assert pool.pending == sum(changes) == 0


def test_an_error_reaches_who_waits_and_does_not_keep_the_picture() -> None:
    pool = WorkPool(1, waiting=1)

    def fail(_: Picture) -> None:
        raise ValueError("broken")

    async def run() -> weakref.ref[Picture]:
        picture = Picture()
        watched = weakref.ref(picture)
        with pytest.raises(ValueError, match="broken"):
            await pool.run(10, fail, picture)
        del picture
        return watched

    gc.disable()
    try:
        watched = asyncio.run(run())
        pool.close()
        assert watched() is None
    finally:
        gc.enable()


def test_who_leaves_gives_the_place_back_and_closing_cancels_what_waits() -> None:
    pool, gate, begun = WorkPool(1, waiting=2), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        gate.wait(10)

    async def run() -> None:
        picture = Picture()
        watched = weakref.ref(picture)
        first = asyncio.create_task(pool.run(10, work))
        await asyncio.to_thread(begun.wait, 10)
        second = asyncio.create_task(pool.run(10, lambda _: work(), picture))
        third = asyncio.create_task(pool.run(10, work))
        del picture
        await asyncio.sleep(0)
        assert pool.pending == 3
        second.cancel()
        await asyncio.wait([second])
        assert second.cancelled()
        assert pool.pending == 2
        del second
        gc.collect()
        assert watched() is None  # though no thread has come to it
        gate.set()
        pool.close()
        with pytest.raises(asyncio.CancelledError):
            await third
        await first
        assert pool.pending == 0

    asyncio.run(run())
