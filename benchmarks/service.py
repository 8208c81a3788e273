"""How fast the service is: against the same work in process and a naive service, in one run.

``python -m benchmarks.service [--quick]``, about five minutes. Every measurement over HTTP is made
of short slices, each between two of the in-process work, and its ratios are medians over the slices: they
compare what the machine could do at that time. Exit code 1 if a bar does not hold.
"""

import math
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from application.services.img_classify import ImgClassify
from application.utility.conversion import PictureReader
from benchmarks.http_load import LoadResult, build_form, run_load
from benchmarks.measuring import Figures, run_benchmark, show_rows
from benchmarks.service_process import ServiceProcess, start_service
from src.gallery.painter.describe import describe
from src.gallery.painter.painting import paint_crop
from src.paths import Workspace

SIDES: Final = (218, 1024)
PICTURES: Final = 6
CLIENTS: Final = (1, 8)
SLICE_SECONDS: Final = 0.25
NO_LIMIT: Final = 1 << 30

NAIVE: Final = "naive, 1 worker"
ONE: Final = "ours, 1 worker"
TWO: Final = "ours, 2 workers"
NAIVE_APPLICATION: Final = "benchmarks.naive_service:create_naive_app"
NAIVE_COMMAND: Final = (sys.executable, "-m", "uvicorn", "--factory", NAIVE_APPLICATION, "--no-access-log")


def paint_pictures(side: int) -> list[bytes]:
    """JPEG files of one size, by the gallery's painter."""
    pictures = (paint_crop(describe(0, number), side, side) for number in range(PICTURES))
    return [cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes() for picture in pictures]


def measure_in_process(classifier: ImgClassify, pictures: Sequence[bytes], seconds: float) -> float:
    """Median seconds of decoding, features and prediction on one core."""
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for picture in pictures:
            started = time.perf_counter()
            classifier.classify(picture)
            taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def measure_load(
    service: ServiceProcess, classifier: ImgClassify, pictures: Sequence[bytes], clients: int, seconds: float
) -> Figures:
    """Load a service in slices between measurements of the in-process work, and put both side by side."""
    requests = [build_form("/img_classify", picture) for picture in pictures]
    total, waits, rates, alone = LoadResult(), [], [], []
    for _ in range(round(seconds / SLICE_SECONDS)):
        before = measure_in_process(classifier, pictures, SLICE_SECONDS / 4)
        result = run_load(service.port, requests, clients=clients, seconds=SLICE_SECONDS)
        in_process = (before + measure_in_process(classifier, pictures, SLICE_SECONDS / 4)) / 2
        if set(result.statuses) != {200} or result.broken:
            raise RuntimeError(f"not every answer was 200: {dict(result.statuses)}, {result.broken} broken")
        total.add(result)
        total.seconds += result.seconds
        waits.append(statistics.median(result.latencies) / in_process)
        rates.append(len(result.latencies) / result.seconds * in_process)
        alone.append(in_process)
    p50, p99 = np.quantile(total.latencies, [0.5, 0.99]).tolist()
    return {
        "requests_per_second": round(len(total.latencies) / total.seconds),
        "p50_ms": round(p50 * 1000, 2),
        "p99_ms": round(p99 * 1000, 1),
        "in_process_ms": round(statistics.median(alone) * 1000, 2),
        "p50_to_in_process": round(statistics.median(waits), 2),
        "rate_to_in_process": round(statistics.median(rates), 3),
    }


def measure(quick: bool) -> Figures:
    """Measure every service with 1 and 8 clients and both sizes, for a second (``quick``) or five each."""
    cv2.setNumThreads(1)
    folder = Workspace().models_dir
    classifier = ImgClassify(folder, PictureReader(NO_LIMIT, NO_LIMIT))
    pictures = {side: paint_pictures(side) for side in SIDES}
    services = {
        NAIVE: start_service(folder, command=NAIVE_COMMAND),
        ONE: start_service(folder),
        TWO: start_service(folder, workers=2),
    }
    rows: list[Figures] = []
    for name, started in services.items():
        with started as service:
            for side in SIDES:
                run_load(service.port, [build_form("/img_classify", pictures[side][0])], clients=4, seconds=0.5)
                for clients in CLIENTS:
                    figures = measure_load(service, classifier, pictures[side], clients, 1.0 if quick else 5.0)
                    rows.append({"service": name, "clients": clients, "side": side, **figures})
    show_rows("the services", rows)
    found = {(row["service"], row["clients"], row["side"]): row for row in rows}
    small, large = SIDES
    # rates are taken relative to the in-process time around them: the machine may be busier at one time
    two = found[TWO, 8, small]["rate_to_in_process"]
    bars = (
        ("one client's p50 at 218 px / in process", found[ONE, 1, small]["p50_to_in_process"], 0.0, 2.8),
        ("one client's p50 at 1024 px / in process", found[ONE, 1, large]["p50_to_in_process"], 0.0, 1.6),
        ("eight clients, two workers / one core in process", two, 0.6, math.inf),
        ("the same / naive", two / found[NAIVE, 8, small]["rate_to_in_process"], 8.0, math.inf),
    )
    ratios = {name: round(ratio, 2) for name, ratio, *_ in bars}
    show_rows("what is compared", [{"ratio": name, "value": ratio} for name, ratio in ratios.items()])
    held = {name: low <= ratio <= high for name, ratio, low, high in bars}
    return {"model": classifier.model.version, "rows": rows, "ratios": ratios, "held": held}


if __name__ == "__main__":
    sys.exit(run_benchmark(measure))
