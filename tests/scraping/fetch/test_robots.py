from typing import Any

import pytest

from src.errors import BlockedError, DownloadError
from src.scraping.artwork import Addresses
from src.scraping.fetch.client import FetchError
from src.scraping.fetch.fetcher import Fetcher
from src.scraping.fetch.manners import choose_manners
from src.scraping.fetch.robots import Robots, find_opt_out
from tests.support.stand_in_client import StandInClient

PAGE = "https://example.org/color?col=RED"
OURS = b"User-agent: *\nAllow: /\n\nUser-agent: GoogleArtCultureImageClassification\nDisallow: /color\n"


def test_rules_are_obeyed_and_asked_once() -> None:
    client = StandInClient((b"User-agent: *\nDisallow: /api/*\n", 200, {}))
    robots = Robots(client)
    robots.check(PAGE)
    with pytest.raises(DownloadError, match="does not allow /api/color"):
        robots.check("https://example.org/api/color?col=RED")
    assert client.asked == ["https://example.org/robots.txt"]
    with pytest.raises(DownloadError, match="does not allow /color"):
        Robots(StandInClient((OURS, 200, {}))).check(PAGE)


def test_a_longer_pause_that_the_site_asks_for_is_kept() -> None:
    manners = choose_manners(Addresses("https://example.org"), contact="me@example.org")
    fetcher = Fetcher(manners, StandInClient((b"User-agent: *\nCrawl-delay: 30\n", 200, {})))
    fetcher.ask_leave([PAGE])
    assert fetcher.manners.pause_seconds == (30.0, 31.0)


@pytest.mark.parametrize("status", [404, 410])
def test_no_file_means_no_rules(status: int) -> None:
    Robots(StandInClient((b"not found", status, {"content-type": "text/html"}))).check(PAGE)


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (FetchError("refused"), DownloadError, "nothing is fetched"),
        ((b"", 500, {}), DownloadError, "nothing is fetched"),
        ((b"User-agent: *\nAllow: /", 503, {}), DownloadError, "nothing is fetched"),
        ((b"", 403, {}), DownloadError, "nothing is fetched"),
        ((b"sorry", 200, {"content-type": "text/html"}), DownloadError, "nothing is fetched"),
        ((b"  <!doctype html>", 200, {}), DownloadError, "nothing is fetched"),
        ((b"\x00\x01\x02\nUser-agent: *\nAllow: /\n", 200, {}), DownloadError, "nothing is fetched"),
        ((b"", 429, {"retry-after": "30"}), BlockedError, "come back after 30 s"),
    ],
)
def test_without_readable_rules_nothing_is_fetched(answer: Any, error: type[Exception], words: str) -> None:
    client = StandInClient(answer)
    robots = Robots(client)
    for _ in range(3):
        with pytest.raises(error, match=words):
            robots.check(PAGE)
    assert len(client.asked) == 1


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (None, None),
        ("all", None),
        ("NOAI, noimageai", "noai, noimageai"),
        ("otherbot: noindex, noai", None),
        ("GoogleArtCultureImageClassification: noai", "noai"),
        ("max-image-preview:large", None),
    ],
)
def test_reserved_pictures_are_recognised(header: str | None, words: str | None) -> None:
    assert find_opt_out(header) == words
