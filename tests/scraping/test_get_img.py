from typing import Any

import cv2
import numpy as np
import pytest

from src.errors import BlockedError, DownloadError
from src.scraping.artwork import Artwork
from src.scraping.fetch.client import FetchError
from src.scraping.get_img import DownloadOutcome, get_img
from tests.support.stand_in_client import RestlessFetcher, StandInClient


def encode(suffix: str = ".jpg", size: int = 218) -> bytes:
    image = np.random.default_rng(1).integers(0, 255, (size, size, 3), dtype=np.uint8)
    return cv2.imencode(suffix, image)[1].tobytes()


def fail(*answers: Any) -> tuple[DownloadOutcome, int]:
    """Fetch one picture in vain; give what became of it, and how often it was asked for."""
    client = StandInClient(*answers)
    with pytest.raises(DownloadError) as caught:
        get_img(RestlessFetcher(client), "http://h/ci/t")
    return DownloadOutcome.of(Artwork("bgEuwDxel93-Pg", "RED", None, ""), caught.value), len(client.asked)


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".png"])
def test_content_decides(suffix: str) -> None:
    client = StandInClient((encode(suffix), 200, {}))
    assert get_img(RestlessFetcher(client), "http://h/ci/t") == encode(suffix)
    assert client.asked == ["http://h/ci/t=w218-h218-c-rj"]


@pytest.mark.parametrize(
    "trouble",
    [
        FetchError("closed"),
        (b"", 200, {}),
        (encode()[:2000], 200, {}),
        (b"<html>not an image</html>", 200, {}),
        (encode(size=100), 200, {}),
        (b"", 500, {}),
        (b"", 503, {}),
    ],
)
def test_passing_trouble_is_tried_again_and_bounded(trouble: Any) -> None:
    outcome, count = fail(trouble)
    assert (outcome.status, outcome.is_passing, count) == ("failed", True, 6)
    fetcher = RestlessFetcher(StandInClient(trouble, trouble, (encode(), 200, {})))
    assert get_img(fetcher, "http://h/ci/t") == encode()


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ((b"", 403, {}), "403"),
        ((b"", 404, {}), "404"),
        (FetchError("no whole answer in time", is_passing=False), "in time"),
    ],
)
def test_what_will_not_pass_is_not_asked_for_again(trouble: Any, reason: str) -> None:
    outcome, count = fail(trouble)
    assert (outcome.status, outcome.is_passing, count) == ("failed", False, 1)
    assert reason in str(outcome.detail)


def test_a_refusal_is_a_block_and_not_tried_again() -> None:
    client = StandInClient((b"", 429, {"retry-after": "3"}))
    with pytest.raises(BlockedError, match="HTTP 429 and asks to come back after 3 s"):
        get_img(RestlessFetcher(client), "http://h/ci/t")
    assert len(client.asked) == 1
