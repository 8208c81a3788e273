"""What a person names on the command line (files, folders, patterns, a list on standard input) as pictures."""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from src.errors import MissingToolError, UsageError

PICTURE_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp"})
"""In folders and patterns only such files are taken; a file that is named itself always is."""

STANDARD_INPUT: Final = "-"


@dataclass(frozen=True)
class FoundPictures:
    """What was found.

    Attributes
    ----------
    location
        Empty for files of this machine, else the URL that the names are relative to.
    names
        Paths as a person would write them, each once, in the order of the arguments, folders sorted.
    missing
        What was named and is not there, with the reason.
    """

    location: str
    names: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]


def find_pictures(arguments: Sequence[str], standard_input: TextIO, skip: Path | None = None) -> FoundPictures:
    """Find the pictures that arguments name.

    Parameters
    ----------
    arguments
        Files, folders (taken recursively), patterns such as ``scans/**/*.jpg``, ``-`` for a list on
        standard input (one path a line), or one URL that fsspec knows, such as ``s3://bucket/img``.
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
    remote = [name for name in arguments if "://" in name]
    if remote:
        if len(arguments) > 1:
            raise UsageError(
                f"{remote[0]}: a URL must be the only argument; classify local files in a run of their own"
            )
        return _find_remote(remote[0])
    names: dict[str, None] = {}
    missing: list[tuple[str, str]] = []
    for argument in _expand(arguments, standard_input):
        found = list(_find_local(argument, skip))
        names.update(dict.fromkeys(found))
        if not found:
            missing.append((argument, _explain(argument)))
    if not names and not missing:
        raise UsageError("the list on standard input is empty: expected one path a line")
    return FoundPictures("", tuple(names), tuple(missing))


def _expand(arguments: Iterable[str], standard_input: TextIO) -> Iterator[str]:
    for argument in arguments:
        if argument == STANDARD_INPUT:
            yield from (line.rstrip("\r\n") for line in standard_input if line.strip())
        else:
            yield argument


def _find_local(argument: str, skip: Path | None) -> Iterator[str]:
    if os.path.isfile(argument):  # noqa: PTH113 - names stay as they were typed
        yield argument
    elif os.path.isdir(argument):  # noqa: PTH112
        yield from _walk(argument, skip)
    elif glob.has_magic(argument):
        for match in sorted(glob.glob(argument, recursive=True)):  # noqa: PTH207
            if os.path.isdir(match):  # noqa: PTH112
                yield from () if "**" in argument else _walk(match, skip)
            elif _is_picture(match):
                yield match


def _walk(folder: str, skip: Path | None) -> Iterator[str]:
    left_out = None if skip is None else skip.resolve()
    for place, folders, files in os.walk(folder):
        if left_out is not None and Path(place).resolve() == left_out:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if _is_picture(name) and not name.startswith("."):
                yield os.path.join(place, name)  # noqa: PTH118


def _is_picture(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in PICTURE_SUFFIXES  # noqa: PTH122


def _explain(argument: str) -> str:
    if os.path.isdir(argument):  # noqa: PTH112
        return f"the folder holds no picture: expected files ending in {', '.join(sorted(PICTURE_SUFFIXES))}"
    if glob.has_magic(argument):
        return "the pattern matches no picture"
    return "there is no such file or folder"


def _find_remote(url: str) -> FoundPictures:
    import fsspec  # noqa: PLC0415 - only URLs need it

    try:
        filesystem, root = fsspec.core.url_to_fs(url)
        entries = filesystem.find(root)
    except ImportError as error:
        raise MissingToolError(f"{url} needs a package that is not installed: {error}") from error
    except (ValueError, OSError) as error:
        raise UsageError(f"{url} cannot be listed: {error}") from error
    prefix = root.rstrip("/") + "/"
    names = tuple(sorted(entry.removeprefix(prefix) for entry in entries if _is_picture(entry)))
    if not names:
        raise UsageError(f"{url} holds no picture: expected files ending in {', '.join(sorted(PICTURE_SUFFIXES))}")
    return FoundPictures(url, names, ())
