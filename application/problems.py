"""Problems: what every error of the service looks like (RFC 9457), and what answers it."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import responses
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from application.metrics import REJECTS
from application.services.executor import DeadlineError, QueueFullError
from src.errors import ImageDecodeError, ImageTooLargeError, ImageTypeError, ModelError

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True)
class ProblemKind:
    """One sort of problem; ``/docs#problem-<slug>`` explains it and is its ``type``."""

    slug: str
    status: int
    title: str
    advice: str
    retry_after: int | None = None


KINDS: Final[Mapping[str, ProblemKind]] = MappingProxyType(
    {
        kind.slug: kind
        for kind in (
            ProblemKind("malformed-form", 400, "The form cannot be read", "Let a library build the multipart form."),
            ProblemKind("unauthorised", 401, "A valid token is needed", "Send `Authorization: Bearer <token>`."),
            ProblemKind("reload-closed", 403, "Reloading needs a token", "Set API_TOKEN, or replace the files."),
            ProblemKind("not-found", 404, "There is nothing at this address", "See /docs for what there is."),
            ProblemKind("method-not-allowed", 405, "This address takes another method", "The Allow header names them."),
            ProblemKind("slow-body", 408, "The upload took too long", "Send a smaller picture, or use a faster line."),
            ProblemKind("body-too-large", 413, "The upload is too large", "Send a smaller or more compressed file."),
            ProblemKind("picture-too-large", 413, "The picture is too large", "Send a smaller version."),
            ProblemKind("too-many-files", 413, "The batch has too many pictures", "Split the batch."),
            ProblemKind("unsupported-type", 415, "Not a type that is served", "Convert the file; names do not count."),
            ProblemKind("undecodable", 422, "The picture cannot be decoded", "Fetch or export the file again."),
            ProblemKind("invalid-request", 422, "The request is not as described", "Compare it with /docs."),
            ProblemKind("internal-error", 500, "Something broke in the service", "Tell the operator the request_id."),
            ProblemKind("model-refused", 503, "The new model cannot be used; the old one stays", "Train again."),
            ProblemKind("not-ready", 503, "The service is not ready", "Try again shortly.", 5),
            ProblemKind("overloaded", 503, "The service is busy", "Try again after the seconds of Retry-After.", 1),
            ProblemKind("time-exceeded", 503, "The request took too long", "Try again later, or a smaller picture.", 5),
        )
    }
)
"""Every sort of problem, by its slug."""

SLUGS: Final[Mapping[type[Exception], str]] = MappingProxyType(
    {
        ImageTypeError: "unsupported-type",
        ImageTooLargeError: "picture-too-large",
        ImageDecodeError: "undecodable",
        ModelError: "model-refused",
        QueueFullError: "overloaded",
        DeadlineError: "time-exceeded",
    }
)
"""The sort of problem that an error of ours is for a client."""

SLUGS_BY_STATUS: Final = MappingProxyType({404: "not-found", 405: "method-not-allowed"})


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "/docs#problem-undecodable",
                "title": "The picture cannot be decoded",
                "status": 422,
                "detail": "the image/jpeg content of 218 × 218 pixels cannot be decoded: the file is damaged; "
                "fetch or export it again",
                "request_id": "9f0c1e6a4b2d4c58",
            }
        }
    )

    type: str = Field(description="URI reference that names the sort of problem and leads to its explanation")
    title: str = Field(description="The sort of problem, in words")
    status: int = Field(description="The HTTP status", ge=400, le=599)
    detail: str = Field(description="What was wrong this time, what was expected and what to do")
    request_id: str | None = Field(default=None, description="The id of the request, as in the X-Request-ID header")


