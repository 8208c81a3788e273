"""Keep libraries from importing what they merely support."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hidden_modules(*names: str) -> Iterator[None]:
    """Let imports in the block find the modules ``names`` absent, unless they are loaded already.

    scikit-learn imports pandas wherever it is installed, which costs a process half a second and
    75 MB, and uses it only for data frames that somebody passes in. Afterwards the modules can be
    imported as always.

    Parameters
    ----------
    *names
        Top-level modules that the imports of the block can do without.
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
