"""What a person names on the command line (files, folders, patterns, a list on standard input) as pictures."""

# ruff: noqa: PTH100, PTH112, PTH114, PTH116, PTH118, PTH122, PTH207 - names stay as they were typed

import codecs
import glob
import os
import re
import stat
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import unquote

from src.errors import ImageTypeError, MissingToolError, UsageError
from src.features.image_header import PICTURE_SUFFIXES, SIGNATURE_BYTES, identify_kind, identify_other_kind
from src.features.image_store import MAXIMUM_BYTES, explain_file_type

OTHER_PICTURE_SUFFIXES: Final = (
    *(".heic", ".heif", ".jxl", ".jp2", ".j2k", ".psd", ".svg", ".ico"),
    *(".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf"),
)
"""Pictures that the decoder refuses by name: in folders they are taken as well, so that they are not lost silently."""

STANDARD_INPUT: Final = "-"
FILE_URL: Final = re.compile(r"file:(?://(?:localhost)?)?(?=/)", re.IGNORECASE)  # RFC 8089


@dataclass(frozen=True)
class FoundPictures:
    """What was found.

    Attributes
    ----------
    location
        Empty for files of this machine, else the URL that the names are relative to.
    names
        Paths as a person would write them, each file once, in the order of the arguments, folders sorted.
    missing
        What was named or looks like a picture and cannot be read, with the reason.
    passed_over
        What else lay in the folders, in words.
    content
        The picture that came on standard input itself, if one did.
    """

    location: str
    names: tuple[str, ...]
    missing: tuple[tuple[str, str], ...] = ()
    passed_over: tuple[str, ...] = ()
    content: bytes | None = None


def find_pictures(arguments: Sequence[str], standard_input: BinaryIO, skip: Path | None = None) -> FoundPictures:
    """Find the pictures that arguments name.

    Parameters
    ----------
    arguments
        Files, folders (taken recursively), patterns such as ``scans/**/*.jpg``, ``-`` for standard input (a
        list of paths, one a line or separated by NUL, or one picture), ``file://`` URLs, or one URL that
        fsspec knows, such as ``s3://bucket/img``.
    standard_input
        Read where ``-`` is among the arguments.
    skip
        A folder whose pictures are left out (where sorted copies go).

    Returns
    -------
    FoundPictures

    Raises
    ------
    UsageError
        If nothing at all was found.
    """
    remote = [name for name in arguments if "://" in name and not FILE_URL.match(name)]
    if remote:
        if len(arguments) > 1:
            raise UsageError(
                f"{remote[0]}: a URL must be the only argument; classify local files in a run of their own"
            )
        return _find_remote(remote[0])
    search = _Search(None if skip is None else os.path.realpath(skip))
    content = None
    for argument in arguments:
        if argument == STANDARD_INPUT:
            content, listed = _read_standard_input(standard_input)
            for name in listed:
                search.take_argument(name)
        else:
            search.take_argument(_strip_scheme(argument))
    if content is None and not search.names and not search.missing:
        raise UsageError("the list on standard input is empty: expected one path a line")
    return FoundPictures("", tuple(search.names.values()), tuple(search.missing), search.describe_others(), content)


def _strip_scheme(argument: str) -> str:
    """Turn a ``file://`` URL into a path, percent signs decoded unless a file is called just so."""
    found = FILE_URL.match(argument)
    if not found or os.path.lexists(argument):
        return argument
    path = argument[found.end() :]
    return path if os.path.lexists(path) else unquote(path)


def _read_standard_input(stream: BinaryIO) -> tuple[bytes | None, list[str]]:
    """Read a picture, or a list of paths in whatever bytes the file system uses."""
    content = stream.read(MAXIMUM_BYTES + 1)
    beginning = content[:SIGNATURE_BYTES]
    try:
        is_picture = bool(identify_kind(beginning))
    except ImageTypeError:  # what we know and do not take is refused by its name, unless it is a file's name
        is_path = os.path.lexists(os.fsdecode(content.partition(b"\n")[0].rstrip(b"\r")))
        is_picture = content.startswith(b"\0") or bool(identify_other_kind(beginning) and not is_path)
    if is_picture:
        return content, []
    if len(content) > MAXIMUM_BYTES:
        raise UsageError(f"the list on standard input has more than {MAXIMUM_BYTES:,} bytes: give it in parts")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # PowerShell's
        content = content.decode("utf-16", "replace").encode()
    content = content.removeprefix(codecs.BOM_UTF8)
    names = content.split(b"\0") if b"\0" in content else content.splitlines()
    return None, [os.fsdecode(name) for name in names if name.strip()]


