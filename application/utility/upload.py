"""From a request to the files in it, under limits: the fields of a form, or the whole body.

FastAPI's own ``max_body_size`` answers outside of every middleware and in plain text: without a problem
document, a request id and a line in the log; and it knows neither time nor memory.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message

from application.dependencies import SettingsDependency
from application.problems import ProblemError
from application.settings import FORM_ALLOWANCE_BYTES, Settings

FORM: Final = "multipart/form-data"
OCTETS: Final = frozenset({"application/octet-stream", "binary/octet-stream"})


@contextmanager
def limit_body(request: Request, settings: Settings, maximum_bytes: int) -> Iterator[Request]:
    """Give the request to read a body from, which is refused while it arrives: if it is too large or too slow.

    Its size, declared or at most, counts among those of the worker's uploads until the block ends.
    ProblemError 408, 413 or 503, at once or while the body is read.
    """
    limit, state, received = maximum_bytes + FORM_ALLOWANCE_BYTES, request.app.state, 0
    length = request.headers.get("content-length", "")
    expected = int(length) if length.isdecimal() else limit if "transfer-encoding" in request.headers else 0
    deadline = asyncio.get_running_loop().time() + settings.body_seconds

    def check_size(size: int) -> None:
        if size > limit:
            detail = f"the upload is larger than {limit:,} bytes: send a smaller or more compressed file"
            raise ProblemError("body-too-large", detail)

    async def receive() -> Message:
        nonlocal received
        try:
            async with asyncio.timeout_at(deadline):
                message = await request.receive()
        except TimeoutError:
            detail = f"only {received:,} bytes of the body arrived within {settings.body_seconds:g} s"
            raise ProblemError("slow-body", detail, {"connection": "close"}) from None
        received += len(message.get("body", b""))
        check_size(received)
        return message

    check_size(expected)
    if state.body_bytes and state.body_bytes + expected > settings.body_memory_bytes:
        raise ProblemError("overloaded", "too many large uploads at the same time; try again in a moment")
    state.body_bytes += expected
    try:
        yield Request(request.scope, receive)
    finally:
        state.body_bytes -= expected


@asynccontextmanager
async def open_form(request: Request, **limits: int) -> AsyncIterator[FormData]:
    """Parse a form under further limits of Starlette's, and close its files at the end; ProblemError 400 or 413."""
    try:
        form = await request.form(**limits)
    except ProblemError:  # of the limits on what arrives
        raise
    except HTTPException as error:
        if error.detail.startswith("Too many files"):
            raise ProblemError("too-many-files", f"{error.detail}: split the batch and send the parts") from None
        detail = f"the multipart form cannot be read ({error.detail}): let a library build it"
        raise ProblemError("malformed-form", detail) from None
    try:
        yield form
    finally:
        await form.close()


async def read_upload(request: Request, settings: SettingsDependency) -> AsyncIterator[bytes]:
    """Read one picture: the field ``file`` of a form, or the whole body; ProblemError 4xx or 503."""
    media_type = _read_media_type(request)
    if media_type != FORM and not media_type.startswith("image/") and media_type not in OCTETS:
        raise ProblemError(
            "unsupported-type",
            f"the Content-Type is {media_type[:100] or 'missing'!r}: expected {FORM} with a field 'file', "
            "or the picture itself as image/… or application/octet-stream",
        )
    with limit_body(request, settings, settings.maximum_body_bytes) as limited:
        yield await (_read_single_file(limited) if media_type == FORM else limited.body())


async def _read_single_file(request: Request) -> bytes:
    async with open_form(request) as form:
        uploads = [value for value in form.getlist("file") if isinstance(value, UploadFile)]
        if len(uploads) == 1:
            return await uploads[0].read()
    raise ProblemError(
        "invalid-request",
        f"the form has {'more than one' if uploads else 'no whole'} file in the field 'file': expected one, as in "
        "`curl -F file=@a.jpg`; /img_classify/batch takes several",
    )


async def open_batch(request: Request, settings: SettingsDependency) -> AsyncIterator[list[UploadFile | str]]:
    """Give the fields ``files`` of a form, to be read one at a time; ProblemError 4xx or 503.

    A file without ``filename`` (RFC 7578, section 4.2) counts as text.
    """
    if _read_media_type(request) != FORM:
        raise ProblemError("unsupported-type", f"a batch is sent as {FORM} with fields 'files'")
    with limit_body(request, settings, settings.maximum_batch_bytes) as limited:
        limits = {"max_files": settings.maximum_batch_files, "max_part_size": settings.maximum_body_bytes}
        async with open_form(limited, **limits) as form:
            values = form.getlist("files")
            if not any(isinstance(value, UploadFile) for value in values):
                detail = "the form has no file 'files': send some, as `curl -F files=@a.jpg`"
                raise ProblemError("invalid-request", detail)
            yield values


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
