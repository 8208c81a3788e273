"""For who runs the service: /health/live, /health/ready, /metrics."""

from fastapi import APIRouter, Depends, Request, Response

from application.access import exchange_of, require_token, runtime_of
from application.metrics import CONTENT_TYPE_LATEST
from application.openapi import list_problems
from application.schemas import Health

router = APIRouter(tags=["operation"])


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
async def ready(request: Request) -> Health:
    """Answer 200 when the model has just classified the self-test picture, else 503; for load balancers."""
    return Health(status="ready", model_version=await runtime_of(request).check_health())


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus text format"},
        **list_problems("unauthorised"),
    },
    dependencies=[Depends(require_token)],
)
async def metrics(request: Request) -> Response:
    """Tell requests, seconds, bytes, predictions by colour and rejects by reason, of all workers."""
    exchange_of(request).outcome = "ok"
    return Response(runtime_of(request).metrics.render(), media_type=CONTENT_TYPE_LATEST)
