from typing import Any

import cv2
import numpy as np
import pytest

from src.errors import DownloadError
from src.scraping.artwork import Artwork
from src.scraping.fetch.client import FetchError
from src.scraping.get_img import DownloadOutcome, get_img
from tests.support.stand_in_client import RestlessFetcher, StandInClient


def encode(suffix: str = ".jpg", size: int = 218) -> bytes:
    image = np.random.default_rng(1).integers(0, 255, (size, size, 3), dtype=np.uint8)
    return cv2.imencode(suffix, image)[1].tobytes()


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".png"])
def test_content_decides_what_is_a_picture(suffix: str) -> None:
    client = StandInClient((encode(suffix), 200, {}))
    assert get_img(RestlessFetcher(client), "http://h/ci/t") == encode(suffix)
    assert client.asked == ["http://h/ci/t=w218-h218-c-rj"]


@pytest.mark.parametrize(
    ("answer", "reason", "is_passing"),
    [
        (FetchError("closed"), "closed", True),
        ((b"", 200, {}), "no usable picture", True),
        ((encode()[:2000], 200, {}), "no usable picture", True),
        ((b"<html>not an image</html>", 200, {}), "no usable picture", True),
        ((encode(size=100), 200, {}), "100 × 100: expected 218", True),
        ((b"", 503, {}), "503", True),
        ((b"", 403, {}), "403", False),
        ((b"", 404, {}), "404", False),
        (FetchError("in time", is_passing=False), "in time", False),
    ],
)
def test_what_cannot_be_had_has_its_reason_and_may_pass_or_not(answer: Any, reason: str, is_passing: bool) -> None:
    with pytest.raises(DownloadError) as caught:
        get_img(RestlessFetcher(StandInClient(answer)), "http://h/ci/t")
    outcome = DownloadOutcome.of(Artwork("bgEuwDxel93-Pg", "RED", None, ""), caught.value)
    assert reason in str(outcome.detail)
    assert (outcome.status, outcome.is_passing) == ("failed", is_passing)
