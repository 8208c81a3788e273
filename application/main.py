"""Building the service."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import cv2
from fastapi import Depends, FastAPI
from prometheus_client.multiprocess import mark_process_dead
from starlette.middleware.cors import CORSMiddleware
from threadpoolctl import threadpool_limits

from application.dependencies import require_token
from application.log import Logger, make_logger
from application.metrics import MODEL_LOADS, MULTIPROCESS_DIR
from application.middleware import RequestContext
from application.problems import add_problem_handlers, list_problems
from application.routers import classify, health, model, page
from application.services.executor import BoundedExecutor
from application.services.img_classify import ImgClassify
from application.settings import Settings
from application.utility.conversion import PictureReader
from src.errors import ModelError


async def follow_model(classifier: ImgClassify, seconds: float, logger: Logger) -> None:
    """Take a new model into use when its files have changed and rest; a refused one changes nothing."""
    previous = classifier.fingerprint
    while True:
        await asyncio.sleep(seconds)
        current = classifier.read_fingerprint()
        if current == previous != classifier.fingerprint:
            try:
                await asyncio.to_thread(classifier.reload)
                MODEL_LOADS.labels("reloaded").inc()
                logger.info("model reloaded", model_version=classifier.model.version)
            except ModelError as error:
                MODEL_LOADS.labels("refused").inc()
                logger.error("model refused", model_version=classifier.model.version, detail=str(error))
        previous = current


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the service, with settings from the environment unless given.

    The model is loaded when the application starts, once per worker.
    """
    settings = settings or Settings()
    logger = make_logger(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        cv2.setNumThreads(1)  # the pictures run in parallel already
        threadpool_limits(1)  # of BLAS and OpenMP: a row of features is no work for several threads
        reader = PictureReader(settings.maximum_body_bytes, settings.decoding_memory_bytes)
        try:
            classifier = await asyncio.to_thread(ImgClassify, settings.models_dir, reader)
        except ModelError as error:
            MODEL_LOADS.labels("failed").inc()
            logger.error("refusing to start", detail=str(error))
            raise
        MODEL_LOADS.labels("loaded").inc()
        logger.info("model loaded", model_version=classifier.model.version, models_dir=str(settings.models_dir))
        app.state.executor = BoundedExecutor(
            settings.decoding_threads, settings.maximum_waiting, settings.request_seconds
        )
        app.state.classifier = classifier
        follower = asyncio.create_task(follow_model(classifier, settings.model_check_seconds, logger))
        yield
        follower.cancel()
        app.state.executor.close()
        if os.environ.get(MULTIPROCESS_DIR):
            mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]

    app = FastAPI(
        title="The colour of an artwork",
        description="Names the colour of a picture, as the colour pages of an art site file artworks. "
        "Every error is a problem document (RFC 9457).",
        version="1.0.0",
        openapi_tags=[
            {"name": "classify", "description": "The colour of pictures"},
            {"name": "model", "description": "The model in use"},
            {"name": "operation", "description": "For who runs the service"},
        ],
        docs_url=None,  # ours takes Swagger UI from a package instead of the network
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # we have our own log and figures
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.classifier = None
    app.state.body_bytes = 0  # of the uploads that are being handled
    guard = [Depends(require_token)] if settings.api_token else []
    refusals = list_problems("unauthorised") if settings.api_token else {}
    for router in (classify.router, model.router, health.metrics_router):
        app.include_router(router, dependencies=guard, responses=refusals)
    app.include_router(health.router)
    app.include_router(page.router)
    page.mount_static_files(app)
    add_problem_handlers(app)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type", "x-request-id"],
            expose_headers=["x-request-id", "retry-after"],
        )
    app.add_middleware(RequestContext, logger=logger)  # the outermost
    return app