@dataclass
class _Search:
    """Files of this machine, each once by its real path."""

    skip: str | None
    names: dict[str, str] = field(default_factory=dict)
    missing: list[tuple[str, str]] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)

    def take_argument(self, argument: str) -> None:
        if os.path.isdir(argument):
            found = self._take_folder(argument)
        elif glob.has_magic(argument) and not os.path.lexists(argument):
            found = [self._take_match(match) for match in self._match(argument)]
        else:
            self._take_file(argument)
            return
        if not any(found):
            self.missing.append((argument, _explain_nothing(argument)))

    def _take_match(self, match: str) -> bool:
        return any(self._take_folder(match)) if os.path.isdir(match) else self._take_found(match)

    def _match(self, pattern: str) -> Iterator[str]:
        """Give the paths that match a pattern, sorted; ``**`` does not follow links, of which a loop has no end."""
        parts = Path(pattern).parts
        if "**" not in parts:
            yield from sorted(glob.glob(pattern))
            return
        if parts[-1] == "**":
            parts = parts[:-1]
        magic = next((number for number, part in enumerate(parts) if glob.has_magic(part)), len(parts))
        base = Path(*parts[:magic])
        if magic == len(parts):
            yield str(base)
            return
        for match in sorted(base.glob("/".join(parts[magic:]))):
            if not any(part.startswith(".") for part in match.relative_to(base).parts):
                yield str(match)
        deque(self._walk(str(base)), maxlen=0)  # for the links that were not followed

    def _take_folder(self, folder: str) -> list[bool]:
        return [self._take_found(path) for path in self._walk(folder)]

    def _walk(self, folder: str) -> Iterator[str]:
        """Give the files below a folder; links to folders are noted and not followed, so that loops have an end."""
        for place, folders, files in os.walk(folder, onerror=self._note_error):
            folders[:] = sorted(name for name in folders if name[0] != "." and not self._is_skipped(place, name))
            for name in folders:
                if os.path.islink(link := os.path.join(place, name)):
                    self.links[os.path.abspath(link)] = link
            yield from (os.path.join(place, name) for name in sorted(files) if name[0] != ".")

    def _note_error(self, error: OSError) -> None:
        self.missing.append((os.fsdecode(error.filename), f"the folder cannot be read: {error.strerror}"))

    def _take_found(self, path: str) -> bool:
        """Take a file that nobody named itself, if it is a picture by its name."""
        suffix = os.path.splitext(path)[1].lower()
        if suffix in PICTURE_SUFFIXES or suffix in OTHER_PICTURE_SUFFIXES:
            return self._take_file(path)
        self.others[suffix or "no suffix"] += 1
        return False

    def _take_file(self, path: str) -> bool:
        """Take a file, or note why not; False only where skipped."""
        if self._is_skipped(path):
            return False
        real = os.path.realpath(path)
        if reason := _explain_file(path):
            self.missing.append((path, reason))
        else:
            self.names.setdefault(real, path)
        return True

    def _is_skipped(self, *parts: str) -> bool:
        if self.skip is None:
            return False
        return f"{os.path.realpath(os.path.join(*parts))}{os.sep}".startswith(f"{self.skip}{os.sep}")

    def describe_others(self) -> tuple[str, ...]:
        lines = [
            f"{link}: a link to a folder is not followed; name it itself to have its pictures"
            for link in self.links.values()
        ]
        if self.others:
            kinds = ", ".join(f"{suffix} {count:,}" for suffix, count in sorted(self.others.items()))
            lines.append(f"{self.others.total():,} files of other kinds by their names ({kinds})")
        return tuple(lines)


def _explain_file(path: str) -> str:
    """Say why a path cannot be read as a picture; empty if it is a regular file."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return "a broken link" if os.path.islink(path) else "there is no such file or folder"
    except (OSError, ValueError) as error:  # a loop of links, no permission, a NUL in the name
        return f"it cannot be read: {getattr(error, 'strerror', None) or error}"
    return explain_file_type(mode) or ("" if stat.S_ISREG(mode) else "no regular file")


def _explain_nothing(argument: str) -> str:
    if os.path.isdir(argument):
        return f"the folder holds no picture: expected files ending in {', '.join(PICTURE_SUFFIXES)}"
    return "the pattern matches no picture"


def _find_remote(url: str) -> FoundPictures:
    import fsspec  # noqa: PLC0415 - only URLs need it

    try:
        filesystem, root = fsspec.core.url_to_fs(url)
        if filesystem.isfile(root):
            place, _, name = url.rpartition("/")
            return FoundPictures(place, (name,))
        entries = filesystem.find(root)
    except ImportError as error:
        if url.startswith("http"):
            raise UsageError(f"{url}: web addresses are not fetched; save the picture and name its file") from error
        raise MissingToolError(f"{url} needs a package that is not installed: {error}") from error
    except (ValueError, OSError) as error:
        raise UsageError(f"{url} cannot be listed: {error}") from error
    prefix = root.rstrip("/") + "/"
    names = tuple(sorted(entry.removeprefix(prefix) for entry in entries if entry.lower().endswith(PICTURE_SUFFIXES)))
    if not names:
        raise UsageError(f"{url} holds no picture: expected files ending in {', '.join(PICTURE_SUFFIXES)}")
    return FoundPictures(url, names)
