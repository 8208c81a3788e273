"""What the service endures: damaged files, heavy pictures, endless uploads, and a steady memory.

``python -m benchmarks.ordeals.service_endurance [--quick]``, about four minutes. Exit code 1 if something of
``held`` does not hold.
"""

import argparse
import io
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image

from application.settings import Settings
from benchmarks.http_load import LoadResult, Post, build_form, run_load, send_endless_body
from benchmarks.image_mutants import list_originals, mutate_images
from benchmarks.measuring import read_peak, reset_peak, show_rows, write_figures
from benchmarks.service_process import ServiceProcess, start_service
from src.paths import Workspace

MEGABYTE: Final = 10**6
BLOCK: Final = 2000

SETTINGS: Final = {"MALLOC_MMAP_THRESHOLD_": str(1 << 20)}
"""As in the container: what a large picture took goes back to the system at once."""

Figures = dict[str, Any]


def list_mixed_requests(count: int) -> Iterator[Post]:
    """Build requests with good and damaged files alternately, in forms and as bodies."""
    originals = list_originals()
    for number, mutant in enumerate(mutate_images(originals, count, 1)):
        if number % 2:
            yield build_form("/img_classify?shares=true", originals[number % len(originals)])
        else:
            yield Post("/img_classify", mutant, "application/octet-stream")


def send_blocks(service: ServiceProcess, requests: Iterable[Post]) -> Figures:
    """Send requests block by block, and watch the memory of the workers after each."""
    total, sizes, requests = LoadResult(), [], iter(requests)
    while block := list(islice(requests, BLOCK)):
        total.add(run_load(service.port, block, clients=4, count=len(block)))
        sizes.append(service.measure_resident_bytes() / MEGABYTE)
    if total.broken:
        raise RuntimeError(f"{total.broken} requests were not answered:\n{service.read_log()[-2000:]}")
    return {
        "statuses": dict(total.statuses),
        "longest_milliseconds": round(max(total.latencies) * 1000),
        "first_block_megabytes": round(sizes[0], 1),
        "last_block_megabytes": round(sizes[-1], 1),
    }


def encode(mode: str, pixels: int, kind: str, **options: Any) -> bytes:
    """Encode a square of one colour with a number of pixels."""
    side = int(pixels**0.5)
    stream = io.BytesIO()
    Image.new(mode, (side, side), 77 if len(mode) == 1 else (77,) * len(mode)).save(stream, kind, **options)
    return stream.getvalue()


def encode_deep_png(pixels: int) -> bytes:
    """Encode a PNG of 16 bits with alpha."""
    side = int(pixels**0.5)
    return bytes(cv2.imencode(".png", np.full((side, side, 4), 300, np.uint16))[1])


