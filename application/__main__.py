"""``python -m application``: the service by uvicorn, with the settings' time limits and as many workers as cores."""

import argparse
import os
import sys
import tempfile

import uvicorn
from pydantic import ValidationError

from application.log import describe_server_log
from application.metrics import MULTIPROCESS_DIR, render_metrics
from application.settings import Settings, count_cores, describe_faults
from src.errors import UsageError
from src.listener import open_listener
from src.paths import PROJECT_ROOT

STARTUP_FAILURE = 3
"""The exit code of uvicorn and its workers if the service cannot start."""


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
        "SIGTERM lets the requests in flight finish; new files in MODELS_DIR are taken into use.",
        epilog=describe_settings(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    port = os.environ.get("PORT") or "9797"  # as the platforms that run containers say where to listen
    parser.add_argument("--port", type=int, default=port, help="port, 0 for a free one (default: PORT, else 9797)")
    parser.add_argument("--workers", type=int, default=None, help="processes (default: WORKERS, else as many as cores)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT, and give the exit code."""
    options = parse_arguments(arguments)
    # the workers read their settings from the environment as well
    os.environ["WORKERS"] = str(options.workers or os.environ.get("WORKERS") or count_cores())
    try:
        settings = Settings()
        open_listener(options.host, options.port).close()  # uvicorn would say less plainly what is wrong
    except ValidationError as error:
        sys.stderr.write(f"{describe_faults(error)}\n")
        return UsageError.exit_code
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    with tempfile.TemporaryDirectory(prefix="service-metrics-") as shared:
        if settings.workers > 1:
            os.environ.setdefault(MULTIPROCESS_DIR, shared)
        uvicorn.run(
            "main:app",
            app_dir=str(PROJECT_ROOT),
            host=options.host,
            port=options.port,
            workers=settings.workers,
            access_log=False,
            log_config=describe_server_log(settings),
            server_header=False,
            timeout_keep_alive=settings.keep_alive_seconds,
            timeout_worker_healthcheck=30,  # starting may take a while
            timeout_graceful_shutdown=settings.shutdown_seconds,
        )
        # where several workers cannot start, uvicorn stops, but leaves no exit code
        has_failed = settings.workers > 1 and b'outcome="failed"' in render_metrics()
    return STARTUP_FAILURE if has_failed else 0


if __name__ == "__main__":
    sys.exit(main())
