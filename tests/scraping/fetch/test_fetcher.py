import errno
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from src.errors import BlockedError, DownloadError
from src.scraping.artwork import Artwork
from src.scraping.fetch.client import FetchError
from src.scraping.fetch.fetcher import Fetcher, FetchPool
from src.scraping.get_img import fetch_picture
from tests.support.page_servers import PageServers, send
from tests.support.stand_in_client import RestlessFetcher, StandInClient, make_fetcher

ARTWORKS = [Artwork(f"{number:014d}", "RED", f"/ci/{number}", f"/asset/{number}") for number in range(60)]


@pytest.mark.parametrize(
    ("errors", "pauses"),
    [
        ([FetchError("a"), FetchError("b")], [(0.05, 0.1), (0.1, 0.15)]),
        ([FetchError("a", retry_after=30.0)], [(30, 30)]),
        ([FetchError("a", retry_after=3600.0)], []),
        ([FetchError("a", is_passing=False)], []),
        ([ValueError("a")], []),
        ([FetchError("a")] * 9, [(0.05, 0.1), (0.1, 0.15), (0.2, 0.25), (0.4, 0.45), (0.8, 0.85)]),
    ],
)
def test_only_what_may_pass_is_tried_again(errors: list[Exception], pauses: list[tuple[float, float]]) -> None:
    fetcher = RestlessFetcher(StandInClient(*errors, (b"done", 200, {})))
    if len(pauses) == len(errors):
        assert fetcher.fetch("http://h/", lambda answer: answer.content) == b"done"
    else:
        with pytest.raises(type(errors[0])):
            fetcher.fetch("http://h/", lambda answer: answer.content)
    assert fetcher.pauses[0] == 0.0
    assert all(least <= pause <= most for pause, (least, most) in zip(fetcher.pauses[1:], pauses, strict=True))


class Run:
    """Fetches artworks as a run does."""

    def __init__(self, fetch: Any, fetcher: Fetcher | None = None) -> None:
        self.noted: dict[str, Any] = {}
        self.pool = FetchPool(fetcher or make_fetcher(), fetch, self.note, threads=8)

    def note(self, results: list[tuple[Artwork, Any]]) -> None:
        self.noted |= {artwork.asset_id: result for artwork, result in results}

    def finish(self) -> None:
        deadline = time.monotonic() + 20
        while self.pool.open_count and time.monotonic() < deadline:
            self.pool.collect(wait_seconds=0.2)


def test_every_artwork_has_its_value_or_its_error() -> None:
    asked: list[str] = []

    def fetch(artwork: Artwork) -> str:
        asked.append(artwork.asset_id)
        if artwork == ARTWORKS[1]:
            raise DownloadError("gone")
        if artwork == ARTWORKS[2]:
            raise ZeroDivisionError("odd")
        return "here"

    run = Run(fetch)
    with run.pool:
        run.pool.ask(ARTWORKS[:3])
        run.pool.ask(ARTWORKS[:3])
        run.finish()
        assert sorted(asked) == [artwork.asset_id for artwork in ARTWORKS[:3]]
        run.pool.ask(ARTWORKS[:1], is_again=True)
        run.finish()
    assert len(asked) == run.pool.done_count == 4
    assert [str(run.noted[one.asset_id]) for one in ARTWORKS[:3]] == [
        "here",
        "gone",
        "unexpected ZeroDivisionError: odd",
    ]


def test_a_refusal_in_any_thread_ends_the_fetching(servers: PageServers) -> None:
    asked: list[str] = []

    def refuse(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        send(request, status=429, Retry_After="30")

    base_url, fetcher = servers.serve_with(refuse), make_fetcher()
    run = Run(lambda artwork: fetch_picture(fetcher, f"{base_url}{artwork.image}", 218), fetcher)
    with run.pool:
        run.pool.ask(ARTWORKS)
        with pytest.raises(
            BlockedError, match="the image host answered with HTTP 429 and asks to come back after 30 s"
        ):
            run.finish()
    assert len(asked) <= 8, "no thread asks again"
    assert run.noted == {}


def test_a_full_disk_is_no_fault_of_the_picture() -> None:
    def fetch(_: Artwork) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    run = Run(fetch)
    run.pool.ask(ARTWORKS[:3])
    with pytest.raises(OSError, match="No space left"):
        run.finish()
    assert run.noted == {}