def make_heavy_pictures(memory: int) -> Mapping[str, bytes]:
    """Make a picture of each kind that takes nearly ``memory`` bytes to decode, and one of 24 megapixels, turned."""
    memory = memory * 95 // 100  # a file itself counts too
    turned = Image.Exif()
    turned[0x0112] = 6
    return {
        "photograph of 24 megapixels, turned": encode("RGB", 24_000_000, "JPEG", exif=turned),
        "JPEG": encode("RGB", memory // 3, "JPEG"),
        "progressive JPEG, 4:4:4": encode("RGB", memory // 9, "JPEG", progressive=True, subsampling=0),
        "CMYK JPEG": encode("CMYK", memory // 10, "JPEG"),
        "PNG": encode("RGB", memory // 6, "PNG"),
        "PNG of 16 bits with alpha": encode_deep_png(memory // 16),
        "lossless WebP": encode("RGB", memory // 8, "WEBP", lossless=True),
        "WebP with alpha": encode("RGBA", memory // 9, "WEBP", lossless=True),
        "GIF": encode("P", memory // 9, "GIF"),
        "BMP": encode("1", memory // 9, "BMP"),
        "TIFF": encode("RGB", memory // 9, "TIFF", compression="tiff_lzw"),
        "AVIF": encode("RGB", memory // 16, "AVIF"),
    }


def make_bombs() -> Mapping[str, bytes]:
    """Make pictures that would take a multiple of the memory, most of them small files."""
    return {
        "PNG of 16 bits with alpha": encode_deep_png(64_000_000),
        "progressive JPEG, 4:4:4": encode("RGB", 64_000_000, "JPEG", progressive=True, subsampling=0),
        "WebP of 38 bytes": b"RIFF\x1e\0\0\0WEBPVP8 \x12\0\0\0\x10\x02\0\x9d\x01\x2a\xff\x3f\xff\x3f" + bytes(8),
    }


def send_pairs(service: ServiceProcess, pictures: Mapping[str, bytes]) -> list[Figures]:
    """Send each picture twice at once, and measure the peak of the one worker's memory."""
    rows = []
    for name, content in pictures.items():
        before = service.measure_resident_bytes()
        reset_peak(service.process.pid)
        result = run_load(service.port, [build_form("/img_classify", content)], clients=2, count=2)
        growth = (read_peak(service.process.pid) - before) / MEGABYTE
        figures = {"statuses": dict(result.statuses), "peak_growth_megabytes": round(growth)}
        rows.append({"picture": name, "file_kilobytes": len(content) // 1000, **figures})
    return rows


def upload_endlessly(service: ServiceProcess, uploads: int) -> Figures:
    """Send uploads of a gigabyte while another client uses the service."""
    before = peak = service.measure_resident_bytes()
    stop, others = threading.Event(), LoadResult()
    request = build_form("/img_classify", list_originals()[0])

    def use() -> None:
        while not stop.is_set():
            others.add(run_load(service.port, [request], clients=1, count=20))

    thread = threading.Thread(target=use)
    thread.start()
    answers = []
    try:
        for number in range(uploads):
            answers.append(send_endless_body(service.port, 10**9, chunked=number % 2 == 0, form=number % 4 < 2))
            peak = max(peak, service.measure_resident_bytes())
    finally:
        stop.set()
        thread.join()
    return {
        "statuses": dict(Counter(status for status, _ in answers)),
        "most_megabytes_taken_of_one": round(max(sent for _, sent in answers) / MEGABYTE),
        "others_meanwhile": dict(others.statuses),
        "others_p99_milliseconds": round(others.quantile(0.99) * 1000, 1),
        "peak_growth_megabytes": round((peak - before) / MEGABYTE, 1),
    }


def run(quick: bool = False, models_dir: Path | None = None) -> Figures:
    """Try everything, or a twentieth: the heavy pictures on one worker, as in the container, the rest on two."""
    mutants, mixed, uploads = (1_000, 6_000, 8) if quick else (20_000, 50_000, 100)
    folder = models_dir or Workspace().models_dir
    with start_service(folder, workers=1, settings={**SETTINGS, "DECODE_THREADS": "2"}) as service:
        rest = service.measure_resident_bytes() / MEGABYTE
        heavy = send_pairs(service, make_heavy_pictures(Settings().decoding_memory_bytes))
        bombs = send_pairs(service, make_bombs())
    with start_service(folder, workers=2, settings=SETTINGS) as service:
        damaged_files = mutate_images(list_originals(), mutants)
        damaged = send_blocks(service, (Post("/img_classify", content, "image/png") for content in damaged_files))
        mixture = send_blocks(service, list_mixed_requests(mixed))
        endless = upload_endlessly(service, uploads)
        failures = sum(event["event"] == "failure" for event in service.read_events())
    growth = mixture["last_block_megabytes"] - mixture["first_block_megabytes"]
    held = {
        "no crash, no 500": {*damaged["statuses"], *mixture["statuses"]} <= {200, 413, 415, 422} and not failures,
        "no growth": growth <= 25,  # after the first block every buffer has been used once
        "endless uploads are refused": set(endless["statuses"]) == {413},
        "and leave the memory unchanged": endless["peak_growth_megabytes"] <= 60,
        "others are served meanwhile": set(endless["others_meanwhile"]) == {200},
        "heavy pictures are classified": all(set(row["statuses"]) == {200} for row in heavy),
        "two at once within the memory": all(row["peak_growth_megabytes"] <= 200 for row in heavy),
        "bombs are refused before they are decoded": all(
            set(row["statuses"]) == {413} and row["peak_growth_megabytes"] < 50 for row in bombs
        ),
    }
    return {
        "at_rest_megabytes": round(rest, 1),
        "heavy_pictures": heavy,
        "bombs": bombs,
        "damaged_files": {"count": mutants, **damaged},
        "mixed_requests": {"count": mixed, **mixture},
        "endless_uploads": {"count": uploads, **endless},
        "held": held,
    }


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ordeals.service_endurance", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a twentieth of the requests")
    parser.add_argument("--models", type=Path, default=None, metavar="DIR", help="model to serve (default: models/)")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write the figures there as well")
    options = parser.parse_args()
    figures = run(options.quick, options.models)
    show_rows("two heavy pictures at once", figures["heavy_pictures"], str)
    show_rows("two bombs at once", figures["bombs"], str)
    for name in ("at_rest_megabytes", "damaged_files", "mixed_requests", "endless_uploads"):
        print(f"{name}: {figures[name]}")
    show_rows("what is asked", [{"": name, "held": "yes" if held else "NO"} for name, held in figures["held"].items()])
    write_figures(figures, options.json)
    return 0 if all(figures["held"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
