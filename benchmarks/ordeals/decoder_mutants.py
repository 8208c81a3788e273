"""The decoder against damaged files of every kind, and against Pillow.

``python -m benchmarks.ordeals.decoder_mutants``. Mutants are decoded in child processes, so that a crash or a hang
costs one of them and is counted. Each outcome is held against Pillow's own: who accepts what, and how far the pixels
are apart. Each disagreement is sorted by its reason; one without is a fault.
"""

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
from itertools import cycle, islice
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from benchmarks.measuring import Figures, run_benchmark, show_rows
from benchmarks.picture_files import list_originals, mutate_images
from src.errors import ImageError
from src.features.decode_image import decode_image
from src.features.image_header import IMAGE_KINDS, SIGNATURE_BYTES, find_kind
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
    ("only we", "JPEG", r"broken data stream|truncated \(\d bytes", "the end marker is missing, the pixels are not"),
    ("both", "WebP", r"", "no frame covers the canvas: white here and in browsers, black in Pillow"),
    ("both", "GIF", r"", "the frame does not cover the canvas: white here, a colour of the palette in Pillow"),
)
"""Who accepts, which kind, what the other one says, and why that is right; anything else is a fault."""


def try_batch(pairs: Sequence[tuple[bytes, bytes]]) -> tuple[Counter[tuple[str, str]], float, int]:
    """Read mutants, each with the file that it was, and hold the outcomes against Pillow's.

    Give the disagreements by kind of file and reason, the most seconds that we took for one, and our peak of memory in
    bytes. An error that is none of ours is passed on and ends the run.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libraries write warnings by the thousand
    outcomes: list[tuple[str, str]] = []
    slowest = 0.0
    for content, _ in pairs:
        start, reason = time.process_time(), ""
        try:
            read_picture(content, LIMIT_BYTES)
        except ImageError as error:
            reason = f"{type(error).__name__}: {error}"
        slowest = max(slowest, time.process_time() - start)
        outcomes.append((find_kind(content[:SIGNATURE_BYTES]) or "none", reason))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # before Pillow adds its own
    whys = [
        (kind, explain_disagreement(kind, reason, content, original))
        for (kind, reason), (content, original) in zip(outcomes, pairs, strict=True)
    ]
    return Counter((kind, why) for kind, why in whys if why), slowest, peak


def explain_disagreement(kind: str, reason: str, content: bytes, original: bytes) -> str:
    """Say why Pillow's outcome is another than ours, which is a reason or a picture; empty if they agree."""
    theirs = open_by_pillow(content)
    if isinstance(theirs, str):
        who, message = "only we", theirs
        if reason:
            return ""
    elif reason:
        who, message = "only Pillow", reason
        if compare(theirs, open_by_pillow(original)) > SAME_PICTURE:
            return "only Pillow: what it shows is not the picture that it was"
    else:
        who, message = "both", ""
        if compare(decode_image(content, LIMIT_BYTES), theirs) <= USUAL_DIFFERENCE:
            return ""
    for known_who, known_kind, words, why in EXPLANATIONS:
        if (who, kind) == (known_who, known_kind) and re.search(words, message):
            return f"{who}: {why}"
    return f"NOT EXPLAINED, {who}: {message[:150]}"


def compare(image: NDArray[np.uint8], other: NDArray[np.uint8] | str) -> float:
    """Give the mean difference of two pictures, of 255; that much if they are of different sizes."""
    if isinstance(other, str) or image.shape != other.shape:
        return 255.0
    return float(np.abs(image.astype(int) - other).mean())


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


def measure(quick: bool) -> Figures:
    """Decode mutants; see the module's docstring."""
    originals, count = list_originals(), 1_000 if quick else 20_000
    mutants = zip(mutate_images(originals, count), cycle(originals), strict=False)
    disagreements: Counter[tuple[str, str]] = Counter()
    crashes, peak, slowest = 0, 0, 0.0
    while batch := list(islice(mutants, BATCH)):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            try:
                found, seconds, memory = pool.submit(try_batch, batch).result(timeout=600)
            except BrokenProcessPool:
                crashes += 1
                continue
        disagreements += found
        slowest, peak = max(slowest, seconds), max(peak, memory)
    common = disagreements.most_common()
    rows: list[Figures] = [{"kind": kind, "reason": why, "mutants": number} for (kind, why), number in common]
    show_rows("who accepts, and why the other does not", rows)
    figures = {"mutants": count, "slowest_seconds": round(slowest, 2), "peak_megabytes": round(peak / 1e6)}
    show_rows("our decoder", [figures])
    held = {
        "no crash": not crashes,
        "none takes long": slowest <= SLOW_SECONDS,
        "every disagreement has its reason": not any(row["reason"].startswith("NOT") for row in rows),
    }
    return {**figures, "disagreements": rows, "held": held}


if __name__ == "__main__":
    sys.exit(run_benchmark(measure))
