"""What the service answers where something was raised: a problem document, whoever raised it."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from application.access import exchange_of, runtime_of
from application.problems import KINDS, ProblemError, describe_failure
from application.utility.upload import ClientLeftError

ErrorHandler = Callable[[Request, Exception], Awaitable[Response]]

SLUGS_BY_STATUS: Final = MappingProxyType({404: "not-found", 405: "method-not-allowed"})


async def answer_problem(request: Request, error: Exception) -> Response:
    """Answer with a problem document, and count it."""
    assert isinstance(error, ProblemError)  # noqa: S101 - what it is registered for
    exchange = exchange_of(request)
    exchange.outcome = error.kind.slug
    runtime_of(request).metrics.count_reject(error.kind.slug)
    return error.respond(exchange.request_id)


async def answer_invalid(request: Request, error: Exception) -> Response:
    """Answer a request whose parameters are not as described."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what it is registered for
    faults = "; ".join(f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors())
    return await answer_problem(request, ProblemError("invalid-request", faults))


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: no such address, or another method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    slug = SLUGS_BY_STATUS.get(error.status_code, "invalid-request")
    detail = f"{request.method} {request.url.path[:200]}: {KINDS[slug].title.lower()}; see /docs"
    return await answer_problem(request, ProblemError(slug, detail, error.headers))


async def answer_nobody(request: Request, _: Exception) -> Response:
    """End a request whose client has left; nobody reads the answer."""
    exchange_of(request).outcome = "disconnected"
    return Response(status_code=400)


async def answer_failure(request: Request, _: Exception) -> Response:
    """Answer what nobody expected; the gateway logs it."""
    return describe_failure().respond(exchange_of(request).request_id)


ERROR_HANDLERS: Final[Mapping[type[Exception], ErrorHandler]] = MappingProxyType(
    {
        ProblemError: answer_problem,
        RequestValidationError: answer_invalid,
        HTTPException: answer_http_exception,
        ClientLeftError: answer_nobody,
    }
)
"""What answers each type of error that is expected."""
