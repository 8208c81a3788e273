"""Unusual files that users send: the service answers as for the plain picture, or says what is wrong."""

import pytest
from fastapi.testclient import TestClient

from tests.support.colour_profiles import make_profile
from tests.support.picture_cases import PICTURE_CASES
from tests.support.picture_files import encode, make_pixels

STATUS = {"ImageTypeError": 415, "ImageTooLargeError": 413, "ImageDecodeError": 422}


@pytest.mark.parametrize("name", PICTURE_CASES)
def test_an_odd_picture_is_answered_as_its_plain_twin(client: TestClient, name: str) -> None:
    case = PICTURE_CASES[name]
    answer = client.post("/img_classify", files={"file": case.make()})
    if case.twin is None:
        assert answer.status_code == STATUS[case.error], answer.text
    else:
        plain = client.post("/img_classify", files={"file": case.twin()}).json()
        assert answer.status_code == 200, answer.text
        assert answer.json()["prediction"] == plain["prediction"]
        assert answer.json()["probability"] == plain["probability"]


def test_the_answer_says_what_was_done_about_a_profile(client: TestClient) -> None:
    pictures = (encode(make_pixels(), "JPEG", icc_profile=profile) for profile in (make_profile("Adobe RGB"), None))
    converted, plain = (client.post("/img_classify", files={"file": content}).text for content in pictures)
    assert "Adobe RGB" in converted
    assert "Adobe RGB" not in plain
