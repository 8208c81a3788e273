"""The files of a multipart form, taken out of it while it arrives."""

from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from application.problems import ProblemError
from application.utility.file_part import FilePart, Upload

__all__ = ["FormReader"]

LONGEST_NAME: Final = 255


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
