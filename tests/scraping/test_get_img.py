from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from src.files import hash_file
from src.scraping.get_img import DownloadOutcome, ThumbnailRequest, get_img


def encode(suffix: str = ".jpg", size: int = 218) -> bytes:
    image = np.random.default_rng(1).integers(0, 255, (size, size, 3), dtype=np.uint8)
    return cv2.imencode(suffix, image)[1].tobytes()


class Answer:
    def __init__(self, data: bytes, status: int = 200, **headers: str) -> None:
        self.data = data
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Pool:
    """Stands in for the connections: gives its answers in turn, the last one for ever."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.addresses: list[str] = []

    def request(self, _method: str, address: str, **_: Any) -> Answer:
        self.addresses.append(address)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


Fetch = Callable[..., tuple[DownloadOutcome, Pool]]


@pytest.fixture
def fetch(tmp_path: Path) -> Fetch:
    def fetch_one(*answers: Any, **changes: Any) -> tuple[DownloadOutcome, Pool]:
        pool = Pool(*answers)
        request = ThumbnailRequest("bgEuwDxel93-Pg", "http://h/ci/t", **changes)
        return get_img(request, pool, tmp_path, sleep=lambda _: None), pool  # type: ignore[arg-type]

    return fetch_one


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".png"])
def test_content_decides_and_the_file_is_named_by_its_hash(fetch: Fetch, tmp_path: Path, suffix: str) -> None:
    outcome, pool = fetch(Answer(encode(suffix)))
    assert outcome.status == "ok"
    assert pool.addresses == ["http://h/ci/t=w218-h218-c-rj"]
    assert [path.name for path in tmp_path.iterdir()] == [outcome.sha256]
    assert hash_file(tmp_path / str(outcome.sha256)) == outcome.sha256


@pytest.mark.parametrize(
    "trouble",
    [
        ProtocolError("closed"),
        ReadTimeoutError(None, "", "slow"),  # type: ignore[arg-type]
        Answer(b""),
        Answer(encode()[:2000]),
        Answer(b"<html>not an image</html>"),
        Answer(encode(size=100)),
        Answer(b"", 500),
        Answer(b"", 503),
    ],
)
def test_passing_trouble_is_tried_again_and_bounded(fetch: Fetch, tmp_path: Path, trouble: Any) -> None:
    outcome, pool = fetch(trouble, trouble, Answer(encode()))
    assert (outcome.status, len(pool.addresses)) == ("ok", 3)
    (tmp_path / str(outcome.sha256)).unlink()
    outcome, pool = fetch(trouble)
    assert (outcome.status, len(pool.addresses)) == ("failed", 6)
    assert outcome.is_passing
    assert outcome.detail
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_is_gone_is_not_asked_for_again(fetch: Fetch, status: int) -> None:
    outcome, pool = fetch(Answer(b"", status))
    assert (outcome.status, len(pool.addresses)) == ("failed", 1)
    assert not outcome.is_passing
    assert str(status) in str(outcome.detail)


def test_a_refusal_is_a_block_and_not_tried_again(fetch: Fetch) -> None:
    outcome, pool = fetch(Answer(b"", 429))
    assert (outcome.status, len(pool.addresses)) == ("blocked", 1)


def test_reserved_pictures_are_left_where_manners_count(fetch: Fetch, tmp_path: Path) -> None:
    reserved = Answer(encode(), X_Robots_Tag="noai, noimageai")
    outcome, pool = fetch(reserved, honours_opt_out=True)
    assert (outcome.status, len(pool.addresses)) == ("failed", 1)
    assert "reserved by its owner" in str(outcome.detail)
    assert list(tmp_path.iterdir()) == []
    assert fetch(reserved)[0].status == "ok"
