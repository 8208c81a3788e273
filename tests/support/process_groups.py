"""Processes that a test started as a group of their own."""

import os
import time


def has_ended(group: int, seconds: float = 30.0) -> bool:
    """Wait until no process of a group is left; False if some still are after that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
