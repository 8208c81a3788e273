"""``python -m application``: the service with all its limits, as many workers as cores."""

import argparse
import os
import sys

from pydantic import ValidationError

from application.settings import Settings, count_cores
from application.supervisor import serve
from src.errors import UsageError


def describe_settings() -> str:
    """List the environment variables with their defaults and meaning."""
    lines = ["Environment variables:"]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = "models/" if name == "models_dir" else default if default not in (None, ()) else "none"
        lines.append(f"  {name.upper()} (default {shown})\n      {field.description}")
    return "\n".join(lines)


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m application",
        description="Serve the colour of pictures, and a page to try it. "
        "SIGTERM ends it without dropping a request, SIGHUP loads the model anew.",
        epilog=describe_settings(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=9797, help="port, 0 for a free one (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=None, help="processes (default: WORKERS, else as many as cores)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the command and give its exit code."""
    options = parse_arguments(arguments)
    workers = options.workers if options.workers is not None else os.environ.get("WORKERS") or count_cores()
    os.environ["WORKERS"] = str(workers)
    try:
        settings = Settings()
    except ValidationError as error:
        for fault in error.errors():
            name = ".".join(str(part) for part in fault["loc"]).upper() or "settings"
            sys.stderr.write(f"{name}: {fault['msg']}\n")
        return 2
    try:
        return serve(settings, options.host, options.port)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
