"""Pictures into one folder per colour, and onto a contact sheet by colour."""

import filecmp
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import Final

from src.errors import ProjectError, UsageError
from src.features.image_store import ImageStore
from src.features.measure_image import read_picture
from src.features.schema import BGRImage
from src.files import replace_file
from src.models.classify_pictures import ClassifiedPicture

SHEET_COLUMNS: Final = 12
SHEET_ROWS: Final = 2


def sort_pictures(pictures: Iterable[ClassifiedPicture], folder: Path, *, as_links: bool) -> int:
    """Copy or link each picture into ``folder/COLOUR/``.

    Nothing is overwritten: a file of the same name and content counts as done, one of another
    content makes the new one ``name-2.jpg``. The originals stay where they are.

    Parameters
    ----------
    pictures
        Classified files of this machine; those without an answer are left out.
    folder
        Made if missing.
    as_links
        Symbolic links instead of copies.

    Returns
    -------
    int
        How many files were made.

    Raises
    ------
    UsageError
        If the folder cannot be written.
    """
    made = 0
    try:
        for picture in pictures:
            if picture.prediction is not None:
                made += _place(Path(picture.path), folder / picture.prediction.colour, as_links=as_links)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error}; name another folder with --sort-into") from error
    return made


def _place(source: Path, folder: Path, *, as_links: bool) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / source.name
    for number in count(2):
        if not os.path.lexists(target):
            break
        if _is_same(source, target):
            return False
        target = folder / f"{source.stem}-{number}{source.suffix}"
    if as_links:
        target.symlink_to(source.resolve())
    else:
        with replace_file(target) as temporary:
            shutil.copy2(source, temporary)
    return True


def _is_same(source: Path, target: Path) -> bool:
    return target.exists() and (target.samefile(source) or filecmp.cmp(source, target, shallow=False))


def save_contact_sheet(pictures: Sequence[ClassifiedPicture], location: str, path: Path) -> None:
    """Draw the surest pictures of each colour, up to 24 of each, on one sheet.

    Parameters
    ----------
    pictures
        Classified files.
    location
        Where they are (:class:`src.models.find_pictures.FoundPictures`).
    path
        PNG or JPEG file to write.

    Raises
    ------
    UsageError
        If no picture has an answer.
    """
    from src.visualization.contact_sheet import fit_picture, make_colour_sheet  # noqa: PLC0415 - needs matplotlib
    from src.visualization.output import save_picture  # noqa: PLC0415

    by_colour: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for picture in pictures:
        if picture.prediction is not None:
            by_colour[picture.prediction.colour].append((-picture.prediction.probability, picture.path))
    if not by_colour:
        raise UsageError("there is no picture for the contact sheet: none has an answer")
    store = ImageStore(location)
    images = {
        colour: _read_small(store, [name for _, name in sorted(ranked)[: SHEET_COLUMNS * SHEET_ROWS]], fit_picture)
        for colour, ranked in by_colour.items()
    }
    notes = {colour: f"{len(ranked):,}" for colour, ranked in by_colour.items()}
    save_picture(make_colour_sheet(images, columns=SHEET_COLUMNS, rows=SHEET_ROWS, notes=notes), path)


def _read_small(store: ImageStore, names: Sequence[str], fit: Callable[[BGRImage, int], BGRImage]) -> list[BGRImage]:
    images = []
    for content in store.read_many(names):
        if isinstance(content, bytes):
            try:
                images.append(fit(read_picture(content).image, 96))
            except ProjectError:  # changed since it was classified
                continue
    return images
