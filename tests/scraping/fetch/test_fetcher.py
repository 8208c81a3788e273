import errno
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from src.errors import BlockedError, DownloadError
from src.scraping.artwork import Artwork
from src.scraping.fetch.client import FetchError
from src.scraping.fetch.fetcher import FetchPool
from src.scraping.get_img import get_img
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


def run(fetch: Any, fetcher: Any = None, artworks: list[Artwork] = ARTWORKS) -> list[str]:
    """Fetch artworks as a run does; give their values and errors in the artworks' order."""
    noted: dict[str, Any] = {}
    pool = FetchPool(
        fetcher or make_fetcher(),
        fetch,
        lambda results: noted.update((artwork.asset_id, result) for artwork, result in results),
        threads=8,
    )
    deadline = time.monotonic() + 20
    with pool:
        pool.ask(artworks)
        try:
            while pool.open_count and time.monotonic() < deadline:
                pool.collect(wait_seconds=0.2)
        except (BlockedError, OSError):
            assert noted == {}, "what ends the run is no fault of an artwork"
            raise
    return [str(noted[artwork.asset_id]) for artwork in artworks]


def test_every_artwork_has_its_value_or_its_error() -> None:
    def fetch(artwork: Artwork) -> str:
        if artwork == ARTWORKS[1]:
            raise DownloadError("gone")
        if artwork == ARTWORKS[2]:
            raise ZeroDivisionError("odd")
        return "here"

    assert run(fetch, artworks=ARTWORKS[:3]) == ["here", "gone", "unexpected ZeroDivisionError: odd"]


def test_an_artwork_of_two_colours_is_fetched_once() -> None:
    fetched: list[str] = []
    blue = replace(ARTWORKS[0], color="BLUE")
    run(lambda artwork: fetched.append(artwork.color), artworks=[ARTWORKS[0], blue])
    assert fetched == ["RED"]


def test_a_refusal_in_any_thread_ends_the_fetching(servers: PageServers) -> None:
    asked: list[str] = []

    def refuse(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        send(request, status=429)

    base_url, fetcher = servers.serve_with(refuse), make_fetcher()
    with pytest.raises(BlockedError, match="the image host answered with HTTP 429"):
        run(lambda artwork: get_img(fetcher, f"{base_url}{artwork.image}"), fetcher)
    assert len(asked) <= 8, "no thread asks again"


def test_a_full_disk_is_no_fault_of_the_picture() -> None:
    def fetch(_: Artwork) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        run(fetch)
