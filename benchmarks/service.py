"""How fast the service is, against the same work in process and against naive services, in one run.

``python -m benchmarks.service [--quick] [--models DIR]``. Every HTTP measurement is made of short
slices, each between two of the in-process work, and its ratios are medians over the slices: they
compare what the machine could do at that time. The floor is what HTTP alone costs (``/health/live``).
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from application.services.img_classify import ImgClassify
from application.utility.conversion import PictureReader
from benchmarks.http_load import LoadResult, build_form_request, build_request, run_load
from benchmarks.service_process import ServiceProcess
from benchmarks.stand_in_model import make_stand_in_model
from src.features.decode_image import MAXIMUM_MEMORY
from src.gallery.painter.describe import describe
from src.gallery.painter.painting import paint_crop
from src.paths import Workspace

SIDES = (218, 1024)
PICTURES = 6
JPEG_QUALITY = 90
CLIENTS = (1, 8)
SLICE_SECONDS = 0.25
NAIVE_COMMAND = (
    *(sys.executable, "-m", "uvicorn", "--factory", "benchmarks.naive_service:create_naive_app"),
    *("--port", "0"),
)
NAIVE = {"naive, 1 worker": "image", "naive by channels, 1 worker": "channels"}
"""The study's kind, and the same with statistics that NumPy takes faster; see ``benchmarks/naive_service.py``."""

FLOOR = build_request("/health/live", b"", "text/plain", method="GET")
TARGETS = {"one_client_p50_to_in_process": 2.0, "eight_clients_to_in_process": 0.8, "eight_clients_to_naive": 8.0}


def paint_pictures(side: int) -> list[bytes]:
    """JPEG files of one size, by the gallery's painter."""
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    pictures = (paint_crop(describe(0, number), side, side) for number in range(PICTURES))
    return [cv2.imencode(".jpg", picture, options)[1].tobytes() for picture in pictures]


def measure_in_process(service: ImgClassify, pictures: list[bytes], seconds: float) -> float:
    """Median seconds of decoding, features and prediction on one core."""
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for picture in pictures:
            started = time.perf_counter()
            service.classify(picture)
            taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def measure_load(
    port: int, requests: Sequence[bytes], clients: int, seconds: float, work: Callable[[float], float]
) -> dict[str, float]:
    """Load a service in slices between measurements of the in-process work, and put both side by side.

    Parameters
    ----------
    port, requests, clients
        As for :func:`benchmarks.http_load.run_load`.
    seconds
        Of all slices together.
    work
        Measures the in-process work for so many seconds; its median in seconds.
    """
    total, waits, rates, alone = LoadResult(), [], [], []
    for _ in range(round(seconds / SLICE_SECONDS)):
        before = work(SLICE_SECONDS / 4)
        result = run_load(port, requests, clients=clients, seconds=SLICE_SECONDS)
        in_process = (before + work(SLICE_SECONDS / 4)) / 2
        if set(result.statuses) != {200} or result.broken:
            raise RuntimeError(f"not every answer was 200: {dict(result.statuses)}, {result.broken} broken")
        total.latencies += result.latencies
        total.seconds += result.seconds
        waits.append(result.quantile(0.5) / in_process)
        rates.append(result.rate * in_process)
        alone.append(in_process)
    return {
        "requests_per_second": round(total.rate, 1),
        "p50_milliseconds": round(total.quantile(0.5) * 1000, 3),
        "p99_milliseconds": round(total.quantile(0.99) * 1000, 3),
        "in_process_milliseconds": round(statistics.median(alone) * 1000, 3),
        "p50_to_in_process": round(statistics.median(waits), 2),
        "rate_to_in_process": round(statistics.median(rates), 3),
    }


def measure_service(
    process: ServiceProcess,
    service: ImgClassify,
    pictures: dict[int, list[bytes]],
    seconds: float,
    floor: bytes | None = None,
) -> dict[str, Any]:
    """Run one service and measure it with 1 and 8 clients and both sizes, and its ``floor`` request if there is one."""
    found: dict[str, Any] = {}
    with process:
        resting = process.measure_resident_bytes()
        loads = {
            f"{side} px": ([build_form_request("/img_classify", content) for content in contents], contents)
            for side, contents in pictures.items()
        }
        if floor is not None:
            loads["floor"] = [floor], pictures[SIDES[0]]
        for name, (requests, contents) in loads.items():
            work = partial(measure_in_process, service, contents)
            run_load(process.port, requests, clients=4, seconds=0.5)
            for clients in CLIENTS:
                found[f"{name}, {clients} clients"] = measure_load(process.port, requests, clients, seconds, work)
        found["resident_megabytes_at_rest"] = round(resting / 1e6)
    return found


def run(quick: bool = False, models_dir: Path | None = None) -> dict[str, Any]:
    """Measure everything.

    Parameters
    ----------
    quick
        A second per measurement instead of five.
    models_dir
        The model; default the project's, and a stand-in of similar size where there is none.

    Returns
    -------
    dict
        Figures of each service, and the ratios that are held against :data:`TARGETS`.
    """
    seconds = 1.0 if quick else 5.0
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as scratch:
        folder = models_dir or Workspace().models_dir
        stand_in = not (folder / "model_card.json").is_file()
        if stand_in:
            folder = Path(scratch)
            make_stand_in_model(folder, rows_per_colour=700)
        service = ImgClassify(folder, PictureReader(1 << 30, MAXIMUM_MEMORY))
        pictures = {side: paint_pictures(side) for side in SIDES}
        figures: dict[str, Any] = {"model": "stand-in" if stand_in else service.model.version}
        for name, way in NAIVE.items():
            settings = {"NAIVE_STATISTICS": way}
            process = ServiceProcess(folder, settings=settings, command=NAIVE_COMMAND, ready_path="/health")
            figures[name] = measure_service(process, service, pictures, seconds)
        for workers in (1, 2):
            process = ServiceProcess(folder, workers=workers)
            figures[f"service, {workers} workers"] = measure_service(process, service, pictures, seconds, FLOOR)
    figures["ratios"] = {f"{side} px": compare(figures, f"{side} px") for side in SIDES}
    figures["targets"] = TARGETS
    return figures


def compare(figures: dict[str, Any], size: str) -> dict[str, float]:
    """Give the ratios that the service is judged by, for one size of picture."""
    one = figures["service, 1 workers"][f"{size}, 1 clients"]
    eight = figures["service, 2 workers"][f"{size}, 8 clients"]["rate_to_in_process"]
    # the rate of each is taken relative to the in-process time around it: the machine may be busier at one time
    naive, by_channels = (figures[name][f"{size}, 8 clients"]["rate_to_in_process"] for name in NAIVE)
    return {
        "one_client_p50_to_in_process": one["p50_to_in_process"],
        "eight_clients_to_in_process": eight,
        "eight_clients_to_naive": round(eight / naive, 1),
        "eight_clients_to_naive_by_channels": round(eight / by_channels, 1),
    }


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a second per measurement")
    parser.add_argument("--models", type=Path, default=None, metavar="DIR", help="model to serve (default: models/)")
    options = parser.parse_args()
    print(json.dumps(run(options.quick, options.models), indent=2))


if __name__ == "__main__":
    main()
