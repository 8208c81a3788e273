"""Structured logs on standard output: one line per request, and the server's own words."""

import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from pydantic_core import to_json

from application.exchange import Exchange
from application.settings import Settings


def _list_processors(settings: Settings) -> Sequence[Any]:
    last = (
        structlog.processors.JSONRenderer(_write_json)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return (
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        last,
    )


def _write_json(event: dict[str, Any], default: Callable[[Any], Any]) -> str:
    return to_json(event, fallback=default).decode()


def make_logger(settings: Settings) -> structlog.typing.FilteringBoundLogger:
    """Make the service's logger; nothing global is touched."""
    logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(sys.stdout),
        processors=list(_list_processors(settings)),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level.upper()]),
        context_class=dict,
    ).bind()
    return logger


class RequestLog:
    """One line per request: id, sizes, milliseconds, outcome; never the picture or its name."""

    def __init__(self, settings: Settings) -> None:
        self._logger = make_logger(settings)

    def write(self, exchange: Exchange) -> None:
        """Write the line; a 5xx answer is a warning."""
        log = self._logger.warning if exchange.status >= 500 else self._logger.info
        log(
            "request",
            request_id=exchange.request_id,
            method=exchange.method,
            path=exchange.path[:200],
            status=exchange.status,
            outcome=exchange.outcome,
            received_bytes=exchange.received_bytes,
            sent_bytes=exchange.sent_bytes,
            milliseconds=round(exchange.seconds * 1000, 2),
        )

    def write_failure(self, exchange: Exchange, error: Exception) -> None:
        """Write down an error that nobody expected, with its traceback."""
        self._logger.error("failure", request_id=exchange.request_id, path=exchange.path[:200], exc_info=error)


def describe_server_logs(settings: Settings) -> dict[str, Any]:
    """Describe for uvicorn how its own lines look: the same format, without a second line per request."""
    *before, last = _list_processors(settings)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
                "foreign_pre_chain": [
                    *before,
                    structlog.stdlib.ExtraAdder(allow=()),
                ],
            }
        },
        "handlers": {
            "out": {"class": "logging.StreamHandler", "formatter": "structured", "stream": "ext://sys.stdout"}
        },
        "loggers": {"uvicorn": {"handlers": ["out"], "level": settings.log_level.upper(), "propagate": False}},
    }
