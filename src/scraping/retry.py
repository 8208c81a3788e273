"""One small retry: named errors only, bounded, with a pause that grows and can be replaced in tests."""

import time
from collections.abc import Callable
from typing import TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

Value = TypeVar("Value")


def retry(
    action: Callable[[], Value],
    errors: type[Exception] | tuple[type[Exception], ...],
    *,
    attempts: int = 4,
    first_pause: float = 0.1,
    longest_pause: float = 5.0,
    sleep: Callable[[float], None] = time.sleep,
) -> Value:
    """Call until it works, at most ``attempts`` times.

    Parameters
    ----------
    action
        What to do.
    errors
        The errors that another attempt may mend; any other is raised at once.
    attempts
        At most so many calls.
    first_pause, longest_pause
        Pause in seconds after the first failure, doubled at each further one up to the longest, with
        jitter of up to ``first_pause``.
    sleep
        Takes the seconds; replaced in tests.

    Returns
    -------
    object
        What the action returned.

    Raises
    ------
    Exception
        The last error, when no attempt is left.
    """
    return Retrying(
        stop=stop_after_attempt(attempts),
        wait=wait_exponential_jitter(multiplier=first_pause, max=longest_pause, jitter=first_pause),
        retry=retry_if_exception_type(errors),
        sleep=sleep,
        reraise=True,
    )(action)