class ProblemError(HTTPException):
    """Ends a request with a problem document.

    Parameters
    ----------
    slug
        One of :data:`KINDS`.
    detail
        What was wrong this time, what was expected and what to do.
    headers
        Further response headers.
    """

    def __init__(self, slug: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        self.kind = KINDS[slug]
        retry = {} if self.kind.retry_after is None else {"retry-after": str(self.kind.retry_after)}
        super().__init__(self.kind.status, detail, {**retry, **(headers or {})})


def find_problem(error: Exception) -> ProblemError | None:
    """Say which problem an error is for the client; None if it is none of ours."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, RequestValidationError):
        faults = (f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors())
        return ProblemError("invalid-request", "; ".join(faults))
    for kind, slug in SLUGS.items():
        if isinstance(error, kind):
            return ProblemError(slug, str(error))
    return None


def describe_problem(request: Request, error: ProblemError, *, request_id: str | None = None) -> Problem:
    """Make the document of a problem, and count it; links keep the prefix of a proxy (``root_path``)."""
    REJECTS.labels(error.kind.slug).inc()
    prefix = request.scope.get("root_path", "").rstrip("/")
    return Problem(
        type=f"{prefix}/docs#problem-{error.kind.slug}",
        title=error.kind.title,
        status=error.kind.status,
        detail=error.detail,
        request_id=request_id,
    )


def _respond(problem: Problem, headers: Mapping[str, str] | None) -> Response:
    return Response(problem.model_dump_json(exclude_none=True), problem.status, headers, PROBLEM_MEDIA_TYPE)


async def answer_error(request: Request, error: Exception) -> Response:
    """Answer an error of ours, or one that nobody expected, with a problem document."""
    problem = find_problem(error) or ProblemError(
        "internal-error", "something broke in the service; it was logged under the request_id"
    )
    request.state.outcome = problem.kind.slug
    document = describe_problem(request, problem, request_id=getattr(request.state, "request_id", None))
    return _respond(document, problem.headers)


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """Answer an ``HTTPException`` of the framework, or of a route that somebody added."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    if error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    phrase = responses.get(error.status_code, "Error")
    slug = SLUGS_BY_STATUS.get(error.status_code)
    if slug is not None and error.detail == phrase:
        headers = dict(error.headers or {})
        if "GET" in headers.get("Allow", ""):
            headers["Allow"] += ", HEAD"  # see application.middleware
        detail = f"{request.method} {request.url.path[:200]}: {KINDS[slug].title.lower()}; see /docs"
        return await answer_error(request, ProblemError(slug, detail, headers))
    request.state.outcome = "refused"
    document = Problem(
        type="about:blank",
        title=phrase,
        status=error.status_code,
        detail=str(error.detail),
        request_id=getattr(request.state, "request_id", None),
    )
    return _respond(document, error.headers)


async def answer_nobody(request: Request, _: Exception) -> Response:
    """End a request whose client has left; nobody reads the answer."""
    request.state.outcome = "disconnected"
    return Response(status_code=499)


def add_problem_handlers(app: FastAPI) -> None:
    """Let problem documents answer every error."""
    for kind in (ProblemError, RequestValidationError, *SLUGS, Exception):
        app.add_exception_handler(kind, answer_error)
    app.add_exception_handler(HTTPException, answer_http_exception)
    app.add_exception_handler(ClientDisconnect, answer_nobody)


def list_problems(*slugs: str) -> dict[int | str, dict[str, Any]]:
    """Describe the problems of an operation for the OpenAPI document, by status, with an example of each sort."""
    described: dict[int | str, dict[str, Any]] = {}
    for kind in (KINDS[slug] for slug in (*slugs, "internal-error")):
        response = described.setdefault(
            kind.status,
            {
                "description": "",
                "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
            },
        )
        response["description"] = " / ".join(filter(None, (response["description"], kind.title)))
        response["content"][PROBLEM_MEDIA_TYPE]["examples"][kind.slug] = {
            "summary": kind.title,
            "value": {
                "type": f"/docs#problem-{kind.slug}",
                "title": kind.title,
                "status": kind.status,
                "detail": kind.advice,
            },
        }
    return described
