"""How fast the service is, against the same work in process and against a naive service, in one run.

``python -m benchmarks.service [--quick] [--models DIR]``. Every HTTP measurement stands between two
measurements of the in-process work, so that a ratio compares what the machine could do at that time.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2

from application.services.img_classify import ImgClassify
from application.utility.conversion import ImageLimits
from benchmarks.http_load import LoadResult, build_form_request, run_load
from benchmarks.service_process import ServiceProcess
from benchmarks.stand_in_model import make_stand_in_model
from src.features.decode_image import MAXIMUM_PIXELS
from src.gallery.painter import describe, paint_crop
from src.models.artefacts import load_model
from src.paths import Workspace

__all__ = ["main", "run"]

SIDES = (218, 1024)
PICTURES = 6
JPEG_QUALITY = 90
NAIVE_COMMAND = (
    *(sys.executable, "-m", "uvicorn", "--factory", "benchmarks.naive_service:create_naive_app"),
    *("--port", "0"),
)
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


def describe_load(result: LoadResult, in_process: float) -> dict[str, float]:
    """Put a load run beside the in-process time around it."""
    if set(result.statuses) != {200} or result.broken:
        raise RuntimeError(f"not every request was answered with 200: {dict(result.statuses)}, {result.broken} broken")
    return {
        "requests_per_second": round(result.rate, 1),
        "p50_milliseconds": round(result.quantile(0.5) * 1000, 3),
        "p99_milliseconds": round(result.quantile(0.99) * 1000, 3),
        "in_process_milliseconds": round(in_process * 1000, 3),
        "p50_to_in_process": round(result.quantile(0.5) / in_process, 2),
        "rate_to_in_process": round(result.rate * in_process, 2),
    }


def measure_service(
    start: Callable[[], ServiceProcess], service: ImgClassify, pictures: dict[int, list[bytes]], seconds: float
) -> dict[str, Any]:
    """Measure one running service with 1 and 8 clients and both sizes."""
    found: dict[str, Any] = {}
    with start() as process:
        resting = process.measure_resident_bytes()
        for side, contents in pictures.items():
            requests = [build_form_request("/img_classify", content) for content in contents]
            run_load(process.port, requests, clients=4, seconds=0.5)
            for clients in (1, 8):
                before = measure_in_process(service, contents, seconds / 4)
                result = run_load(process.port, requests, clients=clients, seconds=seconds)
                after = measure_in_process(service, contents, seconds / 4)
                found[f"{side} px, {clients} clients"] = describe_load(result, (before + after) / 2)
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
        service = ImgClassify(load_model(folder), ImageLimits(1 << 30, MAXIMUM_PIXELS))
        pictures = {side: paint_pictures(side) for side in SIDES}
        figures: dict[str, Any] = {"model": "stand-in" if stand_in else service.model.version}
        figures["naive, 1 worker"] = measure_service(
            lambda: ServiceProcess(folder, command=NAIVE_COMMAND, ready_path="/health"), service, pictures, seconds
        )
        for workers in (1, 2):
            figures[f"service, {workers} workers"] = measure_service(
                lambda workers=workers: ServiceProcess(folder, workers=workers), service, pictures, seconds
            )
    figures["ratios"] = {f"{side} px": compare(figures, f"{side} px") for side in SIDES}
    figures["targets"] = TARGETS
    return figures


def compare(figures: dict[str, Any], size: str) -> dict[str, float]:
    """Give the ratios that the service is judged by, for one size of picture."""
    one, eight = (
        figures["service, 1 workers"][f"{size}, 1 clients"],
        figures["service, 2 workers"][f"{size}, 8 clients"],
    )
    naive = figures["naive, 1 worker"][f"{size}, 8 clients"]
    # the rate of each is taken relative to the in-process time around it: the machine may be busier at one time
    return {
        "one_client_p50_to_in_process": one["p50_to_in_process"],
        "eight_clients_to_in_process": eight["rate_to_in_process"],
        "eight_clients_to_naive": round(eight["rate_to_in_process"] / naive["rate_to_in_process"], 1),
        "eight_clients_to_naive_raw": round(eight["requests_per_second"] / naive["requests_per_second"], 1),
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
