"""Who may ask: an optional bearer token."""

import hmac
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from application.exchange import Exchange
from application.problems import ProblemError
from application.runtime import Runtime

BEARER = HTTPBearer(auto_error=False, description="Only if the operator has set API_TOKEN")


def runtime_of(request: Request) -> Runtime:
    """Give the worker's state."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def exchange_of(request: Request) -> Exchange:
    """Give the record of this request."""
    exchange: Exchange = request.scope["exchange"]
    return exchange


async def require_token(request: Request, _: Annotated[object, Depends(BEARER)]) -> None:
    """Check the token as a dependency, which puts it into the OpenAPI document as well."""
    check_token(request)


def check_token(request: Request) -> None:
    """Refuse a request without the token, if one is set; compared in constant time.

    Raises
    ------
    ProblemError
        401.
    """
    token = runtime_of(request).settings.api_token
    if token is None:
        return
    scheme, _, given = exchange_of(request).authorization.partition(b" ")
    if scheme.lower() != b"bearer" or not hmac.compare_digest(given.strip(), token.get_secret_value().encode()):
        raise ProblemError(
            "unauthorised",
            "this service needs a token: expected the header `Authorization: Bearer <token>` with the operator's token",
            {"www-authenticate": "Bearer"},
        )
