import random
from typing import Any

import pytest
import requests

from src.errors import BlockedError, UsageError
from src.scraping.artwork import GOOGLE, Addresses
from src.scraping.politeness import Pace, Robots, choose_manners, find_opt_out, suggest_return

PAGE = "https://example.org/color?col=RED"


def make_robots(*answers: Any) -> tuple[Robots, list[str]]:
    waiting, asked = list(answers), list[str]()

    def fetch(address: str, user_agent: str) -> tuple[int, str, str]:
        asked.append(address)
        answer = waiting.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Robots("agent", fetch), asked


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
        requests.ConnectionError("refused"),
        requests.Timeout("slow"),
    ],
)
def test_without_readable_rules_nothing_is_fetched(answer: Any) -> None:
    robots, _ = make_robots(answer)
    assert "nothing is fetched" in str(robots.explain_refusal(PAGE))


def test_a_block_at_the_rules_is_a_block() -> None:
    robots, _ = make_robots((429, "text/html", ""))
    with pytest.raises(BlockedError):
        robots.explain_refusal(PAGE)


def test_a_real_site_is_met_politely() -> None:
    manners = choose_manners(Addresses(GOOGLE), contact="me@example.org")
    assert manners.is_polite
    assert manners.browsers == 1
    assert manners.pause_seconds[0] >= 2.0
    assert "me@example.org" in manners.user_agent
    with pytest.raises(UsageError, match="--contact"):
        choose_manners(Addresses(GOOGLE), contact=None)
    assert choose_manners(Addresses(GOOGLE), contact="x", is_polite=False).is_polite


def test_this_machine_is_met_at_full_speed() -> None:
    manners = choose_manners(Addresses("http://127.0.0.1:8000"), contact=None)
    assert not manners.is_polite
    assert manners.pause_seconds == (0.0, 0.0)
    assert choose_manners(Addresses("http://127.0.0.1:8000"), contact="x", is_polite=True).is_polite


def test_the_pause_grows_with_trouble_and_shrinks_back() -> None:
    pace = Pace(2.0, 3.0)
    assert pace.pause_milliseconds == [2000.0, 3000.0]
    pace.note_failure()
    assert pace.pause_milliseconds == [4000.0, 6000.0]
    for _ in range(10):
        pace.note_failure()
    assert pace.factor == pace.maximum_factor
    for _ in range(60):
        pace.note_answer(0.2)
    assert pace.factor == 1.0
    pace.note_answer(2.0)
    assert pace.factor == 1.5


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


def test_the_time_to_come_back_is_a_day_ahead() -> None:
    assert suggest_return(0.0, random.Random(1)).startswith("1970-01-02")
