from typing import Any

import pytest

from src.errors import BlockedError
from src.scraping.fetch.client import Answer, FetchError
from src.scraping.fetch.robots import Robots, find_opt_out

PAGE = "https://example.org/color?col=RED"


class Client:
    """Stands in for the HTTP client: gives its answers in turn, the last one for ever."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), list[str]()

    def get(self, address: str, **_: Any) -> Answer:
        self.asked.append(address)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, content_type, text = answer
        return Answer(address, status, {"content-type": content_type, "retry-after": "30"}, text.encode())


def make_robots(*answers: Any) -> tuple[Robots, list[str]]:
    client = Client(*answers)
    return Robots(client), client.asked  # type: ignore[arg-type]


def test_rules_are_obeyed_and_asked_once() -> None:
    robots, asked = make_robots((200, "text/plain", "User-agent: *\nDisallow: /api/*\nCrawl-delay: 7\n"))
    assert robots.explain_refusal(PAGE) is None
    assert "does not allow /api/color" in str(robots.explain_refusal("https://example.org/api/color?col=RED"))
    assert robots.read_crawl_delay(PAGE) == 7.0
    assert asked == ["https://example.org/robots.txt"]


def test_rules_for_this_project_come_before_those_for_all() -> None:
    rules = "User-agent: *\nAllow: /\n\nUser-agent: GoogleArtCultureImageClassification\nDisallow: /color\n"
    robots, _ = make_robots((200, "text/plain", rules))
    assert robots.explain_refusal(PAGE) is not None


@pytest.mark.parametrize("status", [404, 410])
def test_no_file_means_no_rules(status: int) -> None:
    robots, _ = make_robots((status, "text/html", "not found"))
    assert robots.explain_refusal(PAGE) is None


@pytest.mark.parametrize(
    "answer",
    [
        (500, "text/plain", ""),
        (503, "text/plain", "User-agent: *\nAllow: /"),
        (401, "text/plain", ""),
        (403, "text/plain", ""),
        (200, "text/html", "<html>sorry</html>"),
        (200, "text/plain", "  <!doctype html>"),
        (200, "text/plain", "\x00\x01\x02\nUser-agent: *\nAllow: /\n"),
        FetchError("refused"),
    ],
)
def test_without_readable_rules_nothing_is_fetched(answer: Any) -> None:
    robots, _ = make_robots(answer)
    assert "nothing is fetched" in str(robots.explain_refusal(PAGE))


def test_a_block_at_the_rules_is_a_block() -> None:
    robots, asked = make_robots((429, "text/html", ""))
    for _ in range(3):
        with pytest.raises(BlockedError, match="come back after 30 s"):
            robots.explain_refusal(PAGE)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (None, None),
        ("", None),
        ("all", None),
        ("noai", "noai"),
        ("noai, noimageai", "noai, noimageai"),
        ("NOAI", "noai"),
        ("otherbot: noindex, noai", None),
        ("GoogleArtCultureImageClassification: noai", "noai"),
        ("max-image-preview:large", None),
        ("noarchive", None),
    ],
)
def test_reserved_pictures_are_recognised(header: str | None, words: str | None) -> None:
    assert find_opt_out(header) == words
