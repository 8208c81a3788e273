"""Taking in what a client sends: counted, timed and refused while it arrives."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from application.exchange import Exchange
from application.problems import ProblemError, describe_image_error
from application.settings import FORM_ALLOWANCE_BYTES, Settings
from application.utility.conversion import SIGNATURE_BYTES, check_signature
from src.errors import ImageTypeError
from src.features.image_header import MEDIA_TYPES

__all__ = ["BodyMemory", "ClientLeftError", "Upload", "UploadReader"]

RAW_TYPES: Final = frozenset({*(name.encode() for name in MEDIA_TYPES), b"image/jpg", b"application/octet-stream"})

LONGEST_NAME: Final = 255


class ClientLeftError(Exception):
    """The client closed the connection before its body was complete."""


class BodyMemory:
    """Counts the bytes of unfinished uploads in this worker, and refuses what does not fit.

    Parameters
    ----------
    limit
        Bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.used = 0

    @contextmanager
    def lease(self) -> Iterator["BodyLease"]:
        """Give a lease; what it took is given back at the end of the block."""
        lease = BodyLease(self)
        try:
            yield lease
        finally:
            self.used -= lease.taken

    def take(self, count: int) -> None:
        """Take bytes.

        Raises
        ------
        ProblemError
            503, if the memory for uploads is used up.
        """
        if self.used + count > self._limit:
            raise ProblemError("overloaded", "too many large uploads arrive at the same time; try again in a moment")
        self.used += count


class BodyLease:
    """What one request has taken of the memory for uploads."""

    __slots__ = ("_memory", "taken")

    def __init__(self, memory: BodyMemory) -> None:
        self._memory = memory
        self.taken = 0

    def take(self, count: int) -> None:
        """Take bytes until the lease ends."""
        self._memory.take(count)
        self.taken += count


@dataclass(slots=True)
class Upload:
    """One file as it was sent.

    Attributes
    ----------
    name
        What the client calls it, None if it does not say.
    content
        Its bytes; empty where ``problem`` is set.
    problem
        Why it was refused while it arrived, None if it was not.
    """

    name: str | None
    content: bytes
    problem: ProblemError | None = None


class FilePart:
    """A file that arrives in pieces; refused as soon as its bytes say so."""

    def __init__(self, name: str | None, maximum_bytes: int) -> None:
        self.name = name
        self.problem: ProblemError | None = None
        self._maximum_bytes = maximum_bytes
        self._pieces: list[bytes] = []
        self._size = 0
        self._is_type_checked = False

    def add(self, piece: bytes) -> None:
        if self.problem is not None:
            return
        self._size += len(piece)
        self._pieces.append(piece)
        if self._size > self._maximum_bytes:
            self.refuse(describe_size(self._maximum_bytes))
        elif not self._is_type_checked and self._size >= SIGNATURE_BYTES:
            self._is_type_checked = True
            try:
                check_signature(b"".join(self._pieces)[: 4 * SIGNATURE_BYTES])
            except ImageTypeError as error:
                self.refuse(describe_image_error(error))

    def refuse(self, problem: ProblemError) -> None:
        self.problem = problem
        self._pieces.clear()

    def finish(self) -> Upload:
        pieces = self._pieces
        return Upload(self.name, pieces[0] if len(pieces) == 1 else b"".join(pieces), self.problem)


def describe_size(maximum_bytes: int) -> ProblemError:
    """Make the problem of a body or file with too many bytes."""
    return ProblemError(
        "body-too-large",
        f"the upload is larger than {maximum_bytes:,} bytes ({maximum_bytes / 2**20:.0f} MiB): "
        "send a smaller or more compressed file",
    )


