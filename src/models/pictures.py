"""Pictures of a person: found by what stands on the command line, measured in parallel, and classified."""

# ruff: noqa: PTH100, PTH112, PTH114, PTH116, PTH118, PTH122, PTH207 - names stay as they were typed

import codecs
import glob
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.text import Text

from src.command import make_printable
from src.errors import MissingToolError, TableError, UsageError
from src.features.colour_profile import ProfileOutcome
from src.features.decode_image import MAXIMUM_MEMORY
from src.features.image_header import PICTURE_SUFFIXES, SIGNATURE_BYTES, find_kind, identify_other_kind
from src.features.image_store import MAXIMUM_BYTES, ImageStore, explain_file_type, open_remote
from src.features.measure_image import (
    ImageBatch,
    MeasuredPicture,
    measure_batch,
    measure_batch_isolated,
    measure_content,
)
from src.features.reduce_image import crop_thumbnail, reduce_image
from src.features.schema import FEATURE_COUNT, BGRImage
from src.models.artefacts import ColourModel, Prediction
from src.parallel import map_with_progress, parallel_backend
from src.user_tables import read_labelled_names

OTHER_PICTURE_SUFFIXES: Final = (
    *(".heic", ".heif", ".jxl", ".jp2", ".j2k", ".psd", ".svg", ".ico"),
    *(".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf"),
)
"""Pictures that the decoder refuses by name: in folders they are taken as well, so that they are not lost silently."""

NO_PICTURE: Final = f"holds no picture: expected files ending in {', '.join(PICTURE_SUFFIXES)}"
STANDARD_INPUT: Final = "-"
FILE_URL: Final = re.compile(r"file:(?://(?:localhost)?)?(?=/)", re.IGNORECASE)  # RFC 8089
BATCH_PICTURES: Final = 32
SMALL_JOB: Final = 96
"""Fewer pictures than this are done before a second process has started."""


class ClassifiedPicture(NamedTuple):
    """The answer for one file, or the reason why there is none; and what was done about a profile other than sRGB."""

    path: str
    prediction: Prediction | None
    reason: str
    profile: ProfileOutcome | None


class MeasuredPictures(NamedTuple):
    """Features and colours of the pictures that could be measured, and what could not, with the reasons."""

    features: NDArray[np.float64]
    colours: NDArray[np.str_]
    failures: list[tuple[str, str]]


