"""``python -m application``: the service by uvicorn, with the settings' time limits and as many workers as cores."""

import argparse
import os
import sys
import tempfile
from typing import Final

import uvicorn
from pydantic import ValidationError
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from application.log import describe_server_log
from application.metrics import MULTIPROCESS_DIR
from application.settings import Settings, count_cores
from src.errors import UsageError
from src.listener import open_listener
from src.paths import PROJECT_ROOT

ARITHMETIC_THREADS: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
"""One row of features needs no threads of its own, and idle ones spin for a while before they sleep."""

HEALTH_SECONDS: Final = 30
"""A worker that does not answer its supervisor for so long is replaced; starting may take a while."""


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


def serve(settings: Settings, host: str, port: int) -> int:
    """Serve until SIGTERM or SIGINT.

    Returns
    -------
    int
        0, or 3 if the service could not start.

    Raises
    ------
    UsageError
        If nobody can listen there.
    """
    open_listener(host, port).close()  # uvicorn would say it less plainly
    config = uvicorn.Config(
        "main:app",
        host=host,
        port=port,
        workers=settings.workers,
        access_log=False,
        log_config=describe_server_log(settings),
        server_header=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_worker_healthcheck=HEALTH_SECONDS,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    if settings.workers == 1:
        server = uvicorn.Server(config)
        server.run()
        return 0 if server.started else STARTUP_FAILURE
    supervisor = Multiprocess(config, sockets=[config.bind_socket()])
    supervisor.run()
    failed = any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes)
    return STARTUP_FAILURE if failed else 0


def main(arguments: list[str] | None = None) -> int:
    """Run the command and give its exit code."""
    options = parse_arguments(arguments)
    # the workers read their settings from the environment as well
    os.environ["WORKERS"] = str(options.workers or os.environ.get("WORKERS") or count_cores())
    for name in ARITHMETIC_THREADS:
        os.environ.setdefault(name, "1")
    try:
        settings = Settings()
    except ValidationError as error:
        for fault in error.errors():
            name = ".".join(str(part) for part in fault["loc"]).upper() or "settings"
            sys.stderr.write(f"{name}: {fault['msg']}\n")
        return 2
    sys.path.insert(0, str(PROJECT_ROOT))  # the workers are new processes and inherit the path
    with tempfile.TemporaryDirectory(prefix="service-metrics-") as shared:
        if settings.workers > 1:
            os.environ.setdefault(MULTIPROCESS_DIR, shared)
        try:
            return serve(settings, options.host, options.port)
        except UsageError as error:
            sys.stderr.write(f"{error}\n")
            return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
