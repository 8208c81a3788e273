"""The decoder against damaged files of every kind, and against Pillow.

``python -m benchmarks.ordeals.decoder_mutants``. Mutants are decoded in child processes, so that a crash or a hang
costs one of them and is counted. Of the first ``--compared`` mutants the outcome is held against Pillow's own: who
accepts what, and how far the pixels are apart. Each disagreement is sorted by its reason; one without is a fault.
"""

import argparse
import io
import multiprocessing
import os
import re
import resource
import sys
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from benchmarks.image_mutants import list_originals, mutate_images
from benchmarks.measuring import show_rows, write_figures
from src.errors import ImageError
from src.features.decode_image import decode_image
from src.features.image_header import IMAGE_KINDS, SIGNATURE_BYTES, identify_kind
from src.features.measure_image import read_picture

BATCH: Final = 250
LIMIT_BYTES: Final = 220_000_000
SLOW_SECONDS: Final = 5.0
USUAL_DIFFERENCE: Final = 6.0
"""Mean difference of the channels, of 255, that two decoders of the same JPEG, WebP or AVIF file may have."""

SAME_PICTURE: Final = 0.01
"""Mean difference below which Pillow's picture of a mutant is that of the original."""

EXPLANATIONS: Final = (
    ("only Pillow", "PNG", r"pixels cannot be decoded", "a checksum is wrong, which Pillow ignores"),
    ("only we", "PNG", r"cannot identify", "an optional chunk is damaged: left out, as browsers do"),
    ("only we", "AVIF", r"cannot identify", "another brand stands before avif, which ISO/IEC 14496-12 allows"),
    ("only we", "WebP", r"next frame", "a later frame is damaged, the first is whole"),
    ("only we", "JPEG", r"broken data stream", "the end marker is missing, the pixels are not"),
    ("both", "WebP", r"", "no frame covers the canvas: white here and in browsers, black in Pillow"),
    ("both", "GIF", r"", "the frame does not cover the canvas: white here, a colour of the palette in Pillow"),
)
"""Who accepts, which kind, what the other one says, and why that is right; anything else is a fault."""


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant.

    Attributes
    ----------
    kind
        By its signature.
    reason
        Why we refuse it; empty where we do not.
    seconds
        That it took.
    pillow
        ``ok``, or why Pillow refuses it.
    difference
        Mean of the pixels between our picture and Pillow's, of 255.
    damage
        The same between Pillow's picture and that of the undamaged file.
    """

    kind: str
    reason: str
    seconds: float
    pillow: str = ""
    difference: float = 0.0
    damage: float = 0.0


def try_batch(contents: Sequence[tuple[bytes, bytes]], compared: int) -> tuple[list[Outcome], int]:
    """Read mutants, the first ``compared`` by Pillow too; return the outcomes and the peak memory in bytes.

    Parameters
    ----------
    contents
        Each mutant, and the file that it was.
    compared
        How many are held against Pillow.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libraries write warnings by the thousand
    outcomes = [try_mutant(content) for content, _ in contents]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # before Pillow adds its own
    for number, (content, original) in enumerate(contents[:compared]):
        outcomes[number] = compare_with_pillow(outcomes[number], content, original)
    return outcomes, peak


def try_mutant(content: bytes) -> Outcome:
    """Read a mutant; an error that is none of ours is passed on and ends the ordeal."""
    start = time.perf_counter()
    reason = ""
    try:
        read_picture(content, LIMIT_BYTES)
    except ImageError as error:
        reason = f"{type(error).__name__}: {error}"
    return Outcome(name_kind(content), reason, time.perf_counter() - start)


def compare_with_pillow(outcome: Outcome, content: bytes, original: bytes) -> Outcome:
    """Add to an outcome what Pillow makes of the mutant."""
    theirs = open_by_pillow(content)
    if isinstance(theirs, str):
        return replace(outcome, pillow=theirs)
    if outcome.reason:
        return replace(outcome, pillow="ok", damage=compare(theirs, open_by_pillow(original)))
    return replace(outcome, pillow="ok", difference=compare(decode_image(content, LIMIT_BYTES), theirs))


def compare(image: NDArray[np.uint8], other: NDArray[np.uint8] | str) -> float:
    """Give the mean difference of two pictures, of 255; that much if they are of different sizes."""
    if isinstance(other, str) or image.shape != other.shape:
        return 255.0
    return float(np.abs(image.astype(int) - other).mean())


