from typing import Any

import pytest

from src.errors import BlockedError, DownloadError
from src.scraping.fetch.client import FetchError
from src.scraping.fetch.robots import Robots, find_opt_out
from tests.support.stand_in_client import StandInClient

PAGE = "https://example.org/color?col=RED"


def explain(status: int, content_type: str = "text/plain", text: str = "") -> str | None:
    """Say why the page may not be fetched; None if it may."""
    try:
        Robots(StandInClient((text.encode(), status, {"content-type": content_type}))).check(PAGE)
    except DownloadError as error:
        return str(error)
    return None


def test_rules_are_obeyed_and_asked_once() -> None:
    client = StandInClient((b"User-agent: *\nDisallow: /api/*\nCrawl-delay: 7\n", 200, {}))
    robots = Robots(client)
    robots.check(PAGE)
    with pytest.raises(DownloadError, match="does not allow /api/color"):
        robots.check("https://example.org/api/color?col=RED")
    assert robots.check_site([PAGE]) == 7.0
    assert client.asked == ["https://example.org/robots.txt"]


def test_rules_for_this_project_come_before_those_for_all() -> None:
    rules = "User-agent: *\nAllow: /\n\nUser-agent: GoogleArtCultureImageClassification\nDisallow: /color\n"
    assert explain(200, "text/plain", rules) is not None


@pytest.mark.parametrize("status", [404, 410])
def test_no_file_means_no_rules(status: int) -> None:
    assert explain(status, "text/html", "not found") is None


@pytest.mark.parametrize(
    "answer",
    [
        (500,),
        (503, "text/plain", "User-agent: *\nAllow: /"),
        (401,),
        (403,),
        (200, "text/html", "<html>sorry</html>"),
        (200, "text/plain", "  <!doctype html>"),
        (200, "text/plain", "\x00\x01\x02\nUser-agent: *\nAllow: /\n"),
    ],
)
def test_without_readable_rules_nothing_is_fetched(answer: tuple[Any, ...]) -> None:
    assert "nothing is fetched" in str(explain(*answer))


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (FetchError("refused"), DownloadError, "nothing is fetched"),
        ((b"", 429, {"retry-after": "30"}), BlockedError, "come back after 30 s"),
    ],
)
def test_a_refused_or_failed_answer_is_remembered(answer: Any, error: type[Exception], words: str) -> None:
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
