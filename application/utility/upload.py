"""Taking in what a client sends: counted, timed and refused while it arrives."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from typing import Final

from application.exchange import Exchange
from application.problems import ProblemError
from application.settings import FORM_ALLOWANCE_BYTES, Settings
from application.utility.body_memory import BodyLease
from application.utility.file_part import FilePart, Upload, describe_size
from application.utility.form import FormReader
from src.features.image_header import MEDIA_TYPES

RAW_TYPES: Final = frozenset({*(name.encode() for name in MEDIA_TYPES), b"image/jpg", b"application/octet-stream"})


class ClientLeftError(Exception):
    """The client closed the connection before its body was complete."""


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
            form = FormReader(exchange.content_type, "file", maximum_files=1, maximum_bytes=limit, refuse_early=True)
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
            "files",
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
            # a clock costs as much as parsing a form, and most bodies are here already
            async with nullcontext() if exchange.is_whole else asyncio.timeout(settings.body_idle_seconds) as timeout:
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
                    if timeout is not None:
                        timeout.reschedule(min(deadline, loop.time() + settings.body_idle_seconds))
        except TimeoutError:
            raise ProblemError(
                "slow-body",
                f"the body did not arrive: expected all of it within {settings.body_seconds:g} s and no pause "
                f"longer than {settings.body_idle_seconds:g} s; got {exchange.received_bytes:,} bytes",
            ) from None
