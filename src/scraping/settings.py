"""What one run of the scraper is asked to do, and the site that it is asked to do it on."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from src.colours import STUDY_COLOURS
from src.errors import UsageError
from src.paths import Workspace
from src.processes import start_gallery
from src.scraping.artwork import GOOGLE, Addresses, Origin, Source, hide_credentials, is_web_address
from src.scraping.fetch.client import HttpClient
from src.scraping.fetch.manners import LONGEST_PAUSE
from src.scraping.list_file import read_list_file

_RANGES = {"limit": (1, 10**9), "browsers": (1, 64), "image_size": (16, 4096), "pause": (0, LONGEST_PAUSE)}


@dataclass(frozen=True)
class GallerySource:
    """Options of the gallery that the run starts and stops itself; None leaves a value to the gallery."""

    artworks: int | None = None
    seed: int | None = None
    proportions: str | None = None
    images: Path | None = None
    labels: Path | None = None
    extra_arguments: tuple[str, ...] = ()

    @property
    def arguments(self) -> list[str]:
        """The options of ``python -m src.gallery``."""
        words = list(self.extra_arguments)
        for name in ("artworks", "seed", "proportions", "images", "labels"):
            if (value := getattr(self, name)) is not None:
                words += [f"--{name}", str(value.resolve() if isinstance(value, Path) else value)]
        return words


@dataclass(frozen=True)
class CollectSettings:
    """One run; ``python -m src.scraping --help`` describes each of these options.

    A value out of its range is a UsageError, and so are two options that exclude each other.
    """

    workspace: Workspace = field(default_factory=Workspace)
    source: Literal["gallery", "google"] = "gallery"
    base_url: str | None = None
    list_file: Path | None = None
    gallery: GallerySource = field(default_factory=GallerySource)
    colours: tuple[str, ...] = STUDY_COLOURS
    limit: int | None = None
    browsers: int | None = None
    grid: str | None = None
    language: str | None = None
    image_size: int = 218
    contact: str | None = None
    is_polite: bool = False
    pause: float | None = None
    list_only: bool = False
    retry_failed: bool = False
    relist: bool = False
    start_over: bool = False
    details: bool = False

    def __post_init__(self) -> None:
        if not self.colours:
            raise UsageError("no colour to list: name at least one")
        for name, (least, most) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise UsageError(f"{name.replace('_', ' ')} {value}: expected {least:,} to {most:,.0f}")
        if self.contact is not None and not (self.contact.strip() and self.contact.isprintable()):
            raise UsageError(f"--contact {self.contact!r}: expected a mail address or a web page, in one line")
        if self.grid is not None and not is_web_address(self.grid):
            raise UsageError(f"--grid {hide_credentials(self.grid)!r}: expected http://[USER:PASSWORD@]HOST[:PORT]")
        if self.list_file is not None and (self.base_url is not None or self.source != "gallery" or self.relist):
            raise UsageError("--list takes the place of a site: leave out --source, --base-url and --relist")
        if self.retry_failed and (self.relist or self.list_only):
            raise UsageError("--retry-failed lists nothing, --relist and --list-only do: choose one")


@contextlib.contextmanager
def open_source(settings: CollectSettings) -> Iterator[Source]:
    """Start the gallery if it is the source; give the site's address, or the rows of the list."""
    if settings.list_file is not None:
        yield read_list_file(settings.list_file, with_pages=settings.details)
    elif settings.base_url is not None:
        addresses = Addresses(settings.base_url)
        yield Source(addresses, Origin(addresses.canonical_origin, is_replaceable=addresses.is_loopback))
    elif settings.source == "google":
        yield Source(Addresses(GOOGLE), Origin(GOOGLE))
    else:
        with start_gallery(settings.gallery.arguments) as (address, _):
            status = json.loads(HttpClient(None).get(f"{address}/gallery/status").text)
            yield Source(Addresses(address), Origin(status["name"], status["extent"], is_replaceable=True))
