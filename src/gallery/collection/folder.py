"""The collection of ``--images DIR``: real pictures, filed by a table or by the colour index."""

import hashlib
import os
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from tqdm.contrib.concurrent import thread_map

from src.colours import SITE_COLOURS
from src.errors import ImageError, TableError, UsageError
from src.features.extract_features import extract_features
from src.features.image_header import PICTURE_SUFFIXES, read_header
from src.features.measure_image import read_picture
from src.features.reduce_image import THUMBNAIL_SIDE
from src.features.schema import BGRImage
from src.gallery.collection.catalogue import Artwork, make_slug
from src.gallery.collection.images import crop_to_box, resize
from src.gallery.filing.colour_index import load_colour_index
from src.gallery.settings import GallerySettings
from src.user_tables import LABEL_COLUMNS, read_labelled_names

NAMED_COLUMNS: Final = ("filename", *LABEL_COLUMNS, "title", "artist", "partner")
FIRST_SIDEWAYS: Final = 5
"""From this EXIF orientation on, width and height change places."""

UNDECODABLE_COLOUR: Final = "BLACK"
"""Where files stand that are no pictures: they are served as they are, for others to refuse."""


@dataclass(frozen=True)
class FolderEntry:
    """One file: its path within the folder, its colour, and the filled cells of further columns by name."""

    filename: str
    colour: str
    metadata: Mapping[str, str] = field(default_factory=dict)


def read_labels(table: Path, folder: Path) -> list[FolderEntry]:
    """Read which file is filed under which colour, sorted by name; rows without a file in the folder are left out.

    Raises
    ------
    TableError
        As :func:`src.user_tables.read_labelled_names`; also if it names an unknown colour, or none of its
        files is there.
    """
    rows, filenames, colours = read_labelled_names(table)
    entries = []
    for position, (filename, colour) in enumerate(zip(filenames, colours, strict=True)):
        if colour not in SITE_COLOURS:
            wrong = f"{table}, row {rows.row_numbers[position]}: unknown colour {colour or '(empty)'}"
            raise TableError(f"{wrong}: expected {', '.join(SITE_COLOURS)}")
        path = (folder / filename).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            cells = zip(rows.names, rows.rows[position], strict=True)
            entries.append(FolderEntry(filename, colour, {name: cell for name, cell in cells if name and cell}))
    if not entries:
        raise TableError(f"{table} names no file that is in {folder}: expected paths within that folder")
    return sorted(entries, key=lambda entry: entry.filename)


