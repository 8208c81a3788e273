"""How fast the gallery starts, lists and paints: ``python -m benchmarks.gallery [--json FILE]``.

Starts the site of 2026 (64,509 artworks, twelve colours), walks the whole list of its largest colour
through the page's own continuation, and fetches thumbnails over eight kept connections; then the same
thumbnails once more, from the cache. Memory is the sum over all processes of the gallery (PSS).
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import requests

from benchmarks.measuring import read_memory, show_rows, write_figures
from src.gallery.process import GalleryProcess

ARTWORKS = 64_509
CONNECTIONS = 8
SUFFIX = "=w218-h218-c"


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


def fetch_all(addresses: Sequence[str]) -> None:
    """Fetch thumbnails over :data:`CONNECTIONS` kept connections."""

    def fetch_some(part: Sequence[str]) -> None:
        with requests.Session() as session:
            for address in part:
                session.get(f"http:{address}{SUFFIX}", timeout=60).raise_for_status()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(fetch_some, [addresses[start::CONNECTIONS] for start in range(CONNECTIONS)]))


def measure(workers: int | None, images: int) -> list[dict[str, Any]]:
    """Measure every stage."""
    rows: list[dict[str, Any]] = []
    begin = time.perf_counter()
    with GalleryProcess(artworks=ARTWORKS, proportions="site", workers=workers) as gallery:
        parent = psutil.Process(gallery.pid)

        def list_processes() -> list[psutil.Process]:
            return [parent, *parent.children(recursive=True)]

        def count_processor_seconds() -> float:
            return sum(sum(process.cpu_times()[:2]) for process in list_processes())

        def note(stage: str, items: int, seconds: float, processor_seconds: float) -> None:
            rows.append(
                {
                    "stage": stage,
                    "items": items,
                    "seconds": seconds,
                    "items_per_second": items / seconds,
                    "processor_ms_per_item": 1000 * processor_seconds / items,
                    "memory_megabytes": sum(map(read_memory, list_processes())),
                }
            )

        def run(stage: str, work: Callable[[], object], items: int | None = None) -> None:
            before, start = count_processor_seconds(), time.perf_counter()
            work()
            seconds = time.perf_counter() - start
            note(stage, items or len(addresses), seconds, count_processor_seconds() - before)

        note("start", ARTWORKS, time.perf_counter() - begin, count_processor_seconds())
        addresses: list[str] = []
        run("list BROWN", lambda: addresses.extend(list_colour(gallery.base_url, "BROWN")))
        some = addresses[:images]
        run("thumbnails", lambda: fetch_all(some), len(some))
        run("thumbnails again", lambda: fetch_all(some), len(some))
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gallery", description=__doc__)
    parser.add_argument("--workers", type=int, help="serving processes (default: one per processor)")
    parser.add_argument("--images", type=int, default=600, help="thumbnails fetched (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    rows = measure(options.workers, options.images)
    show_rows("gallery", rows)
    write_figures(rows, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
