"""Files the pictures of a folder without labels under colours, and remembers the result."""

import csv
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Final

from tqdm import tqdm

from src.colours import SITE_COLOURS
from src.errors import ImageError
from src.features.extract_features import extract_features
from src.features.measure_image import read_picture
from src.features.reduce_image import THUMBNAIL_SIDE
from src.files import write_text
from src.gallery.collection.folder import FolderEntry
from src.gallery.collection.images import crop_to_box
from src.gallery.filing.colour_index import COLOUR_INDEX_FILE, load_colour_index

UNDECODABLE_COLOUR: Final = "BLACK"
"""Where files stand that are no pictures: they are served as they are, for others to refuse."""


def file_pictures(folder: Path, names: list[str]) -> list[FolderEntry]:
    """File pictures by the colour index over their centre-cropped 218 × 218 thumbnails.

    Decoding a large folder takes a while, so the result is kept in the user's cache folder and
    used again as long as the files' names, sizes and times and the index itself stay the same.

    Parameters
    ----------
    folder, names
        Where the files are, and their paths within.

    Returns
    -------
    list of FolderEntry
        In the order of ``names``.
    """
    kept = _cache_file(folder, names)
    if kept.is_file():
        with kept.open(encoding="utf-8", newline="") as stream:
            colours = {row["filename"]: row["color"] for row in csv.DictReader(stream)}
        if set(names) <= set(colours) and set(colours.values()) <= set(SITE_COLOURS):
            return [FolderEntry(name, colours[name], {}) for name in names]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = list(
            tqdm(
                pool.map(lambda name: _file_picture(folder / name), names),
                total=len(names),
                desc="filing pictures",
                unit="picture",
                leave=False,
                disable=None,  # quiet where nobody watches
            )
        )
    entries = [FolderEntry(name, colour, {}) for name, colour in zip(names, found, strict=True)]
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("filename", "color"))
    writer.writerows((entry.filename, entry.colour) for entry in entries)
    write_text(kept, text.getvalue())
    return entries


def _file_picture(path: Path) -> str:
    try:
        thumbnail = read_picture(
            path.read_bytes(), scale=lambda image: crop_to_box(image, THUMBNAIL_SIDE, THUMBNAIL_SIDE)
        ).image
    except ImageError:
        return UNDECODABLE_COLOUR
    return str(load_colour_index().name(extract_features(thumbnail)[None])[0])


def _cache_file(folder: Path, names: list[str]) -> Path:
    digest = hashlib.blake2b(COLOUR_INDEX_FILE.read_bytes(), digest_size=12)
    for name in names:
        facts = (folder / name).stat()
        digest.update(f"{name}\n{facts.st_size}\n{facts.st_mtime_ns}\n".encode())
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "art-culture-gallery" / f"filed-{digest.hexdigest()}.csv"
