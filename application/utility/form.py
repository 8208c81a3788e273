"""The files of a multipart form, taken out of it while it arrives."""

from typing import Final

from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from application.problems import ProblemError
from application.utility.file_part import FilePart, Upload

LONGEST_NAME: Final = 255

OTHER_FIELDS: Final = 64
"""A form may have so many fields beside its files; they are passed over."""


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
        self, content_type: bytes, field: str, *, maximum_files: int, maximum_bytes: int, refuse_early: bool
    ) -> None:
        _, options = parse_options_header(content_type.decode("latin-1"))
        boundary = options.get("boundary")
        if not boundary:
            raise ProblemError("malformed-form", "the Content-Type of the form has no boundary: let a library set it")
        self.uploads: list[Upload] = []
        self._field = field
        self._maximum_files = maximum_files
        self._maximum_bytes = maximum_bytes
        self._refuse_early = refuse_early
        self._part: FilePart | None = None
        try:
            # names are decoded by us: one that is not UTF-8 is no reason to refuse the picture
            self._parser = PushMultipartParser(
                boundary.encode("latin-1"),
                max_segment_count=maximum_files + 1 + OTHER_FIELDS,
                header_charset="latin-1",
            )
        except MultipartError as error:
            raise self._malformed(error) from error

    def add(self, piece: bytes) -> None:
        """Take in the next bytes of the body."""
        try:
            for event in self._parser.parse(piece):
                if event is None:
                    self._end_part()
                elif isinstance(event, MultipartSegment):
                    self._open_part(event)
                elif self._part is not None:
                    self._part.add(event)
                    if self._refuse_early and self._part.problem is not None:
                        raise self._part.problem
        except MultipartError as error:
            raise self._malformed(error) from error

    def finish(self) -> list[Upload]:
        """Give the files, when the body is complete."""
        try:
            self._parser.close()
        except MultipartError:
            raise self._malformed("it ends before its last boundary") from None
        if not self.uploads:
            raise ProblemError(
                "invalid-request",
                f"the form has no file in the field {self._field!r}: send one, as in `curl -F {self._field}=@a.jpg`",
            )
        return self.uploads

    def _open_part(self, segment: MultipartSegment) -> None:
        if segment.name != self._field:
            self._part = None
            return
        if len(self.uploads) >= self._maximum_files:
            if self._refuse_early:
                raise ProblemError(
                    "invalid-request",
                    f"the form has more than one {self._field!r}: send one, or use /img_classify/batch",
                )
            raise ProblemError(
                "too-many-files", f"the batch has more than {self._maximum_files} pictures: split it and send the parts"
            )
        name = segment.filename
        if name is None and not self._refuse_early:
            raise ProblemError(
                "invalid-request", f"a field {self._field!r} is no file: give each part a filename, as curl does"
            )
        self._part = FilePart(_decode_name(name) if name else None, self._maximum_bytes)

    def _end_part(self) -> None:
        if self._part is not None:
            self.uploads.append(self._part.finish())
            self._part = None

    @staticmethod
    def _malformed(reason: object) -> ProblemError:
        return ProblemError("malformed-form", f"the multipart form cannot be read ({reason}): let a library build it")


def _decode_name(name: str) -> str:
    return name.encode("latin-1", "replace").decode("utf-8", "replace")[:LONGEST_NAME]
