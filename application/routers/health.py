"""For who runs the service: /health/live, /health/ready, /metrics."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from application.dependencies import ClassifierDependency, ExecutorDependency
from application.metrics import render_metrics
from application.problems import ProblemError, list_problems
from application.schemas import Health
from application.services.executor import DeadlineError, QueueFullError
from src.errors import ImageError, ModelError

router = APIRouter(tags=["operation"])
metrics_router = APIRouter(tags=["operation"])


@router.get("/health/live", summary="Whether the process answers", response_model_exclude_none=True)
async def live() -> Health:
    """Answer as long as the event loop turns; for restarting what hangs."""
    return Health(status="alive")


@router.get(
    "/health/ready",
    summary="Whether pictures can be classified",
    response_model_exclude_none=True,
    responses=list_problems("not-ready"),
)
async def ready(classifier: ClassifierDependency, executor: ExecutorDependency) -> Health:
    """Answer 200 when the model has classified the self-test picture, else 503; for load balancers."""
    try:
        await executor.run(classifier.check)
    except QueueFullError:
        pass  # busy with other pictures, so it works
    except (ImageError, ModelError, DeadlineError) as error:
        raise ProblemError("not-ready", f"the self-test fails: {error}") from error
    return Health(status="ready", model_version=classifier.model.version)


@metrics_router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus text format"},
    },
)
async def metrics() -> Response:
    """Count requests, seconds, bytes, predictions by colour and rejects by reason, of all workers."""
    return Response(render_metrics(), media_type=CONTENT_TYPE_LATEST)
