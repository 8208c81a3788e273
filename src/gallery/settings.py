"""Everything that can be set about a gallery."""

import argparse
import hashlib
import os
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import field_validator, model_validator

from src.colours import SITE_COLOURS, parse_colours
from src.errors import UsageError
from src.files import hash_file
from src.gallery.options import Options, option
from src.gallery.site.faults import Faults

DEFAULT_SEED: Final = 7
"""Seed of the paintings everywhere, unless another one is asked for."""


class GallerySettings(Options):
    """One gallery."""

    artworks: int = option("number of paintings", 2000, ge=1)
    seed: int = option("seed of the paintings", DEFAULT_SEED)
    proportions: Literal["study", "site"] = option(
        "class proportions: study (eleven colours, 2023) or site (twelve colours and totals, 2026)", "study"
    )
    colours: tuple[str, ...] = option(f"only these colours of {' '.join(SITE_COLOURS)}", ())
    images: Path | None = option("serve the pictures of this folder instead", None)
    labels: Path | None = option(
        "table with filename and color (or study_label); further columns (title, artist, ...) are shown", None
    )
    host: str = option("address to listen on", "127.0.0.1")
    port: int = option("port; 0 takes a free one", 8765, ge=0, le=65535)
    workers: int = option("serving processes that share the port; as many as processors", os.cpu_count() or 1, ge=1)
    tiles: Literal["server", "script"] = option("who draws the first tiles", "server")
    faults: Faults = Faults()

    @field_validator("colours")
    @classmethod
    def _check_colours(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return parse_colours(names)

    @model_validator(mode="after")
    def _check_labels(self) -> Self:
        if self.labels is not None and self.images is None:
            raise UsageError("--labels files the pictures of a folder: give the folder with --images DIR")
        return self

    @property
    def arguments(self) -> tuple[str, ...]:
        """The command line that says the same, for a gallery in another process."""
        return (*super().arguments, *self.faults.arguments)


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


def parse_settings(arguments: list[str] | None = None) -> GallerySettings:
    """Read a command line of ``python -m src.gallery``.

    Raises
    ------
    UsageError
        If a value is out of its range or options contradict each other.
    """
    parser = argparse.ArgumentParser(
        prog="python -m src.gallery",
        description="Serve the offline gallery: a local web site that behaves as the colour pages of the real one do.",
        epilog="Exit codes: 0 ended by a signal or with its parent; 2 wrong usage or input.",
    )
    GallerySettings.add_to(parser)
    faults = parser.add_argument_group(
        "faults",
        "P is a probability from 0 to 1, 1 where it is left out. Draws depend on --fault-seed, the fault, "
        "the address asked for and the number of times it was asked for before, and on nothing else.",
    )
    Faults.add_to(faults)
    options = parser.parse_args(arguments)
    return GallerySettings.read(options, faults=Faults.read(options))
