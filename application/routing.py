"""The route of the busy addresses: FastAPI documents it, but does not stand in its way."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from application.access import check_token
from application.error_answers import ErrorHandler


class Wanted(BaseModel):
    """What to tell beside the colour; a name that is not known is refused, as it is likely a slip."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    shares: bool = Field(default=False, description="Also measure the shares of the named colours")
    features: bool = Field(default=False, description="Also tell the 18 features")


NOTHING_MORE = Wanted()


class DirectRoute(APIRoute):
    """Calls an endpoint ``(request, wanted) -> Response`` without FastAPI's resolving of dependencies.

    What the endpoint and the router declare makes the OpenAPI document as always; the token and
    the query are checked here.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give what answers a request."""
        return self.answer

    async def answer(self, request: Request) -> Response:
        """Answer a request."""
        check_token(request)
        response: Response = await self.endpoint(request, read_wanted(request.scope["query_string"]))
        return response


class ShortWay:
    """Leads requests for direct routes past the middlewares and routers of FastAPI.

    Those take about 0.2 ms per request, a third of a thumbnail's classification. Anything else, and
    anything that is not exactly one of these addresses, goes on to FastAPI as always.

    Parameters
    ----------
    app
        Where everything else goes.
    routes
        The direct routes.
    handlers
        What answers an error, by its type; others are for who called us.
    """

    def __init__(
        self, app: ASGIApp, routes: Iterable[DirectRoute], handlers: Mapping[type[Exception], ErrorHandler]
    ) -> None:
        self._app = app
        self._routes = {(method, route.path): route for route in routes for method in route.methods or ()}
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        route = self._routes.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if route is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = route  # as FastAPI does: the figures go by it
        request = Request(scope, receive)
        try:
            response = await route.answer(request)
        except Exception as error:
            handler = self._handlers.get(type(error))
            if handler is None:
                raise
            response = await handler(request, error)
        await response(scope, receive, send)


def read_wanted(query: bytes) -> Wanted:
    """Read the query of an address.

    Raises
    ------
    RequestValidationError
        422, for a name that is not known or a value that is no yes or no.
    """
    if not query:
        return NOTHING_MORE
    try:
        return Wanted.model_validate(dict(QueryParams(query)))
    except ValidationError as error:
        faults = [{**fault, "loc": ("query", *fault["loc"])} for fault in error.errors(include_context=False)]
        raise RequestValidationError(faults) from error
