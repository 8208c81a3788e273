"""What the handlers ask for: the state of the worker, the token, the query."""

import hmac
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from application.problems import ProblemError
from application.services.executor import BoundedExecutor
from application.services.img_classify import ImgClassify
from application.settings import Settings


async def get_settings(request: Request) -> Settings:
    """Give what the operator chose."""
    settings: Settings = request.app.state.settings
    return settings


async def get_executor(request: Request) -> BoundedExecutor:
    """Give the decoding threads."""
    executor: BoundedExecutor = request.app.state.executor
    return executor


async def get_classifier(request: Request) -> ImgClassify:
    """Give the classifier; 503 before the model is loaded."""
    classifier: ImgClassify | None = request.app.state.classifier
    if classifier is None:
        raise ProblemError("not-ready", "the model is not loaded yet: try again shortly")
    return classifier


SettingsDependency = Annotated[Settings, Depends(get_settings)]
ExecutorDependency = Annotated[BoundedExecutor, Depends(get_executor)]
ClassifierDependency = Annotated[ImgClassify, Depends(get_classifier)]

bearer = HTTPBearer(auto_error=False, description="The operator's token")


async def require_token(
    settings: SettingsDependency, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> None:
    """Refuse a request without the operator's token (401); compared in constant time."""
    token = settings.api_token.get_secret_value() if settings.api_token else ""
    if given is None or not hmac.compare_digest(given.credentials.strip().encode(), token.encode()):
        raise ProblemError(
            "unauthorised",
            "this service needs a token: expected the header `Authorization: Bearer <token>` with the operator's token",
            {"www-authenticate": "Bearer"},
        )


class Wanted(BaseModel):
    """What to add to the colour; a name that is not known is refused, as it is likely a slip."""

    model_config = ConfigDict(extra="forbid")

    shares: bool = Field(default=False, description="Also measure the shares of the named colours")
    features: bool = Field(default=False, description="Also give the 18 features")


WantedQuery = Annotated[Wanted, Query()]
