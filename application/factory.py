"""Building the service."""

from typing import Any, Final

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from application.error_answers import ERROR_HANDLERS, answer_failure
from application.gateway import Gateway
from application.lifecycle import make_lifespan
from application.openapi import DESCRIPTION, TAGS, replace_errors
from application.routers import classify, health, model, page
from application.routing import DirectRoute, ShortWay
from application.runtime import Loader, Runtime
from application.settings import Settings
from src.models.artefacts import load_model

BUSY_ROUTES: Final = tuple(route for route in classify.router.routes if isinstance(route, DirectRoute))


class Service(FastAPI):
    """FastAPI with problem documents in place of its own errors, and a short way to the busy addresses."""

    def build_middleware_stack(self) -> ASGIApp:
        """Put the gateway around everything, and the short way before FastAPI's own stack."""
        runtime: Runtime = self.state.runtime
        app: ASGIApp = ShortWay(super().build_middleware_stack(), BUSY_ROUTES, ERROR_HANDLERS)
        if runtime.settings.cors_origins:
            app = CORSMiddleware(
                app,
                allow_origins=list(runtime.settings.cors_origins),
                allow_methods=["GET", "POST"],
                allow_headers=["authorization", "content-type", "x-request-id"],
                expose_headers=["x-request-id", "retry-after"],
            )
        return Gateway(app, runtime)

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
        telemetry={"tracing": False, "metrics": False, "logs": False},  # we have our own log and figures
        lifespan=make_lifespan(runtime),
    )
    app.state.runtime = runtime
    for part in (classify, health, model, page):
        app.include_router(part.router)
    app.mount("/static", page.make_static_files(), name="static")
    for kind, handler in ERROR_HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.add_exception_handler(Exception, answer_failure)
    return app
