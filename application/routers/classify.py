"""POST /img_classify and /img_classify/batch."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import UploadFile

from application.dependencies import ClassifierDependency, ExecutorDependency, WantedQuery
from application.metrics import PREDICTIONS
from application.problems import ProblemError, describe_problem, find_problem, list_problems
from application.schemas import BatchAnswer, BatchItem, Classification
from application.utility.upload import open_batch, read_upload
from src.features.image_header import MEDIA_TYPES

router = APIRouter(tags=["classify"])

BINARY: Final = {"type": "string", "format": "binary"}
BINARIES: Final = {"type": "array", "minItems": 1, "items": BINARY}

UPLOAD_PROBLEMS: Final = (
    *("malformed-form", "slow-body", "body-too-large", "unsupported-type", "invalid-request"),
    *("overloaded", "time-exceeded", "not-ready"),
)


def describe_body(description: str, field: str, schema: object, *other_types: str) -> dict[str, Any]:
    """Describe for the OpenAPI document what `application.utility.upload` takes: a form, or a picture as the body."""
    form = {"type": "object", "required": [field], "properties": {field: schema}}
    content = {"multipart/form-data": {"schema": form, "encoding": {field: {"contentType": ", ".join(MEDIA_TYPES)}}}}
    content |= {media_type: {"schema": BINARY} for media_type in other_types}
    return {"requestBody": {"required": True, "description": description, "content": content}}


@router.post(
    "/img_classify",
    summary="Name the colour of a picture",
    response_model_exclude_none=True,
    responses=list_problems(*UPLOAD_PROBLEMS, "picture-too-large", "undecodable"),
    openapi_extra=describe_body(
        "The field `file` of a form, or the picture itself", "file", BINARY, *MEDIA_TYPES, "application/octet-stream"
    ),
)
async def classify(
    request: Request,
    content: Annotated[bytes, Depends(read_upload)],
    wanted: WantedQuery,
    classifier: ClassifierDependency,
    executor: ExecutorDependency,
) -> Classification:
    """Answer with the colour, how sure the model is, and its second guess.

    The picture is the field `file` of a form, or the whole body. What it is follows from its
    content, never from its name.
    """
    answer = await executor.run(classifier.classify, content, with_shares=wanted.shares, with_features=wanted.features)
    request.state.outcome = answer.prediction
    PREDICTIONS.labels(answer.prediction).inc()
    return answer


@router.post(
    "/img_classify/batch",
    summary="Name the colours of many pictures",
    response_model_exclude_none=True,
    responses=list_problems(*UPLOAD_PROBLEMS, "too-many-files"),
    openapi_extra=describe_body("One field `files` per picture", "files", BINARIES),
)
async def classify_batch(
    request: Request,
    uploads: Annotated[list[UploadFile | str], Depends(open_batch)],
    wanted: WantedQuery,
    classifier: ClassifierDependency,
    executor: ExecutorDependency,
) -> BatchAnswer:
    """Answer with a classification or a problem for every file, in the order they were sent."""
    items = []
    for upload in uploads:  # one at a time, so that a batch takes its turn in the queue like everybody else
        filename = None if isinstance(upload, str) else upload.filename
        try:
            if isinstance(upload, str):
                raise ProblemError("invalid-request", "a field 'files' is text and no file: give each a filename")
            answer = await classify(request, await upload.read(), wanted, classifier, executor)
            items.append(BatchItem(filename=filename, classification=answer))
        except Exception as error:
            problem = find_problem(error)
            if problem is None:
                raise
            items.append(BatchItem(filename=filename, problem=describe_problem(request, problem)))
    classified = sum(item.classification is not None for item in items)
    request.state.outcome = f"batch {classified}/{len(items)}"
    return BatchAnswer(classified=classified, refused=len(items) - classified, items=items)
