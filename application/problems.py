"""Problems: what every error of the service looks like (RFC 9457), and what answers it."""

from collections.abc import Mapping
from http.client import responses
from typing import Any, Final, NamedTuple

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from application.metrics import REJECTS
from application.schemas import Problem
from application.services.executor import DeadlineError, QueueFullError
from src.errors import ImageDecodeError, ImageTooLargeError, ImageTypeError, ModelError

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"


class ProblemKind(NamedTuple):
    """One sort of problem; ``/docs#problem-<slug>`` explains it and is its ``type``."""

    status: int
    title: str
    advice: str
    retry_after: int | None = None


KINDS: Final[Mapping[str, ProblemKind]] = {
    "malformed-form": ProblemKind(400, "The form cannot be read", "Let a library build the multipart form."),
    "unauthorised": ProblemKind(401, "A valid token is needed", "Send `Authorization: Bearer <token>`."),
    "reload-closed": ProblemKind(403, "Reloading needs a token", "Set API_TOKEN, or replace the files."),
    "not-found": ProblemKind(404, "There is nothing at this address", "See /docs for what there is."),
    "method-not-allowed": ProblemKind(405, "This address takes another method", "The Allow header names them."),
    "slow-body": ProblemKind(408, "The upload took too long", "Send a smaller picture, or use a faster line."),
    "body-too-large": ProblemKind(413, "The upload is too large", "Send a smaller or more compressed file."),
    "picture-too-large": ProblemKind(413, "The picture is too large", "Send a smaller version."),
    "too-many-files": ProblemKind(413, "The batch has too many pictures", "Split the batch."),
    "unsupported-type": ProblemKind(415, "Not a type that is served", "Convert the file; names do not count."),
    "undecodable": ProblemKind(422, "The picture cannot be decoded", "Fetch or export the file again."),
    "invalid-request": ProblemKind(422, "The request is not as described", "Compare it with /docs."),
    "internal-error": ProblemKind(500, "Something broke in the service", "Tell the operator the request_id."),
    "model-refused": ProblemKind(503, "The new model cannot be used; the old one stays", "Train again."),
    "not-ready": ProblemKind(503, "The service is not ready", "Try again shortly.", 5),
    "overloaded": ProblemKind(503, "The service is busy", "Try again after the seconds of Retry-After.", 1),
    "time-exceeded": ProblemKind(503, "The request took too long", "Try again later, or a smaller picture.", 5),
}
"""Every sort of problem, by its slug."""

SLUGS: Final[Mapping[type[Exception], str]] = {
    ImageTypeError: "unsupported-type",
    ImageTooLargeError: "picture-too-large",
    ImageDecodeError: "undecodable",
    ModelError: "model-refused",
    QueueFullError: "overloaded",
    DeadlineError: "time-exceeded",
}
"""The sort of problem that an error of ours is for a client."""


class ProblemError(HTTPException):
    """Ends a request with a problem document: one of :data:`KINDS`, and what was wrong this time."""

    def __init__(self, slug: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        self.slug, self.kind = slug, KINDS[slug]
        retry = {} if self.kind.retry_after is None else {"retry-after": str(self.kind.retry_after)}
        super().__init__(self.kind.status, detail, {**retry, **(headers or {})})


def find_problem(error: Exception) -> HTTPException | None:
    """Say which problem an error is for the client; None if nobody expected it."""
    if isinstance(error, RequestValidationError):
        faults = (f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors())
        return ProblemError("invalid-request", "; ".join(faults))
    if isinstance(error, HTTPException):
        slug = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code)
        if slug is None or error.detail != HTTPException(error.status_code).detail:
            return error
        return ProblemError(slug, f"{KINDS[slug].title.lower()}: see /docs for what there is", error.headers)
    slug = next((slug for kind, slug in SLUGS.items() if isinstance(error, kind)), None)
    return None if slug is None else ProblemError(slug, str(error))


def describe_problem(request: Request, error: HTTPException) -> Problem:
    """Make the document of a problem, and count it; links keep the prefix of a proxy (``root_path``)."""
    address, title = "about:blank", responses.get(error.status_code, "Error")
    if isinstance(error, ProblemError):
        REJECTS.labels(error.slug).inc()
        prefix = request.scope.get("root_path", "").rstrip("/")
        address, title = f"{prefix}/docs#problem-{error.slug}", error.kind.title
    request_id = getattr(request.state, "request_id", None)
    return Problem(type=address, title=title, status=error.status_code, detail=str(error.detail), request_id=request_id)


async def answer_error(request: Request, error: Exception) -> Response:
    """Answer any error with a problem document."""
    problem = find_problem(error) or ProblemError(
        "internal-error", "something broke in the service; it was logged under the request_id"
    )
    if problem.status_code < 400:  # a redirection that a route raises
        return Response(status_code=problem.status_code, headers=problem.headers)
    request.state.outcome = problem.slug if isinstance(problem, ProblemError) else "refused"
    content = describe_problem(request, problem).model_dump_json(exclude_none=True)
    return Response(content, problem.status_code, problem.headers, PROBLEM_MEDIA_TYPE)


async def answer_disconnect(request: Request, _: Exception) -> Response:
    """End a request whose client has left; nobody reads the answer."""
    request.state.outcome = "disconnected"
    return Response(status_code=499)


def add_problem_handlers(app: FastAPI) -> None:
    """Let problem documents answer every error."""
    for kind in (HTTPException, RequestValidationError, *SLUGS):
        app.add_exception_handler(kind, answer_error)
    app.add_exception_handler(ClientDisconnect, answer_disconnect)


def list_problems(*slugs: str) -> dict[int | str, dict[str, Any]]:
    """Describe the problems of an operation for the OpenAPI document, by status, with an example of each sort."""
    examples: dict[int, dict[str, Any]] = {}
    for slug in (*slugs, "internal-error"):
        status, title, advice, _ = KINDS[slug]
        value = {"type": f"/docs#problem-{slug}", "title": title, "status": status, "detail": advice}
        examples.setdefault(status, {})[slug] = {"summary": title, "value": value}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": " / ".join(example["summary"] for example in named.values()),
            "content": {PROBLEM_MEDIA_TYPE: {"schema": schema, "examples": named}},
        }
        for status, named in examples.items()
    }
