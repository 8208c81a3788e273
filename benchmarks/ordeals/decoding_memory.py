"""The memory that decoding takes, and the estimate from the header: ``python -m benchmarks.ordeals.decoding_memory``.

Each kind of file, of six megapixels, is decoded once in a process of its own, whose peak is reset before
(Linux only). An estimate that is below the peak is a fault: exit code 1.
"""

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor

import cv2
import numpy as np
import psutil

from benchmarks.measuring import Figures, read_peak, reset_peak, show_rows
from benchmarks.picture_files import list_encoders, make_pixels
from src.features.decode_image import decode_image
from src.features.image_header import read_header

WIDTH, HEIGHT = 3000, 2000
TOLERANCE = 1.05
"""The allocator and the libraries' own buffers, which the estimate does not count."""


def measure_peak(content: bytes) -> tuple[int, int]:
    """Decode a file; return by how many bytes memory grew at its peak, and the estimate."""
    cv2.setNumThreads(1)
    small = cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    decode_image(small)
    reset_peak(os.getpid())
    before = psutil.Process().memory_info().rss
    decode_image(content, 1 << 40)
    return read_peak(os.getpid()) - before, read_header(content).memory


def main() -> int:
    """Run the command."""
    rows: list[Figures] = []
    for name, make in list_encoders(make_pixels(HEIGHT, WIDTH)).items():
        content = make()
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            peak, estimate = pool.submit(measure_peak, content).result(timeout=120)
        pixels = WIDTH * HEIGHT
        rows.append({"file": name, "bytes a pixel": peak / pixels, "estimate": estimate / pixels})
    show_rows("Memory of decoding", rows)
    return int(any(row["bytes a pixel"] > row["estimate"] * TOLERANCE for row in rows))


if __name__ == "__main__":
    sys.exit(main())
