"""The site of a run: started here if it is the gallery, read from a file if it is a list."""

import contextlib
import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

from src.processes import start_gallery
from src.scraping.artwork import GOOGLE, Addresses, Artwork, Origin
from src.scraping.list_file import read_list_file
from src.scraping.settings import CollectSettings


@dataclass(frozen=True)
class Source:
    """A site that answers now; with ``artworks`` the list that stands in its place."""

    addresses: Addresses
    origin: Origin
    artworks: tuple[Artwork, ...] | None = None
    left_out: tuple[str, ...] = ()


@contextlib.contextmanager
def open_source(settings: CollectSettings) -> Iterator[Source]:
    """Start the gallery if it is the source; give the site's address."""
    if settings.list_file is not None:
        content = read_list_file(settings.list_file, with_pages=settings.details)
        yield Source(content.addresses, content.origin, content.artworks, content.left_out)
    elif settings.base_url is not None:
        addresses = Addresses(settings.base_url)
        yield Source(addresses, Origin(addresses.canonical_origin, is_replaceable=addresses.is_loopback))
    elif settings.source == "google":
        yield Source(Addresses(GOOGLE), Origin(GOOGLE))
    else:
        with start_gallery(settings.gallery.arguments) as (address, _):
            yield Source(Addresses(address), _ask_origin(address))


def _ask_origin(address: str) -> Origin:
    """Ask the gallery what it shows."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"{address}/gallery/status", timeout=20) as answer:
        status = json.load(answer)
    return Origin(status["name"], status["extent"], is_replaceable=True)
