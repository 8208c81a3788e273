"""Problems: what every error of the service looks like (RFC 9457)."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from src.errors import ImageDecodeError, ImageError, ImageTooLargeError, ImageTypeError

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True)
class ProblemKind:
    """One sort of problem; ``/docs#problem-<slug>`` explains it and is its ``type``."""

    slug: str
    status: int
    title: str
    advice: str

    @property
    def type(self) -> str:
        """The URI reference that names the sort."""
        return f"/docs#problem-{self.slug}"


def _list_kinds(*kinds: ProblemKind) -> Mapping[str, ProblemKind]:
    return MappingProxyType({kind.slug: kind for kind in kinds})


KINDS: Final = _list_kinds(
    ProblemKind("malformed-form", 400, "The form cannot be read", "Let a library build the multipart form."),
    ProblemKind("unauthorised", 401, "A valid token is needed", "Send `Authorization: Bearer <token>`."),
    ProblemKind("reload-closed", 403, "Reloading needs a token", "Set API_TOKEN, or send SIGHUP to the service."),
    ProblemKind("not-found", 404, "There is nothing at this address", "See /docs for what there is."),
    ProblemKind("method-not-allowed", 405, "This address takes another method", "The Allow header names them."),
    ProblemKind("slow-body", 408, "The upload took too long", "Send a smaller picture, or use a faster line."),
    ProblemKind("body-too-large", 413, "The upload is too large", "Send a smaller or more compressed file."),
    ProblemKind("too-many-pixels", 413, "The picture has too many pixels", "Send a smaller version."),
    ProblemKind("too-many-files", 413, "The batch has too many pictures", "Split the batch."),
    ProblemKind("unsupported-type", 415, "Not a type that is served", "Send JPEG, PNG or WebP; names do not count."),
    ProblemKind("undecodable", 422, "The picture cannot be decoded", "Fetch or export the file again."),
    ProblemKind("invalid-request", 422, "The request is not as described", "Compare it with /docs."),
    ProblemKind("internal-error", 500, "Something broke in the service", "Tell the operator the request_id."),
    ProblemKind("model-refused", 503, "The new model cannot be used; the old one stays", "Train again."),
    ProblemKind("not-ready", 503, "The service is not ready", "Try again shortly."),
    ProblemKind("overloaded", 503, "The service is busy", "Try again after the seconds of Retry-After."),
    ProblemKind("time-exceeded", 503, "The request took too long", "Try again later, or send a smaller picture."),
    ProblemKind("shutting-down", 503, "The service is being stopped", "Try again: another one takes over."),
)
"""Every sort of problem, by its slug."""

RETRY_AFTER_SECONDS: Final = MappingProxyType({"overloaded": 1, "time-exceeded": 5, "not-ready": 5, "shutting-down": 2})


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "/docs#problem-unsupported-type",
                "title": "Not a type that is served",
                "status": 415,
                "detail": "the content is not a picture of a type we take (it begins with 25 50 44 46 2d): "
                "expected JPEG, PNG or WebP; convert the file, a new name does not change its type",
                "request_id": "9f0c1e6a4b2d4c58",
            }
        }
    )

    type: str = Field(description="URI reference that names the sort of problem and leads to its explanation")
    title: str = Field(description="The sort of problem, in words")
    status: int = Field(description="The HTTP status", ge=400, le=599)
    detail: str = Field(description="What was wrong this time, what was expected and what to do")
    request_id: str | None = Field(default=None, description="The id of the request, as in the X-Request-ID header")


class ProblemError(Exception):
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
        super().__init__(detail)
        self.kind = KINDS[slug]
        self.detail = detail
        self.headers = dict(headers or {})
        if slug in RETRY_AFTER_SECONDS:
            self.headers.setdefault("retry-after", str(RETRY_AFTER_SECONDS[slug]))

    def describe(self, request_id: str | None = None) -> Problem:
        """Make the document."""
        return Problem(
            type=self.kind.type,
            title=self.kind.title,
            status=self.kind.status,
            detail=self.detail,
            request_id=request_id,
        )

    def respond(self, request_id: str | None = None) -> Response:
        """Make the response that carries the document."""
        content = self.describe(request_id).model_dump_json(exclude_none=True)
        return Response(content, self.kind.status, self.headers, PROBLEM_MEDIA_TYPE)


def describe_image_error(error: ImageError) -> ProblemError:
    """Give the problem of a file that is not a picture that we take."""
    slugs = {ImageTypeError: "unsupported-type", ImageTooLargeError: "too-many-pixels", ImageDecodeError: "undecodable"}
    return ProblemError(slugs.get(type(error), "undecodable"), str(error))


def describe_failure() -> ProblemError:
    """Give the problem of an error that nobody expected; what it was stands in the log alone."""
    return ProblemError("internal-error", "something broke in the service; it was logged under the id")


def name_status(status: int) -> str:
    """Name a status that has no sort of its own, as RFC 9457 asks for ``about:blank``."""
    return HTTPStatus(status).phrase
