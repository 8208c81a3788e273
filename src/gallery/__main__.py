"""``python -m src.gallery``: serve the offline gallery."""

import sys

from src.errors import ProjectError
from src.gallery.settings import parse_settings
from src.gallery.site.server import serve


def main() -> int:
    """Serve until a signal ends it; return the exit code."""
    try:
        serve(parse_settings())
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
