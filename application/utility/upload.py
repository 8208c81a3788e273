"""From a request to the files in it: the fields of a form, or the whole body."""

from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from application.problems import ProblemError

OTHER_FIELDS: Final = 64
"""Most fields that a form may have beside its files; they are ignored."""

MAXIMUM_TEXT_BYTES: Final = 64 << 10

OCTETS: Final = frozenset({"application/octet-stream", "binary/octet-stream"})


@dataclass(frozen=True)
class Upload:
    """One file as it was sent.

    Attributes
    ----------
    filename
        What the client calls it, None if it does not say.
    content
        Its bytes; None if the field is text and no file.
    """

    filename: str | None
    content: bytes | None


async def read_picture(request: Request) -> bytes:
    """Read one picture: the field ``file`` of a form, or the whole body.

    Raises
    ------
    ProblemError
        400, 415 or 422.
    """
    media_type = _read_media_type(request)
    if media_type.startswith("image/") or media_type in OCTETS:
        return await request.body()
    if media_type != "multipart/form-data":
        raise ProblemError(
            "unsupported-type",
            f"the Content-Type is {media_type[:100] or 'missing'!r}: expected multipart/form-data with a field 'file', "
            "or the picture itself as image/… or application/octet-stream",
        )
    uploads = await _read_form(request, "file", 2, MAXIMUM_TEXT_BYTES)
    if len(uploads) != 1 or uploads[0].content is None:
        found = "more than one file" if len(uploads) > 1 else "no whole file"
        raise ProblemError(
            "invalid-request",
            f"the form has {found} in the field 'file': expected one, as in `curl -F file=@a.jpg`; "
            "/img_classify/batch takes several",
        )
    return uploads[0].content


async def read_batch(request: Request, maximum_files: int, maximum_bytes: int) -> list[Upload]:
    """Read many pictures: the fields ``files`` of a form.

    Parameters
    ----------
    request
        Whose body was not read yet.
    maximum_files
        More are refused.
    maximum_bytes
        Of one that is sent as text, which a file is that has no ``filename`` (RFC 7578, section 4.2).

    Raises
    ------
    ProblemError
        400, 413, 415 or 422.
    """
    if _read_media_type(request) != "multipart/form-data":
        raise ProblemError("unsupported-type", "a batch is sent as multipart/form-data with fields 'files'")
    uploads = await _read_form(request, "files", maximum_files, maximum_bytes)
    if all(upload.content is None for upload in uploads):
        raise ProblemError("invalid-request", "the form has no file 'files': send some, as in `curl -F files=@a.jpg`")
    return uploads


def _read_media_type(request: Request) -> str:
    """Read what the body is said to be; one that is compressed is refused with the reason."""
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise ProblemError(
            "unsupported-type",
            f"the body is compressed (Content-Encoding: {encoding[:50]}): send the picture as it is; "
            "its own format compresses it already",
            {"accept-encoding": "identity"},
        )
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _read_form(request: Request, field: str, maximum_files: int, text_bytes: int) -> list[Upload]:
    try:
        form = await request.form(max_files=maximum_files, max_fields=OTHER_FIELDS, max_part_size=text_bytes)
    except ProblemError:  # of the limits on what arrives
        raise
    except HTTPException as error:
        if error.detail.startswith("Too many files"):
            raise ProblemError(
                "too-many-files", f"the form has more than {maximum_files} files: split it and send the parts"
            ) from None
        raise ProblemError(
            "malformed-form", f"the multipart form cannot be read ({error.detail}): let a library build it"
        ) from None
    try:
        return [await _read_value(value) for value in form.getlist(field)]
    finally:
        await form.close()


async def _read_value(value: UploadFile | str) -> Upload:
    if isinstance(value, str):
        return Upload(None, None)
    return Upload(value.filename or None, await value.read())