class FoundPictures:
    """What was found, each file of this machine once by its real path.

    ``location`` is empty for files of this machine, else the URL that the names are relative to; ``missing`` is what
    was named or looks like a picture and cannot be read, with the reason; ``content`` the picture that came on
    standard input itself, if one did.
    """

    def __init__(self, location: str = "", names: Sequence[str] = (), skip: Path | None = None) -> None:
        self.location = location
        self.missing: list[tuple[str, str]] = []
        self.content: bytes | None = None
        self._paths = dict(zip(names, names, strict=True))  # as named, by the real ones
        self._links: dict[str, str] = {}
        self._others: Counter[str] = Counter()
        self._skip = None if skip is None else os.path.join(os.path.realpath(skip), "")

    @property
    def names(self) -> tuple[str, ...]:
        """Paths as a person would write them, in the order of the arguments, folders sorted."""
        return tuple(self._paths.values())

    @property
    def passed_over(self) -> list[str]:
        """What else lay in the folders, in words."""
        advice = "a link to a folder is not followed; name it itself to have its pictures"
        lines = [f"{link}: {advice}" for link in self._links.values()]
        if self._others:
            kinds = ", ".join(f"{suffix} {count:,}" for suffix, count in sorted(self._others.items()))
            lines.append(f"{self._others.total():,} files of other kinds by their names ({kinds})")
        return lines

    def take_standard_input(self, stream: BinaryIO) -> None:
        """Take a picture, or what a list names, in whatever bytes the file system uses."""
        content = stream.read(MAXIMUM_BYTES + 1)
        beginning = content[:SIGNATURE_BYTES]
        is_path = os.path.lexists(os.fsdecode(content.partition(b"\n")[0].rstrip(b"\r")))
        if not is_path and (content.startswith(b"\0") or find_kind(beginning) or identify_other_kind(beginning)):
            self.content = content
            return
        if len(content) > MAXIMUM_BYTES:
            raise UsageError(f"the list on standard input has more than {MAXIMUM_BYTES:,} bytes: give it in parts")
        content = content.removeprefix(codecs.BOM_UTF8)
        for name in content.split(b"\0") if b"\0" in content else content.splitlines():
            if name.strip():
                self.take_argument(os.fsdecode(name))

    def take_argument(self, argument: str) -> None:
        """Take a file, what lies in a folder, or what matches a pattern."""
        # everything in a folder, as its name alone says
        name = str(Path(argument).parent) if Path(argument).name == "**" else argument
        if os.path.isdir(name):
            paths, reason = self._walk(name), f"the folder {NO_PICTURE}"
        elif glob.has_magic(argument) and not os.path.lexists(argument):
            paths, reason = self._match(name), "the pattern matches no picture"
        else:
            self._take_file(argument)
            return
        taken = [self._take_found(path) for path in paths]
        if not any(taken):
            self.missing.append((argument, reason))

    def _match(self, pattern: str) -> Iterator[str]:
        """Give the files that match a pattern, and those of folders that do, sorted."""
        parts = Path(pattern).parts
        if "**" in parts:  # a Path does not follow links there, of which a loop has no end
            magic = next(number for number, part in enumerate(parts) if glob.has_magic(part))
            base = Path(*parts[:magic])
            list(self._walk(str(base)))  # notes the links that are not followed
            found = sorted(base.glob("/".join(parts[magic:])))
            matches = [str(path) for path in found if not any(part[0] == "." for part in path.relative_to(base).parts)]
        else:
            matches = sorted(glob.glob(pattern))
        for match in matches:
            yield from self._walk(match) if os.path.isdir(match) else [match]

    def _walk(self, folder: str) -> Iterator[str]:
        """Give the files below a folder; links to folders are noted and not followed, so that loops have an end."""
        for place, folders, files in os.walk(folder, onerror=self._note_error):
            folders[:] = sorted(
                name for name in folders if name[0] != "." and not self._is_skipped(os.path.join(place, name))
            )
            for name in folders:
                if os.path.islink(link := os.path.join(place, name)):
                    self._links[os.path.abspath(link)] = link
            yield from (os.path.join(place, name) for name in sorted(files) if name[0] != ".")

    def _note_error(self, error: OSError) -> None:
        self.missing.append((os.fsdecode(error.filename), f"the folder cannot be read: {error.strerror}"))

    def _take_found(self, path: str) -> bool:
        """Take a file that nobody named itself, if it is a picture by its name; say whether it is."""
        suffix = os.path.splitext(path)[1].lower()
        if suffix in PICTURE_SUFFIXES or suffix in OTHER_PICTURE_SUFFIXES:
            return self._take_file(path)
        self._others[suffix or "no suffix"] += 1
        return False

    def _take_file(self, path: str) -> bool:
        """Take a file, or note why not; False only where skipped."""
        if self._is_skipped(path):
            return False
        if reason := _explain_file(path):
            self.missing.append((path, reason))
        else:
            self._paths.setdefault(os.path.realpath(path), path)
        return True

    def _is_skipped(self, path: str) -> bool:
        return self._skip is not None and os.path.join(os.path.realpath(path), "").startswith(self._skip)


def _explain_file(path: str) -> str:
    """Say why a path cannot be read as a picture; empty if it is a regular file."""
    try:
        return explain_file_type(os.stat(path).st_mode)
    except FileNotFoundError:
        return "a broken link" if os.path.islink(path) else "there is no such file or folder"
    except (OSError, ValueError) as error:  # a loop of links, no permission, a NUL in the name
        return f"it cannot be read: {getattr(error, 'strerror', None) or error}"


def find_pictures(arguments: Sequence[str], standard_input: BinaryIO, skip: Path | None = None) -> FoundPictures:
    """Find the pictures that arguments name; raise UsageError if there is nothing at all.

    An argument is a file, a folder (taken recursively), a pattern such as ``scans/**/*.jpg``, ``-`` for standard
    input (a list of paths, one a line or separated by NUL, or one picture), a ``file://`` URL, or the only one: a URL
    that fsspec knows, such as ``s3://bucket/img``. Pictures in the folder ``skip`` are left out.
    """
    for name in arguments:
        if "://" in name and not FILE_URL.match(name):
            if len(arguments) > 1:
                raise UsageError(f"{name}: a URL must be the only argument; classify local files in a run of their own")
            return _find_remote(name)
    found = FoundPictures(skip=skip)
    for argument in arguments:
        if argument == STANDARD_INPUT:
            found.take_standard_input(standard_input)
        else:
            found.take_argument(unquote(FILE_URL.sub("", argument)) if FILE_URL.match(argument) else argument)
    if found.content is None and not found.names and not found.missing:
        raise UsageError("the list on standard input is empty: expected one path a line")
    return found


