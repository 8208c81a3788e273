"""Everything that can be set about a gallery, and the command line options that set it."""

import argparse
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from src.colours import SITE_COLOURS, parse_colours
from src.errors import UsageError
from src.files import hash_file
from src.gallery.site.faults import Faults, add_fault_options, parse_faults

DEFAULT_SEED: Final = 7
"""Seed of the paintings everywhere, unless another one is asked for."""

PROPORTIONS: Final = ("study", "site")
TILE_MODES: Final = ("server", "script")


@dataclass(frozen=True)
class GallerySettings:
    """One gallery.

    Attributes
    ----------
    artworks, seed, proportions, colours
        How many paintings, from which seed, in whose class proportions (``study``: eleven colours
        in the proportions of the study of 2023; ``site``: the twelve colours and totals of 2026),
        and only of these colours (empty: all).
    images, labels
        Serve the pictures of this folder instead, filed by this CSV table.
    host, port
        Address to listen on; port 0 takes a free one.
    workers
        Processes that serve; they share one port.
    tiles
        ``server``: the first tiles stand in the HTML; ``script``: a script draws them.
    image_epoch
        Another number gives other image tokens for the same asset ids.
    cache_megabytes
        Encoded images kept in memory by each worker.
    faults
        What goes wrong on purpose.
    """

    artworks: int = 2000
    seed: int = DEFAULT_SEED
    proportions: str = "study"
    colours: tuple[str, ...] = ()
    images: Path | None = None
    labels: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    tiles: str = "server"
    image_epoch: int = 0
    cache_megabytes: int = 64
    faults: Faults = field(default_factory=Faults)


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
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=8765, help="port; 0 takes a free one (default %(default)s)")
    parser.add_argument("--artworks", type=int, default=2000, metavar="N", help="number of paintings (default 2000)")
    parser.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, metavar="S", help="seed of the paintings (default %(default)s)"
    )
    parser.add_argument(
        "--proportions",
        choices=PROPORTIONS,
        default="study",
        help="class proportions: study (eleven colours, 2023, default) or site (twelve colours, 2026)",
    )
    parser.add_argument(
        "--colours", nargs="+", default=[], metavar="NAME", help=f"only these colours of {' '.join(SITE_COLOURS)}"
    )
    parser.add_argument("--images", type=Path, metavar="DIR", help="serve the pictures of this folder instead")
    parser.add_argument(
        "--labels",
        type=Path,
        metavar="CSV",
        help="table with filename and color (or study_label); further columns (title, artist, ...) are shown",
    )
    parser.add_argument("--workers", type=int, metavar="W", help="serving processes (default: one per processor)")
    parser.add_argument(
        "--tiles", choices=TILE_MODES, default="server", help="who draws the first tiles (default %(default)s)"
    )
    parser.add_argument(
        "--image-epoch", type=int, default=0, metavar="E", help="another number: other image tokens, the same asset ids"
    )
    parser.add_argument(
        "--cache-megabytes", type=int, default=64, metavar="M", help="encoded images kept by each worker (default 64)"
    )
    add_fault_options(parser)
    return parser


def parse_settings(arguments: list[str] | None = None) -> GallerySettings:
    """Read a command line.

    Raises
    ------
    UsageError
        If a value is out of its range or options contradict each other.
    """
    options = build_parser().parse_args(arguments)
    if options.labels is not None and options.images is None:
        raise UsageError("--labels files the pictures of a folder: give the folder with --images DIR")
    if options.artworks < 1:
        raise UsageError(f"--artworks {options.artworks}: expected at least 1")
    if not 0 <= options.port <= 65535:
        raise UsageError(f"--port {options.port}: expected 0 to 65535")
    workers = options.workers if options.workers is not None else os.cpu_count() or 1
    if workers < 1:
        raise UsageError(f"--workers {workers}: expected at least 1")
    if options.cache_megabytes < 0:
        raise UsageError(f"--cache-megabytes {options.cache_megabytes}: expected 0 or more")
    return GallerySettings(
        artworks=options.artworks,
        seed=options.seed,
        proportions=options.proportions,
        colours=parse_colours(options.colours),
        images=options.images,
        labels=options.labels,
        host=options.host,
        port=options.port,
        workers=workers,
        tiles=options.tiles,
        image_epoch=options.image_epoch,
        cache_megabytes=options.cache_megabytes,
        faults=parse_faults(options),
    )
