"""``python -m src.gallery``: serve the offline gallery."""

import sys
from contextlib import suppress

from src.command import run_command
from src.gallery.settings import parse_settings
from src.gallery.site.server import serve


def main() -> int:
    """Serve until a signal ends it; return the exit code."""
    with suppress(KeyboardInterrupt):
        serve(parse_settings())
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main))