def _find_remote(url: str) -> FoundPictures:
    try:
        filesystem, root = open_remote(url)
        if filesystem.isfile(root):
            place, _, name = url.rpartition("/")
            return FoundPictures(place, [name])
        entries = filesystem.find(root)
    except MissingToolError as error:
        if url.startswith("http"):
            raise UsageError(f"{url}: web addresses are not fetched; save the picture and name its file") from error
        raise
    except OSError as error:
        raise UsageError(f"{url} cannot be listed: {error}") from error
    prefix = root.rstrip("/") + "/"
    names = sorted(entry.removeprefix(prefix) for entry in entries if entry.lower().endswith(PICTURE_SUFFIXES))
    if not names:
        raise UsageError(f"{url} {NO_PICTURE}")
    return FoundPictures(url, names)


def classify_pictures(
    found: FoundPictures,
    model: ColourModel,
    jobs: int = -1,
    dask: str | None = None,
    maximum_memory: int = MAXIMUM_MEMORY,
) -> list[ClassifiedPicture]:
    """Classify files in the order of their names, the one on standard input first, with a progress bar.

    A file that is no picture, or whose decoding would take more than ``maximum_memory`` bytes, has a reason.
    """
    store, names = ImageStore(found.location), found.names
    pictures: list[MeasuredPicture] = []
    if found.content is not None:
        pictures.append(measure_content(found.content, ImageBatch(store, (STANDARD_INPUT,), maximum_memory)))
        names = (STANDARD_INPUT, *names)
    with parallel_backend(1 if dask is None and len(names) < SMALL_JOB else jobs, dask):
        pictures += _measure(store, found.names, "classify", maximum_memory=maximum_memory)
    features = [picture.features for picture in pictures if picture.features is not None]
    answers = iter(model.predict_features(np.asarray(features).reshape(-1, FEATURE_COUNT)))
    return [
        ClassifiedPicture(
            name,
            None if picture.features is None else next(answers),
            picture.reason,
            picture.profile if picture.profile and picture.profile.action in {"converted", "kept"} else None,
        )
        for name, picture in zip(names, pictures, strict=True)
    ]


def _measure(
    store: ImageStore,
    names: Sequence[str],
    description: str,
    scale: Callable[[BGRImage], BGRImage] = reduce_image,
    maximum_memory: int = MAXIMUM_MEMORY,
) -> Iterator[MeasuredPicture]:
    starts = range(0, len(names), BATCH_PICTURES)
    batches = map_with_progress(
        measure_batch,
        [ImageBatch(store, names[start : start + BATCH_PICTURES], maximum_memory, scale) for start in starts],
        description=description,
        total=len(names),
        unit="pictures",
        count=len,
        rescue=measure_batch_isolated,
    )
    return chain.from_iterable(batches)


def show_failures(console: Console, failures: Sequence[tuple[str, str]]) -> None:
    """Print the files without an answer and why."""
    if not failures:
        return
    console.print(Text(f"{len(failures)} without an answer:", "bold red"))
    for path, reason in failures:
        shown = Text.assemble("  ", (make_printable(path), "bold"), ": ", make_printable(reason))
        console.print(shown, soft_wrap=True)


def read_labels(path: Path) -> list[tuple[str, str]]:
    """Read file names and colours (:func:`src.user_tables.read_labelled_names`); rows without a colour are left out."""
    _, names, colours = read_labelled_names(path)
    labels = [(name, colour) for name, colour in zip(names, colours, strict=True) if colour is not None]
    if not labels:
        raise TableError(f"{path} has {len(names)} rows and no colour in any: expected at least one")
    return labels


def measure_labelled_pictures(
    folder: Path, labels: Sequence[tuple[str, str]], *, crop: bool = False
) -> MeasuredPictures:
    """Measure pictures of a folder by file names and colours, where :func:`src.parallel.parallel_backend` says.

    With ``crop`` the centre-cropped thumbnail (:func:`src.features.reduce_image.crop_thumbnail`) is measured and not
    the whole picture. UsageError is raised if no picture could be measured.
    """
    names, colours = zip(*labels, strict=True)
    pictures = list(_measure(ImageStore(str(folder)), names, "measure", crop_thumbnail if crop else reduce_image))
    failures = [(name, found.reason) for name, found in zip(names, pictures, strict=True) if found.features is None]
    if len(failures) == len(labels):
        raise UsageError(f"{folder}: none of the {len(labels)} labelled pictures could be measured ({failures[:1]})")
    features = [picture.features for picture in pictures if picture.features is not None]
    is_measured = [picture.features is not None for picture in pictures]
    return MeasuredPictures(np.asarray(features), np.asarray(colours, dtype=str)[is_measured], failures)
