"""What decoding takes, and what the header tells of it: ``python -m benchmarks.ordeals.decoding_memory``.

Each kind of file, of six megapixels, is decoded once in a process of its own, whose peak is reset before
(Linux only). An estimate that is below the peak is a fault: exit code 1.
"""

import argparse
import io
import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import psutil
from PIL import Image

from benchmarks.measuring import read_peak, reset_peak, show_rows, write_figures
from src.features.decode_image import decode_image
from src.features.image_header import read_header

WIDTH, HEIGHT = 3000, 2000
TOLERANCE = 1.05
"""The allocator and the libraries' own buffers, which the estimate does not count."""


def list_pictures() -> dict[str, Callable[[], bytes]]:
    """List what makes a file of each kind; all show the same smooth picture."""
    coarse = np.random.default_rng(0).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    pixels = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    colours = Image.fromarray(pixels)
    grey, palette, clear = colours.convert("L"), colours.quantize(32), colours.copy()
    clear.putalpha(100)
    deep = pixels.astype(np.uint16) * 257
    turned = Image.Exif()
    turned[0x0112] = 6

    def save(image: Image.Image, kind: str, **options: object) -> Callable[[], bytes]:
        def make() -> bytes:
            stream = io.BytesIO()
            image.save(stream, kind, **options)
            return stream.getvalue()

        return make

    return {
        "JPEG": save(colours, "JPEG"),
        "JPEG, turned": save(colours, "JPEG", exif=turned),
        "JPEG, progressive": save(colours, "JPEG", progressive=True),
        "JPEG, progressive, 4:4:4": save(colours, "JPEG", progressive=True, subsampling=0),
        "JPEG, grey": save(grey, "JPEG"),
        "JPEG, CMYK": save(colours.convert("CMYK"), "JPEG"),
        "PNG": save(colours, "PNG", compress_level=1),
        "PNG, grey, one clear": save(grey, "PNG", compress_level=1, transparency=3),
        "PNG, palette": save(palette, "PNG", compress_level=1, transparency=3),
        "PNG, alpha": save(clear, "PNG", compress_level=1),
        "PNG, 16 bits": cv2.imencode(".png", deep)[1].tobytes,
        "PNG, 16 bits, alpha": cv2.imencode(".png", np.dstack([deep, deep[:, :, 0]]))[1].tobytes,
        "WebP": save(colours, "WEBP", method=0),
        "WebP, lossless": save(colours, "WEBP", method=0, lossless=True),
        "WebP, alpha": save(clear, "WEBP", method=0),
        "WebP, animated": save(colours, "WEBP", method=0, save_all=True, append_images=[colours.rotate(180)]),
        "GIF": save(palette, "GIF", transparency=3),
        "BMP": save(colours, "BMP"),
        "TIFF": save(colours, "TIFF", compression="tiff_lzw"),
        "TIFF, alpha": save(clear, "TIFF"),
        "TIFF, CMYK": save(colours.convert("CMYK"), "TIFF"),
        "AVIF": save(colours, "AVIF", speed=10),
        "AVIF, alpha": save(clear, "AVIF", speed=10),
    }


def measure_peak(content: bytes) -> tuple[int, int]:
    """Decode a file; return by how many bytes memory grew at its peak, and the estimate."""
    cv2.setNumThreads(1)
    small = cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    decode_image(small)
    reset_peak(os.getpid())
    before = psutil.Process().memory_info().rss
    decode_image(content, 1 << 40)
    return read_peak(os.getpid()) - before, read_header(content).memory


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ordeals.decoding_memory", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON too")
    options = parser.parse_args(arguments)
    rows = []
    for name, make in list_pictures().items():
        content = make()
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            peak, estimate = pool.submit(measure_peak, content).result(timeout=120)
        pixels = WIDTH * HEIGHT
        rows.append({"file": name, "bytes a pixel": peak / pixels, "estimate": estimate / pixels})
    show_rows("Memory of decoding", rows)
    write_figures(rows, options.json)
    return int(any(row["bytes a pixel"] > row["estimate"] * TOLERANCE for row in rows))


if __name__ == "__main__":
    sys.exit(main())
