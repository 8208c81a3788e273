from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from src.errors import BlockedError
from src.files import hash_file
from src.scraping.fetch.client import Answer, FetchError
from src.scraping.get_img import DownloadOutcome, get_img


def encode(suffix: str = ".jpg", size: int = 218) -> bytes:
    image = np.random.default_rng(1).integers(0, 255, (size, size, 3), dtype=np.uint8)
    return cv2.imencode(suffix, image)[1].tobytes()


def answer(content: bytes, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Answer("http://h/ci/t", status, named, content)


class Client:
    """Stands in for the HTTP client: gives its answers in turn, the last one for ever."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.addresses: list[str] = []

    def get(self, address: str, **_: Any) -> Answer:
        self.addresses.append(address)
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(given, Exception):
            raise given
        return given


Fetch = Callable[..., tuple[DownloadOutcome, Client]]


@pytest.fixture
def fetch(tmp_path: Path) -> Fetch:
    def fetch_one(*answers: Any, **changes: Any) -> tuple[DownloadOutcome, Client]:
        client = Client(*answers)
        sleep = lambda _: None  # noqa: E731
        return get_img("bgEuwDxel93-Pg", "http://h/ci/t", client, tmp_path, sleep=sleep, **changes), client  # type: ignore[arg-type]

    return fetch_one


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".png"])
def test_content_decides_and_the_file_is_named_by_its_hash(fetch: Fetch, tmp_path: Path, suffix: str) -> None:
    outcome, client = fetch(answer(encode(suffix)))
    assert outcome.status == "ok"
    assert client.addresses == ["http://h/ci/t"]
    assert [path.name for path in tmp_path.iterdir()] == [outcome.sha256]
    assert hash_file(tmp_path / str(outcome.sha256)) == outcome.sha256


@pytest.mark.parametrize(
    "trouble",
    [
        FetchError("closed"),
        answer(b""),
        answer(encode()[:2000]),
        answer(b"<html>not an image</html>"),
        answer(encode(size=100)),
        answer(b"", 500),
        answer(b"", 503),
    ],
)
def test_passing_trouble_is_tried_again_and_bounded(fetch: Fetch, tmp_path: Path, trouble: Any) -> None:
    outcome, client = fetch(trouble, trouble, answer(encode()))
    assert (outcome.status, len(client.addresses)) == ("ok", 3)
    (tmp_path / str(outcome.sha256)).unlink()
    outcome, client = fetch(trouble)
    assert (outcome.status, len(client.addresses)) == ("failed", 6)
    assert outcome.is_passing
    assert outcome.detail
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_is_gone_is_not_asked_for_again(fetch: Fetch, status: int) -> None:
    outcome, client = fetch(answer(b"", status))
    assert (outcome.status, len(client.addresses)) == ("failed", 1)
    assert not outcome.is_passing
    assert str(status) in str(outcome.detail)


def test_a_refusal_is_a_block_and_not_tried_again(fetch: Fetch) -> None:
    with pytest.raises(BlockedError, match="HTTP 429 and asks to come back after 3 s"):
        fetch(answer(b"", 429, Retry_After="3"), AssertionError("asked again"))


def test_trouble_that_stays_is_not_tried_again(fetch: Fetch) -> None:
    outcome, client = fetch(FetchError("no whole answer in time", is_passing=False))
    assert (outcome.status, outcome.is_passing, len(client.addresses)) == ("failed", False, 1)


def test_reserved_pictures_are_left_where_manners_count(fetch: Fetch, tmp_path: Path) -> None:
    reserved = answer(encode(), X_Robots_Tag="noai, noimageai")
    outcome, client = fetch(reserved, honours_opt_out=True)
    assert (outcome.status, len(client.addresses)) == ("failed", 1)
    assert "reserved by its owner" in str(outcome.detail)
    assert list(tmp_path.iterdir()) == []
    assert fetch(reserved)[0].status == "ok"
