"""What one run of the scraper is asked to do."""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

from src.colours import STUDY_COLOURS
from src.errors import UsageError
from src.paths import Workspace
from src.scraping.artwork import hide_credentials, is_web_address

SOURCES = ("gallery", "google")
IMAGE_FORMATS = ("jpeg", "webp")
LARGEST_IMAGE = 4096
LONGEST_PAUSE = 3600.0


@dataclass(frozen=True)
class GallerySource:
    """The gallery that the run starts and stops itself; None leaves a value to the gallery.

    Attributes
    ----------
    artworks, seed, proportions
        How many paintings, from which seed, in whose class proportions.
    images, labels
        A folder of real pictures instead, and the table that files them.
    extra_arguments
        Further options of ``python -m src.gallery``, the faults for instance.
    """

    artworks: int | None = None
    seed: int | None = None
    proportions: str | None = None
    images: Path | None = None
    labels: Path | None = None
    extra_arguments: tuple[str, ...] = ()

    @property
    def arguments(self) -> list[str]:
        """The options of ``python -m src.gallery``."""
        paths = {
            name: None if path is None else Path(path).resolve()
            for name, path in (("images", self.images), ("labels", self.labels))
        }
        given = {"artworks": self.artworks, "seed": self.seed, "proportions": self.proportions, **paths}
        words = [word for name, value in given.items() if value is not None for word in (f"--{name}", str(value))]
        return [*words, *self.extra_arguments]


@dataclass(frozen=True)
class CollectSettings:
    """One run.

    Attributes
    ----------
    workspace
        Where everything goes.
    source, base_url
        ``gallery`` or ``google``; a base URL names any other site that keeps the contract.
    list_file
        A CSV file with image, page and color, in the place of a site.
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
    list_file: Path | None = None
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
        for name, value, least, most in (
            ("limit", self.limit, 1, None),
            ("browsers", self.browsers, 1, 64),
            ("download threads", self.download_threads, 1, 64),
            ("image size", self.image_size, 16, LARGEST_IMAGE),
        ):
            if value is not None and (value < least or (most is not None and value > most)):
                raise UsageError(f"{name} {value}: expected at least {least}" + (f", at most {most}" if most else ""))
        if self.pause is not None and not (math.isfinite(self.pause) and 0 <= self.pause <= LONGEST_PAUSE):
            raise UsageError(f"pause {self.pause}: expected 0 to {LONGEST_PAUSE:.0f} seconds")
        if self.contact is not None and not (self.contact.strip() and self.contact.isprintable()):
            raise UsageError(f"--contact {self.contact!r}: expected a mail address or a web page, in one line")
        if self.grid is not None and not is_web_address(self.grid):
            raise UsageError(f"--grid {hide_credentials(self.grid)!r}: expected http://[USER:PASSWORD@]HOST[:PORT]")
        if self.language is not None and not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", self.language):
            raise UsageError(f"--hl {self.language!r}: expected the code of a language, as de or pt-BR")
        if self.list_file is not None and (self.base_url is not None or self.source != "gallery" or self.relist):
            raise UsageError("--list takes the place of a site: leave out --source, --base-url and --relist")
        if self.retry_failed and (self.relist or self.list_only):
            raise UsageError("--retry-failed lists nothing, --relist and --list-only do: choose one")
