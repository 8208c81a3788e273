"""Building the service."""

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from application.access import exchange_of
from application.gateway import Gateway
from application.lifecycle import make_lifespan
from application.openapi import DESCRIPTION, TAGS, replace_errors
from application.problems import KINDS, ProblemError
from application.routers import classify, health, model, page
from application.runtime import Loader, Runtime
from application.settings import Settings
from application.utility.upload import ClientLeftError
from src.models.artefacts import load_model

__all__ = ["create_app"]

SLUGS_BY_STATUS = {404: "not-found", 405: "method-not-allowed"}


class Service(FastAPI):
    """FastAPI with problem documents in place of its own errors."""

    def openapi(self) -> dict[str, Any]:
        """Describe the service."""
        if self.openapi_schema is None:
            self.openapi_schema = replace_errors(
                super().openapi(), needs_token=self.state.runtime.settings.api_token is not None
            )
        return self.openapi_schema


def create_app(settings: Settings | None = None, loader: Loader = load_model) -> FastAPI:
    """Build the service; the model is loaded when it starts, once per worker.

    Parameters
    ----------
    settings
        Default: from the environment.
    loader
        Gives the model of a folder.

    Returns
    -------
    FastAPI
        The application, for any ASGI server.
    """
    runtime = Runtime(settings or Settings(), loader)
    app = Service(
        title="The colour of an artwork",
        description=DESCRIPTION,
        version="1.0.0",
        openapi_tags=[dict(tag) for tag in TAGS],
        docs_url=None,
        redoc_url=None,
        lifespan=make_lifespan(runtime),
    )
    app.state.runtime = runtime
    for part in (classify, health, model, page):
        app.include_router(part.router)
    app.mount("/static", page.make_static_files(), name="static")
    if runtime.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(runtime.settings.cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type", "x-request-id"],
            expose_headers=["x-request-id", "retry-after"],
        )
    app.add_middleware(Gateway, runtime=runtime)
    app.add_exception_handler(ProblemError, answer_problem)
    app.add_exception_handler(RequestValidationError, answer_invalid)
    app.add_exception_handler(HTTPException, answer_http_exception)
    app.add_exception_handler(ClientLeftError, answer_nobody)
    return app


async def answer_problem(request: Request, error: Exception) -> Response:
    """Answer with a problem document, and count it."""
    assert isinstance(error, ProblemError)  # noqa: S101 - what it is registered for
    exchange = exchange_of(request)
    exchange.outcome = error.kind.slug
    runtime: Runtime = request.app.state.runtime
    runtime.metrics.count_reject(error.kind.slug)
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
