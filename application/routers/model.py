"""GET /model and POST /model/reload."""

from dataclasses import asdict

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from application.access import require_token, runtime_of
from application.openapi import list_problems
from application.problems import ProblemError
from application.schemas import ModelDescription, Reloaded
from src.errors import ModelError

router = APIRouter(tags=["model"], dependencies=[Depends(require_token)])


@router.get(
    "/model",
    summary="The card of the model in use",
    response_model=ModelDescription,
    responses=list_problems("unauthorised", "not-ready"),
)
async def card(request: Request) -> JSONResponse:
    """Tell what the model is, what it was made from, and how good it is."""
    return JSONResponse(asdict(runtime_of(request).service.model.card))


@router.post(
    "/model/reload",
    summary="Take the model of the folder into use",
    responses=list_problems("unauthorised", "reload-closed", "model-refused", "not-ready"),
)
async def reload(request: Request) -> Reloaded:
    """Load, check and self-test the model in MODELS_DIR; no request is dropped meanwhile.

    A model that is refused changes nothing. Only where API_TOKEN is set; SIGHUP does the same.
    """
    runtime = runtime_of(request)
    if runtime.settings.api_token is None:
        raise ProblemError("reload-closed", "reloading over HTTP needs API_TOKEN to be set; SIGHUP does the same")
    try:
        before, after = await runtime.reload()
    except ModelError as error:
        raise ProblemError("model-refused", f"{error}; version {runtime.service.model.version} stays in use") from error
    told = runtime.tell_other_workers()
    return Reloaded(model_version=after, previous_version=before, other_workers="told" if told else "none")
