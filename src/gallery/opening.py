"""Opens the collection that a gallery's settings ask for."""

from src.gallery.artwork import Collection
from src.gallery.catalogue import apportion
from src.gallery.filing import file_pictures
from src.gallery.folder import FolderCollection, list_pictures, read_labels
from src.gallery.painted import PaintedCollection
from src.gallery.settings import GallerySettings
from src.gallery.tokens import TokenBook

__all__ = ["open_collection"]


def open_collection(settings: GallerySettings) -> Collection:
    """Return the artworks that a gallery shows.

    Raises
    ------
    UsageError, TableError
        If the settings or the files they name cannot be used.
    """
    if settings.images is not None:
        if settings.labels is not None:
            entries = read_labels(settings.labels, settings.images)
        else:
            entries = file_pictures(settings.images, list_pictures(settings.images))
        if settings.colours:
            entries = [entry for entry in entries if entry.colour in settings.colours]
        return FolderCollection(settings.images, entries, settings.image_epoch)
    tokens = TokenBook(settings.seed, settings.image_epoch)
    counts = apportion(settings.artworks, settings.proportions, settings.colours)
    return PaintedCollection(counts, settings.seed, tokens)