def name_kind(content: bytes) -> str:
    """Name the kind of a mutant by its signature."""
    try:
        return identify_kind(content[:SIGNATURE_BYTES])
    except ImageError:
        return "none"


def open_by_pillow(content: bytes) -> NDArray[np.uint8] | str:
    """Decode by Pillow alone, over white; or say why it refuses."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(content), formats=[name.upper() for name in IMAGE_KINDS])
            if image.width * image.height * 16 > LIMIT_BYTES:
                return "too large"
            image.load()
            image = ImageOps.exif_transpose(image)
            if image.mode.startswith("I;16"):
                image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
            if image.has_transparency_data:
                clear = image.convert("RGBA")
                image = Image.new("RGBA", image.size, "white")
                image.alpha_composite(clear)
            return np.asarray(image.convert("RGB"))[:, :, ::-1]
    except Exception as error:  # noqa: BLE001 - whatever it raises, it refuses
        return f"{type(error).__name__}: {error}"


def explain_disagreement(outcome: Outcome) -> str:
    """Say why the two decoders disagree over a mutant; empty if they agree."""
    we_accept, they_accept = not outcome.reason, outcome.pillow == "ok"
    if we_accept == they_accept and outcome.difference <= USUAL_DIFFERENCE:
        return ""
    who = "both" if we_accept == they_accept else "only we" if we_accept else "only Pillow"
    if who == "only Pillow" and outcome.damage > SAME_PICTURE:
        return "only Pillow: what it shows is not the picture that it was"
    message = {"both": "", "only we": outcome.pillow, "only Pillow": outcome.reason}[who]
    for known_who, kind, words, why in EXPLANATIONS:
        if (who, outcome.kind) == (known_who, kind) and re.search(words, message):
            return f"{who}: {why}"
    return f"NOT EXPLAINED, {who}: {message[:150]}"


def run(count: int, compared: int, seed: int = 0) -> dict[str, Any]:
    """Decode ``count`` mutants; see the module's docstring."""
    originals = list_originals()
    mutants = zip(mutate_images(originals, count, seed), cycle(originals), strict=False)
    kinds: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    disagreements: Counter[tuple[str, str]] = Counter()
    crashes, slow, peak, slowest, done = 0, 0, 0, 0.0, 0
    while batch := list(islice(mutants, BATCH)):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            try:
                outcomes, memory = pool.submit(try_batch, batch, max(0, compared - done)).result(timeout=600)
            except BrokenProcessPool:
                crashes += 1
                continue
        done += len(batch)
        peak, slowest = max(peak, memory), max(slowest, *(outcome.seconds for outcome in outcomes))
        slow += sum(outcome.seconds > SLOW_SECONDS for outcome in outcomes)
        for number, outcome in enumerate(outcomes):
            kinds[outcome.kind] += 1
            accepted[outcome.kind] += not outcome.reason
            if done - len(batch) + number < compared and (name := explain_disagreement(outcome)):
                disagreements[outcome.kind, name] += 1
    return {
        "mutants": count,
        "crashed_batches": crashes,
        "slower_than_5_s": slow,
        "slowest_seconds": round(slowest, 2),
        "peak_megabytes": round(peak / 1e6),
        "by_kind": {kind: {"mutants": kinds[kind], "accepted": accepted[kind]} for kind in sorted(kinds)},
        "compared": compared,
        "disagreements": [
            {"kind": kind, "reason": reason, "mutants": number}
            for (kind, reason), number in disagreements.most_common()
        ],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ordeals.decoder_mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="mutants (%(default)s)")
    parser.add_argument("--compared", type=int, default=20_000, help="of these, held against Pillow (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="(%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    found = run(options.count, options.compared, options.seed)
    show_rows("mutants by kind", [{"kind": kind, **numbers} for kind, numbers in found["by_kind"].items()])
    show_rows("who accepts, and why the other does not", found["disagreements"])
    print({name: value for name, value in found.items() if not isinstance(value, dict | list)})
    write_figures(found, options.json)
    unexplained = any(row["reason"].startswith("NOT") for row in found["disagreements"])
    return int(bool(unexplained or found["crashed_batches"] or found["slower_than_5_s"]))


if __name__ == "__main__":
    sys.exit(main())
