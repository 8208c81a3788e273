"""The structured log on standard output: one line per request, and the server's own lines in the same form."""

import sys
from typing import Any, Final

import structlog

from application.settings import Settings

Logger = structlog.typing.FilteringBoundLogger


PROCESSORS: Final[tuple[Any, ...]] = (
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(separators=(",", ":")),
)
"""The steps from an event to its line, a JSON object."""


def make_logger(settings: Settings) -> Logger:
    """Make the service's logger; nothing global is touched."""
    logger: Logger = structlog.wrap_logger(
        structlog.WriteLogger(sys.stdout),
        processors=PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        context_class=dict,
    ).bind()
    return logger


def describe_server_log(settings: Settings) -> dict[str, Any]:
    """Describe for ``logging.config`` how uvicorn's own lines look."""
    *before, last = PROCESSORS
    structured = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        "foreign_pre_chain": before,
    }
    out = {"class": "logging.StreamHandler", "formatter": "structured", "stream": "ext://sys.stdout"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": structured},
        "handlers": {"out": out},
        "loggers": {"uvicorn": {"handlers": ["out"], "level": settings.log_level.upper(), "propagate": False}},
    }
