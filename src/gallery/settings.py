"""Everything that can be set about a gallery; each field is an option of the command line."""

import argparse
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from src.colours import SITE_COLOURS, parse_colours
from src.errors import UsageError
from src.files import hash_file
from src.gallery.options import add_options, check_options, option, read_options, write_options
from src.gallery.site.faults import Faults

DEFAULT_SEED: Final = 7
"""Seed of the paintings everywhere, unless another one is asked for."""

_ANY: Final = float("inf")


@dataclass(frozen=True)
class GallerySettings:
    """One gallery."""

    artworks: int = option(2000, "number of paintings", read=int, metavar="N", limits=(1, _ANY))
    seed: int = option(DEFAULT_SEED, "seed of the paintings", read=int, metavar="S")
    proportions: str = option(
        "study",
        "class proportions: study (eleven colours, 2023) or site (twelve colours and totals, 2026)",
        choices=("study", "site"),
    )
    colours: tuple[str, ...] = option((), f"only these colours of {' '.join(SITE_COLOURS)}", metavar="NAME")
    images: Path | None = option(  # noqa: RUF009 - it makes a field
        None, "serve the pictures of this folder instead", read=Path, metavar="DIR"
    )
    labels: Path | None = option(  # noqa: RUF009 - as above
        None,
        "table with filename and color (or study_label); further columns (title, artist, ...) are shown",
        read=Path,
        metavar="CSV",
    )
    host: str = option("127.0.0.1", "address to listen on", metavar="HOST")
    port: int = option(8765, "port; 0 takes a free one", read=int, metavar="PORT", limits=(0, 65535))
    workers: int | None = option(
        None, "serving processes (default: one per processor)", read=int, metavar="W", limits=(1, _ANY)
    )
    tiles: str = option("server", "who draws the first tiles", choices=("server", "script"))
    image_epoch: int = option(0, "another number: other image tokens, the same asset ids", read=int, metavar="E")
    cache_megabytes: int = option(
        64, "encoded images kept in memory by each worker", read=int, metavar="M", limits=(0, _ANY)
    )
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        check_options(self)
        object.__setattr__(self, "colours", parse_colours(self.colours))
        if self.labels is not None and self.images is None:
            raise UsageError("--labels files the pictures of a folder: give the folder with --images DIR")

    @property
    def worker_count(self) -> int:
        """Processes that serve; they share one port."""
        return self.workers or os.cpu_count() or 1

    @property
    def arguments(self) -> tuple[str, ...]:
        """The command line options that say the same, for a gallery in another process."""
        return (*write_options(self), *self.faults.arguments)


def describe_gallery(settings: GallerySettings) -> tuple[str, str]:
    """Name a gallery's pictures, and how much of them it shows: the same names, the same pictures."""
    if settings.images is None:
        return f"gallery, seed {settings.seed}", f"{settings.artworks} {settings.proportions}"
    digest = hashlib.sha256()
    for path in sorted(settings.images.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(settings.images)} {path.stat().st_size}\n".encode())
    labels = settings.labels
    filing = hash_file(labels)[:12] if labels is not None and labels.is_file() else "unlabelled"
    return f"gallery of {settings.images.resolve().name}, seed {settings.seed}, {digest.hexdigest()[:12]}", filing


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of ``python -m src.gallery``."""
    parser = argparse.ArgumentParser(
        prog="python -m src.gallery",
        description="Serve the offline gallery: a local web site that behaves as the colour pages of the real one do.",
        epilog="Exit codes: 0 ended by a signal or with its parent; 2 wrong usage or input.",
    )
    add_options(parser, GallerySettings)
    faults = parser.add_argument_group(
        "faults",
        "P is a probability from 0 to 1, 1 where it is left out. Draws depend on --fault-seed, the fault, "
        "the address asked for and the number of times it was asked for before, and on nothing else.",
    )
    add_options(faults, Faults)
    return parser


def parse_settings(arguments: list[str] | None = None) -> GallerySettings:
    """Read a command line.

    Raises
    ------
    UsageError
        If a value is out of its range or options contradict each other.
    """
    options = build_parser().parse_args(arguments)
    faults = Faults(**read_options(options, Faults))
    return GallerySettings(faults=faults, **read_options(options, GallerySettings))
