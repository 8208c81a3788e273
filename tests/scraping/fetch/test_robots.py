from typing import Any

import pytest

from src.errors import BlockedError
from src.scraping.fetch.client import Answer, FetchError
from src.scraping.fetch.robots import Robots, find_opt_out

PAGE = "https://example.org/color?col=RED"


class Client:
    """Stands in for the HTTP client: gives one answer for ever."""

    def __init__(self, status: int, content_type: str = "text/plain", text: str = "") -> None:
        self.answer = Answer("", status, {"content-type": content_type, "retry-after": "30"}, text.encode())
        self.asked: list[str] = []

    def get(self, address: str, **_: Any) -> Answer:
        self.asked.append(address)
        if not self.answer.status:
            raise FetchError("refused")
        return self.answer


def explain(*answer: Any) -> str | None:
    return Robots(Client(*answer)).explain_refusal(PAGE)  # type: ignore[arg-type]


def test_rules_are_obeyed_and_asked_once() -> None:
    client = Client(200, "text/plain", "User-agent: *\nDisallow: /api/*\nCrawl-delay: 7\n")
    robots = Robots(client)  # type: ignore[arg-type]
    assert robots.explain_refusal(PAGE) is None
    assert "does not allow /api/color" in str(robots.explain_refusal("https://example.org/api/color?col=RED"))
    assert robots.read_crawl_delay(PAGE) == 7.0
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
        (0,),
    ],
)
def test_without_readable_rules_nothing_is_fetched(answer: tuple[Any, ...]) -> None:
    assert "nothing is fetched" in str(explain(*answer))


def test_a_block_at_the_rules_is_a_block() -> None:
    client = Client(429)
    robots = Robots(client)  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(BlockedError, match="come back after 30 s"):
            robots.explain_refusal(PAGE)
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