class FormReader:
    """Reads the files of one field out of a multipart form, whatever else is in it.

    Parameters
    ----------
    content_type
        The header's value.
    field
        Name of the field that holds the files.
    maximum_files, maximum_bytes
        How many, and the size of each.
    refuse_early
        Whether a refused file ends the request (one picture) or is noted (a batch).
    """

    def __init__(
        self, content_type: bytes, field: bytes, *, maximum_files: int, maximum_bytes: int, refuse_early: bool
    ) -> None:
        _, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if not boundary:
            raise ProblemError("malformed-form", "the Content-Type of the form has no boundary: let a library set it")
        self.uploads: list[Upload] = []
        self._field = field
        self._maximum_files = maximum_files
        self._maximum_bytes = maximum_bytes
        self._refuse_early = refuse_early
        self._part: FilePart | None = None
        self._name = bytearray()
        self._value = bytearray()
        self._disposition = b""
        self._is_complete = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._add_name,
                    "on_header_value": self._add_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._open_part,
                    "on_part_data": self._add_data,
                    "on_part_end": self._end_part,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise self._malformed(str(error)) from error

    def _begin_part(self) -> None:
        self._disposition = b""

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _open_part(self) -> None:
        _, options = parse_options_header(self._disposition)
        if options.get(b"name") != self._field:
            self._part = None
            return
        if len(self.uploads) >= self._maximum_files:
            if self._refuse_early:
                raise ProblemError(
                    "invalid-request",
                    f"the form has more than one {self._field.decode()!r}: send one, or use /img_classify/batch",
                )
            raise ProblemError(
                "too-many-files", f"the batch has more than {self._maximum_files} pictures: split it and send the parts"
            )
        name = options.get(b"filename")
        if name is None and not self._refuse_early:
            raise ProblemError(
                "invalid-request",
                f"a field {self._field.decode()!r} is no file: give each part a filename, as curl does",
            )
        self._part = FilePart(name.decode("utf-8", "replace")[:LONGEST_NAME] if name else None, self._maximum_bytes)

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        if self._part is not None:
            self._part.add(data[start:end])
            if self._refuse_early and self._part.problem is not None:
                raise self._part.problem

    def _end_part(self) -> None:
        if self._part is not None:
            self.uploads.append(self._part.finish())
            self._part = None

    def _end(self) -> None:
        self._is_complete = True

    @staticmethod
    def _malformed(reason: str) -> ProblemError:
        return ProblemError("malformed-form", f"the multipart form cannot be read ({reason}): let a library build it")

    def add(self, piece: bytes) -> None:
        """Take in the next bytes of the body."""
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise self._malformed(str(error)) from error

    def finish(self) -> list[Upload]:
        """Give the files, when the body is complete."""
        if not self._is_complete:
            raise self._malformed("it ends before its last boundary")
        if not self.uploads:
            field = self._field.decode()
            raise ProblemError(
                "invalid-request",
                f"the form has no file in the field {field!r}: send one, as in `curl -F {field}=@a.jpg`",
            )
        return self.uploads


class UploadReader:
    """Takes in uploads under the limits of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def read_picture(self, exchange: Exchange, lease: BodyLease) -> Upload:
        """Read one picture: the field ``file`` of a form, or the whole body.

        Raises
        ------
        ProblemError
            400, 408, 413, 415, 422 or 503, as soon as it is clear.
        ClientLeftError
            If the connection closed.
        """
        limit = self._settings.maximum_body_bytes
        media_type = exchange.content_type.partition(b";")[0].strip().lower()
        if media_type == b"multipart/form-data":
            form = FormReader(exchange.content_type, b"file", maximum_files=1, maximum_bytes=limit, refuse_early=True)
            await self._receive(exchange, lease, form.add, limit, FORM_ALLOWANCE_BYTES)
            return form.finish()[0]
        if media_type not in RAW_TYPES:
            sent = media_type.decode("latin-1")[:100] or "missing"
            raise ProblemError(
                "unsupported-type",
                f"the Content-Type is {sent!r}: expected multipart/form-data with a field 'file', or the picture "
                f"itself as {', '.join(MEDIA_TYPES)} or application/octet-stream",
            )
        part = FilePart(None, limit)

        def add(piece: bytes) -> None:
            part.add(piece)
            if part.problem is not None:
                raise part.problem

        await self._receive(exchange, lease, add, limit)
        return part.finish()

    async def read_batch(self, exchange: Exchange, lease: BodyLease) -> list[Upload]:
        """Read many pictures: the fields ``files`` of a form; a refused one carries its problem."""
        settings = self._settings
        media_type = exchange.content_type.partition(b";")[0].strip().lower()
        if media_type != b"multipart/form-data":
            raise ProblemError("unsupported-type", "a batch is sent as multipart/form-data with fields 'files'")
        form = FormReader(
            exchange.content_type,
            b"files",
            maximum_files=settings.maximum_batch_files,
            maximum_bytes=settings.maximum_body_bytes,
            refuse_early=False,
        )
        await self._receive(exchange, lease, form.add, settings.maximum_batch_bytes, FORM_ALLOWANCE_BYTES)
        return form.finish()

    async def _receive(
        self, exchange: Exchange, lease: BodyLease, add: Callable[[bytes], None], limit: int, allowance: int = 0
    ) -> None:
        maximum_bytes = limit + allowance
        if exchange.declared_bytes is not None and exchange.declared_bytes > maximum_bytes:
            raise describe_size(limit)
        settings, loop = self._settings, asyncio.get_running_loop()
        deadline = loop.time() + settings.body_seconds
        try:
            async with asyncio.timeout(settings.body_idle_seconds) as timeout:
                while True:
                    message = await exchange.receive()
                    if message["type"] == "http.disconnect":
                        raise ClientLeftError
                    piece = message.get("body", b"")
                    if exchange.received_bytes > maximum_bytes:
                        raise describe_size(limit)
                    lease.take(len(piece))
                    if piece:
                        add(piece)
                    if not message.get("more_body", False):
                        return
                    timeout.reschedule(min(deadline, loop.time() + settings.body_idle_seconds))
        except TimeoutError:
            raise ProblemError(
                "slow-body",
                f"the body did not arrive: expected all of it within {settings.body_seconds:g} s and no pause "
                f"longer than {settings.body_idle_seconds:g} s; got {exchange.received_bytes:,} bytes",
            ) from None
