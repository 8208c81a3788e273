"""How fast the gallery starts, lists and paints: ``python -m benchmarks.gallery``.

Starts the site of 2026 (64,509 artworks, twelve colours), walks the whole list of its largest colour
through the page's own continuation, and fetches thumbnails over eight kept connections; then the same
thumbnails once more, from the cache. Memory is the sum over all processes of the gallery (PSS).
"""

import argparse
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psutil
import requests
from rich.console import Console
from rich.table import Table

from src.gallery.process import GalleryProcess

CONNECTIONS = 8
SUFFIX = "=w218-h218-c"


@dataclass(frozen=True)
class Measurement:
    """One row of the table; ``items`` per ``seconds``, and processor seconds of the gallery."""

    stage: str
    items: int
    seconds: float
    processor_seconds: float
    memory_megabytes: float


def measure_usage(pid: int) -> tuple[float, float, list[float]]:
    """Return processor seconds and megabytes (PSS) of a gallery, and processor seconds of each process."""
    parent = psutil.Process(pid)
    processes = [parent, *parent.children(recursive=True)]
    spent = [sum(process.cpu_times()[:2]) for process in processes]
    memory = sum(process.memory_full_info().pss for process in processes) / 1e6
    return sum(spent), memory, spent


def list_colour(base_url: str, colour: str) -> list[str]:
    """Return the image addresses of a whole colour, walked as the page does."""
    with requests.Session() as session:
        html = session.get(f"{base_url}/color?col={colour}", timeout=60).text
        page = json.loads(re.search(r"INIT_data\['[^']+'\] = (.*?);</script>", html, re.DOTALL)[1])
        block = next(entry[2] for entry in page[5] if entry[1] == colour)
        addresses = [item[3] for item in block[2]]
        while len(block) > 8:
            query = {"s": "30", "pt": block[8], "hl": "en", "rt": "j"}
            text = session.get(f"{base_url}/api/assets/images/color", params=query, timeout=60).text
            block = json.loads(text.removeprefix(")]}'"))[0][0]
            addresses += [item[3] for item in block[2] or []]
    return addresses


def fetch_all(addresses: list[str]) -> None:
    """Fetch thumbnails over :data:`CONNECTIONS` kept connections."""

    def fetch_some(part: list[str]) -> None:
        with requests.Session() as session:
            for address in part:
                session.get(f"http:{address}{SUFFIX}", timeout=60).raise_for_status()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(fetch_some, [addresses[start::CONNECTIONS] for start in range(CONNECTIONS)]))


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, help="serving processes (default: one per processor)")
    parser.add_argument("--images", type=int, default=600, help="thumbnails fetched (default %(default)s)")
    options = parser.parse_args()
    rows: list[Measurement] = []
    begin = time.perf_counter()
    with GalleryProcess(artworks=64509, proportions="site", workers=options.workers) as gallery:
        spent, memory, _ = measure_usage(gallery.pid)
        rows.append(Measurement("start", 64509, time.perf_counter() - begin, spent, memory))
        addresses: list[str] = []

        def add(stage: str, work: object, items: int) -> None:
            before, *_ = measure_usage(gallery.pid)
            start = time.perf_counter()
            work()
            seconds = time.perf_counter() - start
            after, megabytes, _ = measure_usage(gallery.pid)
            rows.append(Measurement(stage, items or len(addresses), seconds, after - before, megabytes))

        add("list BROWN", lambda: addresses.extend(list_colour(gallery.base_url, "BROWN")), 0)
        some = addresses[: options.images]
        add("thumbnails", lambda: fetch_all(some), len(some))
        add("thumbnails again", lambda: fetch_all(some), len(some))
        *_, each = measure_usage(gallery.pid)
    table = Table("stage", "items", "seconds", "items/s", "processor ms/item", "memory MB", title="Gallery")
    for row in rows:
        table.add_row(
            row.stage,
            f"{row.items:,}",
            f"{row.seconds:.1f}",
            f"{row.items / row.seconds:,.0f}",
            f"{1000 * row.processor_seconds / row.items:.2f}",
            f"{row.memory_megabytes:.0f}",
        )
    console = Console()
    console.print(table)
    console.print("processor seconds of each process: " + ", ".join(f"{value:.1f}" for value in each))


if __name__ == "__main__":
    main()
