"""Append-only files of JSON lines: what a killed run leaves behind is whole but for its last line."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from src.errors import TableError

Record = dict[str, Any]


class Journal:
    """One JSON object a line, only ever appended to.

    Opening it reads what is there. A last line without its end is what a kill in the middle of a
    write leaves: it is cut off, and the next append begins on a line of its own.

    Parameters
    ----------
    path
        The file; made with its folder when it is missing.

    Raises
    ------
    TableError
        If a line other than the last cannot be read: somebody else wrote there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.records = self._read()
        self._stream: BinaryIO | None = None

    def _read(self) -> list[Record]:
        if not self.path.exists():
            return []
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with self.path.open("r+b") as stream:
                stream.truncate(whole)
        records = []
        for number, line in enumerate(content[:whole].splitlines(), start=1):
            try:
                record = json.loads(line)
            except ValueError as error:
                raise TableError(
                    f"{self.path}, line {number}, is not JSON: expected what the scraper wrote; "
                    "remove the file, and what it listed is listed again"
                ) from error
            records.append(record)
        return records

    def append(self, records: Iterable[Record], *, is_synced: bool = True) -> None:
        """Append records in one write.

        Parameters
        ----------
        records
            What to append.
        is_synced
            Wait until the disk has them. Without it they survive the death of this process, though
            not a power failure.
        """
        lines = [json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records]
        if not lines:
            return
        if self._stream is None:
            self._stream = self.path.open("ab")
        self._stream.write(("\n".join(lines) + "\n").encode())
        self._stream.flush()
        if is_synced:
            os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Close the file, with everything on the disk; a later append opens it again."""
        stream, self._stream = self._stream, None
        if stream is not None:
            os.fsync(stream.fileno())
            stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
