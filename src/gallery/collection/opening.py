"""Opens the collection that a gallery's settings ask for."""

from src.gallery.collection.artwork import Collection
from src.gallery.collection.catalogue import apportion
from src.gallery.collection.folder import FolderCollection, file_pictures, list_pictures, read_labels
from src.gallery.collection.painted import PaintedCollection
from src.gallery.collection.tokens import TokenBook
from src.gallery.settings import GallerySettings


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
