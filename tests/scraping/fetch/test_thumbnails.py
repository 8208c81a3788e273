import errno
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from src.errors import BlockedError
from src.paths import Workspace
from src.scraping.artwork import Addresses, Artwork, Origin
from src.scraping.fetch import thumbnails
from src.scraping.fetch.client import HttpClient
from src.scraping.fetch.manners import choose_manners
from src.scraping.fetch.robots import Robots
from src.scraping.fetch.thumbnails import Downloads
from src.scraping.store.store import Store
from tests.support.page_servers import PageServers, send

ARTWORKS = [
    Artwork(f"{number:014d}", "RED", f"https://gallery.invalid/ci/{number}", f"https://gallery.invalid/asset/{number}")
    for number in range(60)
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(Workspace(tmp_path), Origin("https://gallery.invalid"), "jpeg-218") as one:
        yield one


def start(store: Store, base_url: str) -> Downloads:
    addresses, client = Addresses(base_url), HttpClient(None)
    manners = choose_manners(addresses, contact=None)
    folder = store.path.parent / "incoming"
    return Downloads(store, folder, client=client, addresses=addresses, manners=manners, robots=Robots(client))


def finish(downloads: Downloads) -> None:
    deadline = time.monotonic() + 20
    while downloads.open_count and time.monotonic() < deadline:
        downloads.collect(wait_seconds=0.2)


def test_every_thumbnail_has_an_outcome(store: Store, servers: PageServers) -> None:
    artworks = [ARTWORKS[0], Artwork("aaaaaaaaaaaaaa", "RED", None, "https://gallery.invalid/asset/x/a")]
    with start(store, servers.serve("none", 404)) as downloads:
        for _ in range(2):
            downloads.ask(artworks)
        finish(downloads)
    assert downloads.tally == {"failed": 2}
    assert "no address" in str(store.outcome("aaaaaaaaaaaaaa"))
    assert "404" in str(store.outcome("00000000000000"))


def test_a_refusal_in_any_thread_ends_the_fetching(store: Store, servers: PageServers) -> None:
    asked: list[str] = []

    def refuse(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        send(request, status=429, Retry_After="30")

    with start(store, servers.serve_with(refuse)) as downloads:
        downloads.ask(ARTWORKS)
        with pytest.raises(
            BlockedError, match="the image host answered with HTTP 429 and asks to come back after 30 s"
        ):
            finish(downloads)
    assert len(asked) <= 8, "no thread asks again"
    assert store.outcome("00000000000000") is None


def test_a_full_disk_is_no_fault_of_the_picture(
    store: Store, servers: PageServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(thumbnails, "get_img", fail)
    downloads = start(store, servers.serve("x"))
    downloads.ask(ARTWORKS[:3])
    with pytest.raises(OSError, match="No space left"):
        finish(downloads)
    assert store.outcome("00000000000000") is None
    downloads.stop()
