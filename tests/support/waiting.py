"""Waiting for what other processes do."""

import os
import time
from collections.abc import Callable


def wait_for(condition: Callable[[], object], seconds: float = 120.0) -> bool:
    """Wait until something holds; return whether it does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def has_ended(group: int) -> bool:
    """Whether no process of a group is left after some seconds."""

    def is_gone() -> bool:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        return False

    return wait_for(is_gone, 30)
