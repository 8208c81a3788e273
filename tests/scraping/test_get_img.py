from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from src.errors import BlockedError, DownloadError
from src.files import hash_file
from src.scraping.artwork import Artwork
from src.scraping.fetch.client import FetchError
from src.scraping.get_img import DownloadOutcome, get_img
from tests.support.stand_in_client import RestlessFetcher, StandInClient


def encode(suffix: str = ".jpg", size: int = 218) -> bytes:
    image = np.random.default_rng(1).integers(0, 255, (size, size, 3), dtype=np.uint8)
    return cv2.imencode(suffix, image)[1].tobytes()


def fetch(folder: Path, *answers: Any) -> tuple[DownloadOutcome, int]:
    """Fetch one picture; give what became of it, and how often it was asked for."""
    client = StandInClient(*answers)
    artwork = Artwork("bgEuwDxel93-Pg", "RED", None, "")
    try:
        result: str | Exception = get_img(RestlessFetcher(client), "http://h/ci/t", folder)
    except DownloadError as error:
        result = error
    return DownloadOutcome.of(artwork, result), len(client.asked)


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".png"])
def test_content_decides_and_the_file_is_named_by_its_hash(tmp_path: Path, suffix: str) -> None:
    outcome, _ = fetch(tmp_path, (encode(suffix), 200, {}))
    assert outcome.status == "ok"
    assert [path.name for path in tmp_path.iterdir()] == [outcome.sha256]
    assert hash_file(tmp_path / str(outcome.sha256)) == outcome.sha256


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
def test_passing_trouble_is_tried_again_and_bounded(tmp_path: Path, trouble: Any) -> None:
    outcome, count = fetch(tmp_path, trouble)
    assert (outcome.status, outcome.is_passing, count) == ("failed", True, 6)
    assert outcome.detail
    assert list(tmp_path.iterdir()) == []
    outcome, count = fetch(tmp_path, trouble, trouble, (encode(), 200, {}))
    assert (outcome.status, count) == ("ok", 3)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ((b"", 403, {}), "403"),
        ((b"", 404, {}), "404"),
        ((b"", 410, {}), "410"),
        (FetchError("no whole answer in time", is_passing=False), "in time"),
    ],
)
def test_what_will_not_pass_is_not_asked_for_again(tmp_path: Path, trouble: Any, reason: str) -> None:
    outcome, count = fetch(tmp_path, trouble)
    assert (outcome.status, outcome.is_passing, count) == ("failed", False, 1)
    assert reason in str(outcome.detail)
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_is_a_block_and_not_tried_again(tmp_path: Path) -> None:
    with pytest.raises(BlockedError, match="HTTP 429 and asks to come back after 3 s"):
        fetch(tmp_path, (b"", 429, {"retry-after": "3"}), AssertionError("asked again"))
