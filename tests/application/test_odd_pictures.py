"""Unusual files that users send: the service answers as for the plain picture, or says what is wrong."""

import pytest
from fastapi.testclient import TestClient

from tests.support.colour_profiles import make_profile
from tests.support.picture_cases import ODD, REFUSED
from tests.support.picture_files import encode, make_pixels

STATUS = {"ImageTypeError": 415, "ImageTooLargeError": 413, "ImageDecodeError": 422}


@pytest.mark.parametrize("name", ["bytes before the end", "transparent grey of 1 bits", "a turned TIFF"])
def test_an_odd_picture_is_answered_as_its_plain_twin(client: TestClient, name: str) -> None:
    odd, plain = (client.post("/img_classify", files={"file": make()}).json() for make in ODD[name])
    assert (odd["prediction"], odd["probability"]) == (plain["prediction"], plain["probability"])


@pytest.mark.parametrize("name", REFUSED)
def test_others_are_refused_with_the_status_of_their_error(client: TestClient, name: str) -> None:
    make, error, _ = REFUSED[name]
    answer = client.post("/img_classify", files={"file": make()})
    assert answer.status_code == STATUS[error], answer.text


def test_the_answer_says_what_was_done_about_a_profile(client: TestClient) -> None:
    pictures = (encode(make_pixels(), "JPEG", icc_profile=profile) for profile in (make_profile("Adobe RGB"), None))
    converted, plain = (client.post("/img_classify", files={"file": content}).text for content in pictures)
    assert "Adobe RGB" in converted
    assert "Adobe RGB" not in plain
