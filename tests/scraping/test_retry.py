import pytest

from src.scraping.retry import retry


def test_another_attempt_mends_it_after_growing_pauses() -> None:
    pauses: list[float] = []
    answers = [ConnectionError(), ConnectionError(), "done"]

    def act() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert retry(act, ConnectionError, first_pause=1.0, sleep=pauses.append) == "done"
    assert len(pauses) == 2
    assert 1.0 <= pauses[0] <= 2.0 <= pauses[1] <= 3.0


def test_attempts_are_bounded_and_the_last_error_is_told() -> None:
    calls: list[int] = []

    def act() -> None:
        calls.append(1)
        raise ConnectionError(f"attempt {len(calls)}")

    with pytest.raises(ConnectionError, match="attempt 3"):
        retry(act, ConnectionError, attempts=3, sleep=lambda _: None)


def test_other_errors_are_not_repeated() -> None:
    calls: list[int] = []

    def act() -> None:
        calls.append(1)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        retry(act, ConnectionError, sleep=lambda _: None)
    assert calls == [1]
