"""The service under stress: damaged files, heavy pictures, endless uploads, and a steady memory.

``python -m benchmarks.ordeals.service_endurance [--quick]``, some ten minutes. Exit code 1 if a promise does not hold.
"""

import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

import cv2

from application.settings import Settings
from benchmarks.http_load import LoadResult, Post, build_form, run_load, send_endless_body
from benchmarks.measuring import Figures, read_peak, reset_peak, run_benchmark, show_rows
from benchmarks.picture_files import list_encoders, list_originals, make_pixels, mutate_images
from benchmarks.service_process import ServiceProcess, start_service
from src.features.image_header import read_header
from src.paths import Workspace

MEGABYTE: Final = 10**6
BLOCK: Final = 2000

SETTINGS: Final = {"MALLOC_MMAP_THRESHOLD_": str(1 << 20)}
"""As in the container: what a large picture took goes back to the system at once."""


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
        "first_block_megabytes": round(sizes[0], 1),
        "last_block_megabytes": round(sizes[-1], 1),
    }


def make_heavy_pictures() -> Iterator[tuple[str, bytes]]:
    """Make of each kind a file that is nearly too heavy to decode, where the limit of uploads takes it."""
    for name, make_small in list_encoders(make_pixels(512, 512, cv2.INTER_NEAREST)).items():
        bytes_a_pixel = read_header(make_small()).memory / 512**2
        side = int((0.97 * Settings().decoding_memory_bytes / bytes_a_pixel) ** 0.5)
        content = list_encoders(make_pixels(side, side, cv2.INTER_NEAREST))[name]()
        if len(content) <= Settings().maximum_body_bytes:
            yield name, content


def make_bombs() -> Iterator[tuple[str, bytes]]:
    """Make pictures that would take a multiple of the memory, most of them small files."""
    encoders = list_encoders(make_pixels(8000, 8000, cv2.INTER_NEAREST))
    for name in ("PNG, 16 bits, alpha", "JPEG, progressive, 4:4:4"):
        yield name, encoders[name]()
    yield "WebP of 38 bytes", b"RIFF\x1e\0\0\0WEBPVP8 \x12\0\0\0\x10\x02\0\x9d\x01\x2a\xff\x3f\xff\x3f" + bytes(8)


def send_pairs(service: ServiceProcess, pictures: Iterable[tuple[str, bytes]]) -> list[Figures]:
    """Send each picture twice at once, and measure the peak of the one worker's memory."""
    rows = []
    for name, content in pictures:
        before = service.measure_resident_bytes()
        reset_peak(service.process.pid)
        result = run_load(service.port, [build_form("/img_classify", content)], clients=2, count=2)
        growth = (read_peak(service.process.pid) - before) / MEGABYTE
        rows.append({"picture": name, "statuses": dict(result.statuses), "peak_growth_megabytes": round(growth)})
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
        "peak_growth_megabytes": round((peak - before) / MEGABYTE, 1),
    }


def measure(quick: bool) -> Figures:
    """Try everything, or a twentieth: the heavy pictures on one worker, as in the container, the rest on two."""
    mutants, mixed, uploads = (1_000, 6_000, 8) if quick else (20_000, 50_000, 100)
    folder = Workspace().models_dir
    with start_service(folder, settings={**SETTINGS, "DECODE_THREADS": "2"}) as service:
        rest = service.measure_resident_bytes() / MEGABYTE
        heavy = send_pairs(service, make_heavy_pictures())
        bombs = send_pairs(service, make_bombs())
    with start_service(folder, workers=2, settings=SETTINGS) as service:
        damaged_files = mutate_images(list_originals(), mutants)
        damaged = send_blocks(service, (Post("/img_classify", content, "image/png") for content in damaged_files))
        mixture = send_blocks(service, list_mixed_requests(mixed))
        endless = upload_endlessly(service, uploads)
        failures = sum(event["event"] == "failure" for event in service.read_events())
    show_rows("two heavy pictures at once", heavy)
    show_rows("two bombs at once", bombs)
    counted = {"damaged_files": damaged, "mixed_requests": mixture, "endless_uploads": endless}
    print(f"at rest {rest:.1f} MB", *(f"{name}: {figures}" for name, figures in counted.items()), sep="\n")
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
    return {"at_rest_megabytes": rest, "heavy_pictures": heavy, "bombs": bombs, **counted, "held": held}


if __name__ == "__main__":
    sys.exit(run_benchmark(measure))
