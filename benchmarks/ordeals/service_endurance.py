"""What the service endures: memory at rest and under abuse, damaged files, endless uploads.

``python -m benchmarks.ordeals.service_endurance [--quick]``. Exit code 1 if a limit of :data:`LIMITS` does not hold.
"""

import argparse
import json
import struct
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.http_load import LoadResult, build_form_request, build_request, run_load
from benchmarks.image_mutants import list_originals, mutate_images
from benchmarks.service_process import ServiceProcess
from benchmarks.stand_in_model import make_stand_in_model
from benchmarks.uploads import send_endless_body
from src.paths import Workspace

MEGABYTE = 10**6
GIGABYTE = 10**9
CLIENTS = 4
BLOCK = 2000

LIMITS = {"at_rest_megabytes": 200, "growth_megabytes": 25, "uploads_growth_megabytes": 60}
"""Growth is counted from after the first block of requests, when every buffer has been used once."""


def list_mixed_requests(count: int, seed: int) -> Iterator[bytes]:
    """Good and bad files by turns, in forms and as bodies."""
    originals = list_originals()
    for number, mutant in enumerate(mutate_images(originals, count, seed)):
        if number % 2:
            yield build_form_request("/img_classify?shares=true", originals[number % len(originals)])
        else:
            yield build_request("/img_classify", mutant, "application/octet-stream")


def send_blocks(
    service: ServiceProcess, requests: Iterator[bytes], count: int, name: str
) -> tuple[Counter[int], list[int], float]:
    """Send requests block by block; statuses, resident size after each, and the longest answer in seconds."""
    statuses: Counter[int] = Counter()
    sizes: list[int] = []
    longest = 0.0
    with tqdm(total=count, desc=name, disable=not sys.stderr.isatty()) as progress:
        while block := list(islice(requests, BLOCK)):
            result: LoadResult = run_load(service.port, block, clients=CLIENTS, count=len(block))
            if result.broken:
                raise RuntimeError(f"{result.broken} requests were not answered:\n{service.read_log()[-2000:]}")
            statuses.update(result.statuses)
            sizes.append(service.measure_resident_bytes())
            longest = max(longest, *result.latencies)
            progress.update(len(block))
    return statuses, sizes, longest


def make_pixel_bomb(side: int) -> bytes:
    """Make a PNG of a few bytes that declares ``side`` × ``side`` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


def watch_others(service: ServiceProcess, stop: threading.Event, picture: bytes) -> LoadResult:
    """Classify a small picture again and again until told to stop."""
    total = LoadResult()
    while not stop.is_set():
        result = run_load(service.port, [build_form_request("/img_classify", picture)], clients=1, count=20)
        total.latencies += result.latencies
        total.statuses.update(result.statuses)
        total.broken += result.broken
    return total


def abuse(service: ServiceProcess, uploads: int, pixel_bombs: int) -> dict[str, Any]:
    """Send endless uploads and pixel bombs while somebody else uses the service."""
    before = service.measure_resident_bytes()
    stop, others = threading.Event(), list[LoadResult]()
    thread = threading.Thread(target=lambda: others.append(watch_others(service, stop, list_originals()[0])))
    thread.start()
    statuses: Counter[int] = Counter()
    most_sent, peak = 0, before
    try:
        for number in range(uploads):
            refusal = send_endless_body(service.port, GIGABYTE, chunked=number % 2 == 0, form=number % 4 < 2)
            statuses[refusal.status] += 1
            most_sent = max(most_sent, refusal.sent_bytes)
            peak = max(peak, service.measure_resident_bytes())
        bombs = [build_form_request("/img_classify", make_pixel_bomb(side)) for side in (20_000, 2**31 - 1)]
        bombed = run_load(service.port, bombs, clients=CLIENTS, count=pixel_bombs)
    finally:
        stop.set()
        thread.join()
    time.sleep(1)
    return {
        "uploads_of_1_gb": dict(statuses),
        "most_bytes_taken_of_one": most_sent,
        "pixel_bombs": dict(bombed.statuses),
        "others_meanwhile": dict(others[0].statuses),
        "others_p99_milliseconds": round(others[0].quantile(0.99) * 1000, 1),
        "peak_growth_megabytes": round((peak - before) / MEGABYTE, 1),
        "growth_megabytes": round((service.measure_resident_bytes() - before) / MEGABYTE, 1),
    }


def run(quick: bool = False, models_dir: Path | None = None) -> dict[str, Any]:
    """Measure everything on a service with two workers.

    Parameters
    ----------
    quick
        A twentieth of the requests.
    models_dir
        The model; default the project's, and a stand-in where there is none.

    Returns
    -------
    dict
        Figures, and under ``held`` whether each limit holds.
    """
    mutants, mixed, uploads = (1_000, 6_000, 8) if quick else (20_000, 50_000, 100)
    with tempfile.TemporaryDirectory() as scratch:
        folder = models_dir or Workspace().models_dir
        if not (folder / "model_card.json").is_file():
            folder = Path(scratch) / "models"
            make_stand_in_model(folder, rows_per_colour=700)
        with ServiceProcess(folder, workers=2) as service:
            rest = service.measure_resident_bytes()
            damaged, _, longest = send_blocks(
                service,
                (build_request("/img_classify", m, "image/png") for m in mutate_images(list_originals(), mutants)),
                mutants,
                "damaged files",
            )
            mixture, sizes, _ = send_blocks(service, list_mixed_requests(mixed, 1), mixed, "mixed files")
            abused = abuse(service, uploads, 10 * uploads)
            failures = sum(event["event"] == "failure" for event in service.read_events())
    figures: dict[str, Any] = {
        "at_rest_megabytes": round(rest / MEGABYTE, 1),
        "damaged_files": {"count": mutants, "statuses": dict(damaged), "longest_milliseconds": round(longest * 1000)},
        "mixed_requests": {
            "count": mixed,
            "statuses": dict(mixture),
            "first_block_megabytes": round(sizes[0] / MEGABYTE, 1),
            "last_block_megabytes": round(sizes[-1] / MEGABYTE, 1),
        },
        "abuse": abused,
        "unexpected_errors": failures,
    }
    figures["held"] = check(figures, sizes)
    return figures


def check(figures: dict[str, Any], sizes: Sequence[int]) -> dict[str, bool]:
    """Compare with the limits."""
    answered = {*figures["damaged_files"]["statuses"], *figures["mixed_requests"]["statuses"]}
    abused = figures["abuse"]
    return {
        "at rest": figures["at_rest_megabytes"] <= LIMITS["at_rest_megabytes"],
        "no growth": (sizes[-1] - sizes[0]) / MEGABYTE <= LIMITS["growth_megabytes"],
        "no crash, no 500": answered <= {200, 413, 415, 422} and figures["unexpected_errors"] == 0,
        "endless uploads are refused": set(abused["uploads_of_1_gb"]) == {413},
        "abuse leaves memory unchanged": abused["growth_megabytes"] <= LIMITS["uploads_growth_megabytes"],
        "pixel bombs are refused": set(abused["pixel_bombs"]) == {413},
        "others are served meanwhile": set(abused["others_meanwhile"]) == {200},
    }


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ordeals.service_endurance", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a twentieth of the requests")
    parser.add_argument("--models", type=Path, default=None, metavar="DIR", help="model to serve (default: models/)")
    options = parser.parse_args()
    figures = run(options.quick, options.models)
    print(json.dumps(figures, indent=2))
    sys.exit(0 if all(figures["held"].values()) else 1)


if __name__ == "__main__":
    main()
