"""POST /img_classify and /img_classify/batch."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic_core import to_json

from application.access import exchange_of, require_token, runtime_of
from application.openapi import BATCH_BODY, PICTURE_BODY, list_problems
from application.problems import ProblemError
from application.routing import DirectRoute, Wanted
from application.runtime import Runtime
from application.schemas import BatchAnswer, BatchItem, Classification, describe
from application.utility.file_part import Upload

router = APIRouter(tags=["classify"], dependencies=[Depends(require_token)], route_class=DirectRoute)


WantedQuery = Annotated[Wanted, Query()]

PICTURE_PROBLEMS = ("unsupported-type", "body-too-large", "too-many-pixels", "undecodable")
UPLOAD_PROBLEMS = ("malformed-form", "unauthorised", "slow-body", "invalid-request", "overloaded", "time-exceeded")


@router.post(
    "/img_classify",
    summary="Name the colour of a picture",
    response_model=Classification,
    response_model_exclude_none=True,
    responses=list_problems(*UPLOAD_PROBLEMS, *PICTURE_PROBLEMS, "not-ready"),
    openapi_extra=PICTURE_BODY,
)
async def classify(request: Request, wanted: WantedQuery) -> Response:
    """Answer with the colour, how sure the model is, and its second guess.

    The picture is the field `file` of a form, or the whole body. What it is follows from its
    content, never from its name.
    """
    runtime, exchange = runtime_of(request), exchange_of(request)
    with runtime.memory.lease() as lease:
        upload = await runtime.uploads.read_picture(exchange, lease)
        classified = await runtime.classify(upload.content, with_shares=wanted.shares)
    exchange.outcome = classified.prediction.colour
    answer = to_json(describe(classified, with_features=wanted.features))
    return Response(answer, media_type="application/json")


@router.post(
    "/img_classify/batch",
    summary="Name the colours of many pictures",
    response_model=BatchAnswer,
    response_model_exclude_none=True,
    responses=list_problems(*UPLOAD_PROBLEMS, "body-too-large", "too-many-files", "unsupported-type", "not-ready"),
    openapi_extra=BATCH_BODY,
)
async def classify_batch(request: Request, wanted: WantedQuery) -> Response:
    """Answer with a classification or a problem for every file, in the order they were sent."""
    runtime, exchange = runtime_of(request), exchange_of(request)
    with runtime.memory.lease() as lease:
        uploads = await runtime.uploads.read_batch(exchange, lease)
        # one at a time, so that a batch takes its turn in the queue like everybody else
        items = [await answer_item(runtime, upload, wanted) for upload in uploads]
    classified = sum(item.classification is not None for item in items)
    exchange.outcome = f"batch {classified}/{len(items)}"
    answer = BatchAnswer(classified=classified, refused=len(items) - classified, items=items)
    return Response(answer.model_dump_json(exclude_none=True), media_type="application/json")


async def answer_item(runtime: Runtime, upload: Upload, wanted: Wanted) -> BatchItem:
    """Answer for one file of a batch."""
    try:
        if upload.problem is not None:
            raise upload.problem
        classified = await runtime.classify(upload.content, with_shares=wanted.shares)
    except ProblemError as error:
        runtime.metrics.count_reject(error.kind.slug)
        return BatchItem(filename=upload.name, problem=error.describe())
    answer = Classification.model_validate(describe(classified, with_features=wanted.features))
    return BatchItem(filename=upload.name, classification=answer)