def file_pictures(folder: Path) -> list[FolderEntry]:
    """File the pictures of a folder and below by the colour index over their centre-cropped 218 × 218 thumbnails.

    Raises
    ------
    UsageError
        If there is no such folder, or no picture in it by the names' endings.
    """
    if not folder.is_dir():
        raise UsageError(f"--images {folder}: there is no such folder")
    paths = (path for path in folder.rglob("*") if path.suffix.lower() in PICTURE_SUFFIXES and path.is_file())
    names = sorted(path.relative_to(folder).as_posix() for path in paths)
    if not names:
        raise UsageError(f"--images {folder}: expected files that end in {' '.join(sorted(PICTURE_SUFFIXES))}")

    def file(name: str) -> FolderEntry:
        content = (folder / name).read_bytes()
        try:
            thumbnail = read_picture(content, scale=lambda image: crop_to_box(image, THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        except ImageError:
            return FolderEntry(name, UNDECODABLE_COLOUR)
        return FolderEntry(name, str(load_colour_index().name(extract_features(thumbnail.image)[None])[0]))

    # A bar only where somebody watches.
    return list(thread_map(file, names, max_workers=os.cpu_count(), desc="filing pictures", leave=False, disable=None))


class FolderCollection:
    """Pictures of a folder; ids and image tokens depend on file names alone, titles and labels have one language."""

    def __init__(self, folder: Path, entries: Sequence[FolderEntry]) -> None:
        self._folder = folder
        self._entries = entries
        self._make_artwork = cache(self._compute_artwork)
        self._numbers: dict[str, list[int]] = {name: [] for name in SITE_COLOURS}
        for number, entry in enumerate(entries):
            self._numbers[entry.colour].append(number)
        self.counts: Mapping[str, int] = {name: len(numbers) for name, numbers in self._numbers.items() if numbers}
        self._by_asset_id = {_name_asset(entry): number for number, entry in enumerate(entries)}
        self._by_token = {_name_image(entry): number for number, entry in enumerate(entries)}

    def list_artworks(self, colour: str, start: int, stop: int, _language: str) -> list[Artwork]:
        """Return the artworks at some positions of a colour's list."""
        return [self._make_artwork(number) for number in self._numbers[colour][start:stop]]

    def find_asset(self, asset_id: str, _language: str) -> Artwork | None:
        """Return the artwork with this id, or None."""
        return self._find(self._by_asset_id.get(asset_id))

    def find_image(self, token: str) -> Artwork | None:
        """Return the artwork that an image token shows, or None."""
        return self._find(self._by_token.get(token))

    def describe_artwork(self, artwork: Artwork, _language: str) -> tuple[None, Sequence[tuple[str, str]]]:
        """Return the columns of the table as labels."""
        labels = {"Title": artwork.title} | ({"Creator": artwork.artist} if artwork.artist else {})
        further = [
            (name.replace("_", " ").capitalize(), value)
            for name, value in self._entries[artwork.number].metadata.items()
            if name not in NAMED_COLUMNS
        ]
        return None, (*labels.items(), *further)

    def draw(self, artwork: Artwork, width: int, height: int, *, is_crop: bool) -> BGRImage | bytes:
        """Scale a picture; a file that cannot be decoded is served as it is."""
        content = self._read(artwork.number)
        fit = crop_to_box if is_crop else resize
        try:
            return read_picture(content, scale=lambda image: fit(image, width, height)).image
        except ImageError:
            return content

    def _read(self, number: int) -> bytes:
        return (self._folder / self._entries[number].filename).read_bytes()

    def _find(self, number: int | None) -> Artwork | None:
        return None if number is None else self._make_artwork(number)

    def _compute_artwork(self, number: int) -> Artwork:
        entry = self._entries[number]
        title = entry.metadata.get("title") or Path(entry.filename).stem
        width, height = _measure(self._read(number))
        return Artwork(
            number=number,
            asset_id=_name_asset(entry),
            image_token=_name_image(entry),
            colour=entry.colour,
            title=title,
            artist=entry.metadata.get("artist"),
            partner=entry.metadata.get("partner", "Folder of pictures"),
            slug=make_slug(title),
            aspect=round(width / height, 4),
            size=(width, height),
            tint=None,
        )


def _name_asset(entry: FolderEntry) -> str:
    return _hash(f"asset:{entry.filename}", 10)


def _name_image(entry: FolderEntry) -> str:
    return _hash(f"image:0:{entry.filename}", 36)


def _hash(text: str, size: int) -> str:
    digest = hashlib.blake2b(text.encode(), digest_size=size).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _measure(content: bytes) -> tuple[int, int]:
    """Return width and height of a picture as it is shown; 1 and 1 where its header cannot be read."""
    try:
        header = read_header(content)
    except ImageError:
        return 1, 1
    is_sideways = header.orientation >= FIRST_SIDEWAYS
    return (header.height, header.width) if is_sideways else (header.width, header.height)


def open_folder(settings: GallerySettings) -> list[FolderEntry]:
    """Return the pictures of the folder that a gallery's settings name, of the colours that they ask for.

    Raises
    ------
    UsageError, TableError
        If the folder or the table cannot be used.
    """
    folder = settings.images or Path()
    entries = read_labels(settings.labels, folder) if settings.labels is not None else file_pictures(folder)
    return [entry for entry in entries if not settings.colours or entry.colour in settings.colours]
