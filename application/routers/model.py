"""GET /model and POST /model/reload."""

import asyncio

from fastapi import APIRouter

from application.dependencies import ClassifierDependency, SettingsDependency
from application.metrics import MODEL_LOADS
from application.problems import ProblemError, list_problems
from application.schemas import Reloaded
from src.errors import ModelError
from src.models.artefacts import ModelCard

router = APIRouter(tags=["model"])


@router.get("/model", summary="The card of the model in use", responses=list_problems("not-ready"))
async def card(classifier: ClassifierDependency) -> ModelCard:
    """Describe the model: what it was made from, and how good it is."""
    return classifier.model.card


@router.post(
    "/model/reload",
    summary="Take the model of the folder into use",
    responses=list_problems("reload-closed", "model-refused", "not-ready"),
)
async def reload(classifier: ClassifierDependency, settings: SettingsDependency) -> Reloaded:
    """Load, check and self-test the model in MODELS_DIR; no request is dropped meanwhile.

    A model that is refused changes nothing. Only where API_TOKEN is set. Other workers see the new files
    by themselves, within seconds (MODEL_CHECK_SECONDS).
    """
    if settings.api_token is None:
        raise ProblemError("reload-closed", "reloading over HTTP needs API_TOKEN to be set; new files need no request")
    before = classifier.model.version
    try:
        await asyncio.to_thread(classifier.reload)
    except ModelError as error:
        MODEL_LOADS.labels("refused").inc()
        raise ProblemError("model-refused", f"{error}; version {before} stays in use") from error
    MODEL_LOADS.labels("reloaded").inc()
    return Reloaded(model_version=classifier.model.version, previous_version=before)
