"""The route of the busy addresses: FastAPI documents it, but does not stand in its way."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import QueryParams

from application.access import check_token

__all__ = ["DirectRoute", "Wanted"]


class Wanted(BaseModel):
    """What to tell beside the colour; a name that is not known is refused, as it is likely a slip."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    shares: bool = Field(default=False, description="Also measure the shares of the named colours")
    features: bool = Field(default=False, description="Also tell the 18 features")


NOTHING_MORE = Wanted()


class DirectRoute(APIRoute):
    """Calls an endpoint ``(request, wanted) -> Response`` without FastAPI's resolving of dependencies.

    That resolving costs about 0.1 ms per request, as much as a fifth of a thumbnail's
    classification. What the endpoint and the router declare makes the OpenAPI document as
    always; the token and the query are checked here.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give what answers a request."""
        endpoint: Callable[[Request, Wanted], Coroutine[Any, Any, Response]] = self.endpoint

        async def handle(request: Request) -> Response:
            check_token(request)
            return await endpoint(request, read_wanted(request.scope["query_string"]))

        return handle


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
