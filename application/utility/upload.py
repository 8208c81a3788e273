"""From a request to the files in it: the fields of a form, or the whole body."""

from collections.abc import AsyncIterator
from typing import Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from application.dependencies import SettingsDependency
from application.problems import ProblemError

OTHER_FIELDS: Final = 64
"""Most fields that a form may have beside its files; they are ignored."""

MAXIMUM_TEXT_BYTES: Final = 64 << 10

OCTETS: Final = frozenset({"application/octet-stream", "binary/octet-stream"})


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
    form = await _parse_form(request, 2, MAXIMUM_TEXT_BYTES)
    try:
        uploads = [value for value in form.getlist("file") if isinstance(value, UploadFile)]
        if len(uploads) == 1:
            return await uploads[0].read()
    finally:
        await form.close()
    raise ProblemError(
        "invalid-request",
        f"the form has {'more than one' if uploads else 'no whole'} file in the field 'file': expected one, as in "
        "`curl -F file=@a.jpg`; /img_classify/batch takes several",
    )


async def open_batch(request: Request, settings: SettingsDependency) -> AsyncIterator[list[UploadFile | str]]:
    """Give the fields ``files`` of a form, to be read one at a time, and close them at the end.

    A file without ``filename`` (RFC 7578, section 4.2) counts as text.

    Raises
    ------
    ProblemError
        400, 413, 415 or 422.
    """
    if _read_media_type(request) != "multipart/form-data":
        raise ProblemError("unsupported-type", "a batch is sent as multipart/form-data with fields 'files'")
    form = await _parse_form(request, settings.maximum_batch_files, settings.maximum_body_bytes)
    try:
        values = form.getlist("files")
        if not any(isinstance(value, UploadFile) for value in values):
            raise ProblemError("invalid-request", "the form has no file 'files': send some, as `curl -F files=@a.jpg`")
        yield values
    finally:
        await form.close()


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


async def _parse_form(request: Request, maximum_files: int, text_bytes: int) -> FormData:
    try:
        return await request.form(max_files=maximum_files, max_fields=OTHER_FIELDS, max_part_size=text_bytes)
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
