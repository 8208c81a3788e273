import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import requests

from src.errors import UsageError
from src.gallery.process import GalleryProcess
from src.gallery.site.faults import Faults
from src.paths import PROJECT_ROOT
from tests.support.gallery_pages import read_colour_block
from tests.support.waiting import wait_for

pytestmark = pytest.mark.slow

HOLDER = """
import sys, time
from src.gallery.process import GalleryProcess
with GalleryProcess(artworks=240, workers=2) as gallery:
    print(gallery.base_url, gallery.pid, flush=True)
    time.sleep(60)
"""


def family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def find_workers(pid: int) -> list[psutil.Process]:
    workers = []
    for child in psutil.Process(pid).children():
        with suppress(psutil.Error):  # it has just ended
            if "spawn_main" in " ".join(child.cmdline()):
                workers.append(child)
    return workers


def find_alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that still run after some seconds; a zombie of ours that nobody asked after is dead."""
    _, alive = psutil.wait_procs(processes, timeout=10)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_a_site_as_large_as_in_2026_is_served_and_ends_with_its_block() -> None:
    with GalleryProcess(artworks=64509, proportions="site", workers=2) as gallery:
        processes = family(gallery.pid)
        assert len(find_workers(gallery.pid)) == 2
        colours = requests.get(f"{gallery.base_url}/gallery/status", timeout=10).json()["colours"]
        assert (colours["BROWN"], colours["GRAY"], sum(colours.values())) == (23012, 6623, 64509)
        html = requests.get(f"{gallery.base_url}/color?col=RED", timeout=10).text
        item = read_colour_block(html, "RED")[2][0]
        assert item[3].startswith(f"//{gallery.base_url.removeprefix('http://')}/ci/")
        assert requests.get(f"http:{item[3]}=w64-h64-c", timeout=10).content[:3] == b"\xff\xd8\xff"
    assert find_alive(processes) == []


def test_nothing_outlives_a_killed_parent() -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True)
    try:
        address, pid = holder.stdout.readline().split()
        processes = family(int(pid))
        assert len(processes) >= 3
        holder.kill()
        holder.wait(10)
        assert find_alive(processes) == []
        with pytest.raises(requests.ConnectionError):
            requests.get(address, timeout=2)
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def test_workers_are_replaced_and_end_when_their_supervisor_is_killed() -> None:
    with GalleryProcess(artworks=240, workers=2) as gallery:
        first = find_workers(gallery.pid)[0]
        first.kill()
        assert wait_for(lambda: len(workers := find_workers(gallery.pid)) == 2 and first not in workers)
        assert requests.get(f"{gallery.base_url}/gallery/status", timeout=10).ok
        processes = family(gallery.pid)
        os.kill(gallery.pid, signal.SIGKILL)
        assert find_alive(processes[1:]) == []


def test_wrong_options_are_reported(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wrong = {
            "expected at least 220": {"artworks": 5},
            "there is no such folder": {"images": Path("nowhere")},
            "choose another --port": {"port": taken.getsockname()[1]},
        }
        for message, options in wrong.items():
            with pytest.raises(UsageError, match="exit code 2"), GalleryProcess(**options):
                pass
            error = capfd.readouterr().err
            assert error.startswith("error: ")
            assert message in error


def test_all_workers_know_the_same() -> None:
    """Requests and attempts are counted across workers, and a block holds for all of them."""
    faults = Faults(drop=0.5, image_error=0.5, block_after=60, block_seconds=120)
    with GalleryProcess(artworks=240, workers=2, faults=faults) as gallery:
        check_drops(gallery.base_url)
        check_block(gallery.base_url)


def check_drops(base_url: str) -> None:
    html = ""
    while not html.rstrip().endswith("</html>"):
        with suppress(requests.RequestException):
            html = requests.get(f"{base_url}/color?col=BLACK", timeout=10).text
    outcomes: Counter[str] = Counter()
    for item in read_colour_block(html, "BLACK")[2][:12]:
        for _ in range(12):
            try:
                # A new connection each time, so that either worker may take it.
                answer = requests.get(f"http:{item[3]}=w16-h16-c", timeout=10)
            except requests.exceptions.ChunkedEncodingError:
                outcomes["within"] += 1
            except requests.ConnectionError:
                outcomes["before the first byte"] += 1
            else:
                outcomes[str(answer.status_code)] += 1
                if answer.status_code == 200:
                    break
        else:
            pytest.fail("12 attempts failed: they are not counted across workers")
    assert set(outcomes) == {"within", "before the first byte", "200", "503"}


def check_block(base_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: requests.get(f"{base_url}/robots.txt", timeout=10), range(160))
        found = [answer.status_code for answer in answers]
    counts = requests.get(f"{base_url}/gallery/status", timeout=10).json()["requests"]
    assert counts["robots"] == 160
    assert counts["page"] + found.count(200) == 60
    assert found.count(429) == 160 - found.count(200) == counts["blocked"]
