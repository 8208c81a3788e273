"""What one run of the scraper is asked to do."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from src.colours import STUDY_COLOURS
from src.errors import UsageError
from src.files import hash_file
from src.gallery.settings import DEFAULT_SEED
from src.paths import Workspace
from src.scraping.artwork import Origin

SOURCES = ("gallery", "google")
IMAGE_FORMATS = ("jpeg", "webp")


@dataclass(frozen=True)
class GallerySource:
    """The gallery that the run starts and stops itself.

    Attributes
    ----------
    artworks, seed, proportions
        How many paintings, from which seed, in whose class proportions.
    images, labels
        A folder of real pictures instead, and the table that files them.
    extra_arguments
        Further options of ``python -m src.gallery``, the faults for instance.
    """

    artworks: int = 2000
    seed: int = DEFAULT_SEED
    proportions: str = "study"
    images: Path | None = None
    labels: Path | None = None
    extra_arguments: tuple[str, ...] = ()

    def describe(self) -> Origin:
        """Name the gallery's pictures, and how much of them it shows."""
        if self.images is None:
            return Origin(f"gallery, seed {self.seed}", f"{self.artworks} {self.proportions}", is_replaceable=True)
        digest = hashlib.sha256()
        for path in sorted(self.images.rglob("*")):
            if path.is_file():
                digest.update(f"{path.relative_to(self.images)} {path.stat().st_size}\n".encode())
        filing = hash_file(self.labels)[:12] if self.labels is not None and self.labels.is_file() else "unlabelled"
        site = f"gallery of {self.images.resolve().name}, seed {self.seed}, {digest.hexdigest()[:12]}"
        return Origin(site, filing, is_replaceable=True)


@dataclass(frozen=True)
class CollectSettings:
    """One run.

    Attributes
    ----------
    workspace
        Where everything goes.
    source, base_url
        ``gallery`` or ``google``; a base URL names any other site that keeps the contract.
    gallery
        The gallery, where it is the source.
    colours
        What to list, in the site's order.
    limit
        Artworks wanted of each colour; None for all.
    browsers, download_threads
        How many at once; None leaves it to the manners (2 and 8 here, 1 and 4 on real sites).
    grid
        Remote WebDriver endpoint; None for browsers of this machine.
    language
        The page's ``hl``.
    image_size, image_format
        Pixels of a thumbnail's side; ``jpeg`` or ``webp``.
    contact, is_polite, pause
        For real sites: whom to write to; True asks for the same manners on this machine; shortest
        pause between scrolls in seconds.
    list_only
        Fetch no thumbnails; another run does.
    retry_failed
        List nothing, fetch only what failed.
    relist
        List complete colours again.
    start_over
        Forget first what the workspace holds of earlier runs of the scraper.
    details
        Fetch the asset pages too.
    """

    workspace: Workspace = field(default_factory=Workspace)
    source: str = "gallery"
    base_url: str | None = None
    gallery: GallerySource = field(default_factory=GallerySource)
    colours: tuple[str, ...] = STUDY_COLOURS
    limit: int | None = None
    browsers: int | None = None
    download_threads: int | None = None
    grid: str | None = None
    language: str | None = None
    image_size: int = 218
    image_format: str = "jpeg"
    contact: str | None = None
    is_polite: bool | None = None
    pause: float | None = None
    list_only: bool = False
    retry_failed: bool = False
    relist: bool = False
    start_over: bool = False
    details: bool = False

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            raise UsageError(f"source {self.source!r}: expected one of {', '.join(SOURCES)}")
        if self.image_format not in IMAGE_FORMATS:
            raise UsageError(f"image format {self.image_format!r}: expected one of {', '.join(IMAGE_FORMATS)}")
        if not self.colours:
            raise UsageError("no colour to list: name at least one")
        for name, value, least in (
            ("limit", self.limit, 1),
            ("browsers", self.browsers, 1),
            ("download threads", self.download_threads, 1),
            ("image size", self.image_size, 16),
        ):
            if value is not None and value < least:
                raise UsageError(f"{name} {value}: expected at least {least}")
        if self.pause is not None and self.pause < 0:
            raise UsageError(f"pause {self.pause}: expected 0 seconds or more")
        if self.retry_failed and (self.relist or self.list_only):
            raise UsageError("--retry-failed lists nothing, --relist and --list-only do: choose one")
