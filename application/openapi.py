"""What the OpenAPI document says beside the handlers: bodies, examples, and every problem."""

from typing import Any, Final

from application.problems import KINDS, PROBLEM_MEDIA_TYPE, Problem
from src.features.image_header import MEDIA_TYPES

DESCRIPTION: Final = (
    "Names the colour of a picture, as the colour pages of an art site file artworks. "
    "Send JPEG, PNG or WebP; every error is a problem document (RFC 9457)."
)

TAGS: Final = (
    {"name": "classify", "description": "The colour of pictures"},
    {"name": "model", "description": "The model in use"},
    {"name": "operation", "description": "For who runs the service"},
)

BINARY: Final = {"type": "string", "format": "binary"}

PICTURE_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The field `file` of a form, or the picture itself",
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "required": ["file"], "properties": {"file": BINARY}},
                "encoding": {"file": {"contentType": ", ".join(MEDIA_TYPES)}},
            },
            **{media_type: {"schema": BINARY} for media_type in MEDIA_TYPES},
            "application/octet-stream": {"schema": BINARY},
        },
    }
}

BATCH_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "One field `files` per picture",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {"files": {"type": "array", "minItems": 1, "items": BINARY}},
                }
            }
        },
    }
}


def list_problems(*slugs: str) -> dict[int | str, dict[str, Any]]:
    """Describe the problems of an operation, by status, with an example of each sort."""
    responses: dict[int | str, dict[str, Any]] = {}
    for slug in (*slugs, "internal-error", "shutting-down"):
        kind = KINDS[slug]
        response = responses.setdefault(
            kind.status,
            {
                "model": Problem,
                "description": "",
                "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
            },
        )
        response["description"] = " / ".join(filter(None, (response["description"], kind.title)))
        response["content"][PROBLEM_MEDIA_TYPE]["examples"][slug] = {
            "summary": kind.title,
            "value": {"type": kind.type, "title": kind.title, "status": kind.status, "detail": kind.advice},
        }
    return responses


def describe_operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Arrange the operations of an OpenAPI document by tag, for the page that shows it."""
    groups = [{**tag, "operations": []} for tag in document["tags"]]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for group in groups:
                if group["name"] in operation.get("tags", ()):
                    group["operations"].append({"path": path, "method": method.upper(), **operation})
    return groups


def replace_errors(document: dict[str, Any], *, needs_token: bool) -> dict[str, Any]:
    """Leave problem documents as the only bodies of errors, and the token out where none is set."""
    if not needs_token:
        document["components"].pop("securitySchemes", None)
    for methods in document["paths"].values():
        for operation in methods.values():
            if not needs_token:
                operation.pop("security", None)
                operation["responses"].pop("401", None)
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    response["content"].pop("application/json", None)
    return document
