"""The site of a run: started here if it is the gallery, and told apart from others."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from src.gallery.process import GalleryProcess
from src.scraping.artwork import GOOGLE, Addresses, Origin
from src.scraping.settings import CollectSettings


@dataclass(frozen=True)
class Source:
    """A site that answers now."""

    addresses: Addresses
    origin: Origin


@contextlib.contextmanager
def open_source(settings: CollectSettings) -> Iterator[Source]:
    """Start the gallery if it is the source; give the site's address."""
    if settings.base_url is not None:
        addresses = Addresses(settings.base_url)
        yield Source(addresses, Origin(addresses.canonical_origin, is_replaceable=addresses.is_loopback))
    elif settings.source == "google":
        yield Source(Addresses(GOOGLE), Origin(GOOGLE))
    else:
        gallery = settings.gallery
        with GalleryProcess(
            artworks=gallery.artworks,
            seed=gallery.seed,
            proportions=gallery.proportions,
            images=gallery.images,
            labels=gallery.labels,
            extra_arguments=gallery.extra_arguments,
        ) as process:
            yield Source(Addresses(process.base_url), gallery.describe())
