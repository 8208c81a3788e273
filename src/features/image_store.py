"""Where pictures are read from: a folder or a URL, ahead of the decoder and never without end."""

import os
import stat
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from src.errors import ImageTooLargeError, MissingToolError, UsageError

MAXIMUM_BYTES: Final = 64_000_000
"""Larger files are refused unread: a thumbnail has some 10,000 bytes."""

READ_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Opening a pipe does not wait for a writer; regular files are read as ever."""

LOCAL_BLOCK: Final = 16
"""Files that one reading thread takes at a time from a disk; a hand-over costs some 50 µs."""

REMOTE_READERS: Final = 16
"""Requests under way at once to a store over the network, where waiting is most of the time."""


@dataclass(frozen=True)
class ImageStore:
    """A place with pictures: a folder, or any URL that fsspec knows, as ``s3://bucket/img``, ``gs://…``, ``https://…``.

    Workers of a cluster read from it themselves, so a URL needs no shared disk.
    """

    location: str

    @property
    def is_remote(self) -> bool:
        """Whether the location is a URL."""
        return "://" in self.location

    def check(self) -> None:
        """See that the place is there: UsageError if not, MissingToolError if the package for such URLs is not."""
        if not self.is_remote:
            if not Path(self.location).is_dir():
                raise UsageError(f"{self.location} is not a folder: expected the one with the pictures")
            return
        filesystem, root = open_remote(self.location)
        try:
            is_there = filesystem.exists(root)
        except OSError as error:
            raise UsageError(f"{self.location} does not answer: {error}") from error
        if not is_there:
            raise UsageError(f"{self.location} is not there: expected the place with the pictures")

    def describe_file(self, name: str) -> str:
        """Return what changes when a file does (size and time), as far as it can be had without reading it."""
        if self.is_remote:
            return ""
        try:
            state = Path(self.location, name).stat()
        except OSError:
            return "missing"
        return f"{state.st_size} {state.st_mtime_ns}"

    def read_many(self, names: Sequence[str]) -> Iterator[bytes | Exception]:
        """Read files in the order given, ahead of who takes them; what kept one from being read stands in its place."""
        read: Callable[[str], bytes] = _read_local
        if self.is_remote:
            filesystem, root = open_remote(self.location)
            # of S3 a stream is one request less
            read = partial(_read_remote, filesystem, {"seekable": False} if self.location.startswith("s3") else {})
            paths, block, readers = [f"{root.rstrip('/')}/{name}" for name in names], 1, REMOTE_READERS
        else:
            paths, block, readers = [os.path.join(self.location, name) for name in names], LOCAL_BLOCK, 1  # noqa: PTH118
        running: deque[Future[list[bytes | Exception]]] = deque()
        pool = ThreadPoolExecutor(readers, thread_name_prefix="read-ahead")
        try:
            for start in range(0, len(paths), block):
                running.append(pool.submit(_read_block, read, paths[start : start + block]))
                if len(running) > readers:
                    yield from running.popleft().result()
            while running:
                yield from running.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def open_remote(url: str) -> tuple[Any, str]:
    """Open the file system of a URL; give it and the path there. UsageError if no file system has that scheme."""
    import fsspec  # noqa: PLC0415 - only URLs need it

    scheme, _, place = url.partition("://")
    if scheme in {"s3", "s3a"}:
        return _connect_s3(), place.rstrip("/")
    try:
        return fsspec.core.url_to_fs(url)  # type: ignore[no-any-return]
    except ImportError as error:
        raise MissingToolError(f"{url} needs a package that is not installed: {error}") from error
    except ValueError as error:
        raise UsageError(f"{url} cannot be read: {error}") from error


def _connect_s3() -> Any:
    """Open S3 by Arrow, which we have for Parquet; region, keys and endpoint are those of the usual AWS variables."""
    from fsspec.implementations.arrow import ArrowFSWrapper  # noqa: PLC0415 - only s3:// needs it
    from pyarrow.fs import AwsStandardS3RetryStrategy, S3FileSystem  # noqa: PLC0415 - as above

    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    return ArrowFSWrapper(
        S3FileSystem(endpoint_override=endpoint, retry_strategy=AwsStandardS3RetryStrategy(max_attempts=5))
    )


def _read_block(read: Callable[[str], bytes], paths: Sequence[str]) -> list[bytes | Exception]:
    contents: list[bytes | Exception] = []
    for path in paths:
        try:
            content = read(path)
            if len(content) > MAXIMUM_BYTES:
                raise ImageTooLargeError(f"the file has more than {MAXIMUM_BYTES:,} bytes: expected a picture")
            contents.append(content)
        except Exception as error:  # noqa: BLE001 - a worker's border: every store has errors of its own
            contents.append(error)
    return contents


def _read_remote(filesystem: Any, options: dict[str, Any], path: str) -> bytes:
    with filesystem.open(path, "rb", **options) as stream:
        content: bytes = stream.read(MAXIMUM_BYTES + 1)
    return content


def _read_local(path: str) -> bytes:
    with os.fdopen(os.open(path, READ_FLAGS), "rb") as stream:
        state = os.fstat(stream.fileno())  # of the file that is open, whatever takes its name meanwhile
        if reason := explain_file_type(state.st_mode):
            raise UsageError(reason)
        return stream.read(min(state.st_size, MAXIMUM_BYTES) + 1)


def explain_file_type(mode: int) -> str:
    """Say what stands in the way of reading a file as a picture, by its ``st_mode``; empty if nothing does."""
    if stat.S_ISREG(mode):
        return ""
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    kind = kinds.get(stat.S_IFMT(mode), "a device")
    return f"{kind}, no regular file: expected a picture's file, or its content on standard input (-)"
