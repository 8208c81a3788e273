import json
import re

import pytest
from starlette.testclient import TestClient

from src.colours import SITE_COLOURS, SWATCHES
from src.gallery.site.api import count_first_tiles, write_script_value
from src.gallery.site.faults import Faults
from tests.support.gallery_pages import OpenSite, ask_list, read_all_ids, read_body, read_colour_block, read_init_data


@pytest.fixture
def site(open_site: OpenSite) -> TestClient:
    return open_site(artworks=2000)


def test_items_have_the_recorded_shape(site: TestClient) -> None:
    block = read_colour_block(site.get("/color?col=RED").text, "RED")
    assert block[0] == "stella.pr"
    assert re.fullmatch(r"AssetsQuery:[0-9a-f-]{36}", block[1])
    assert block[4] == site.get("/gallery/status").json()["colours"]["RED"]
    for item in block[2]:
        assert item[0] == "stella.common.cobject"
        assert isinstance(item[1], str)
        assert item[2] is None or isinstance(item[2], str)
        assert re.fullmatch(r"//127\.0\.0\.1:8765/ci/[\w-]{30,}", item[3])
        assert re.fullmatch(r"/asset/[^/\s]+/[A-Za-z0-9_-]{14}", item[4])
        assert item[5] == 8
        assert item[8] is None or re.fullmatch(r"#[0-9A-F]{6}", item[8])
        facts = item[10]
        assert item[4].endswith(facts[0])
        assert 0.2 < facts[1] < 5
        assert isinstance(facts[12], str)


def test_the_page_carries_all_colours_in_order_with_their_swatches(site: TestClient) -> None:
    page = read_init_data(site.get("/color?col=RED").text)
    assert page[0] == "stella.cep"
    assert [entry[1] for entry in page[5]] == list(SITE_COLOURS)
    assert [entry[0] for entry in page[5]] == [SWATCHES[name] for name in SITE_COLOURS]


def test_the_page_and_the_colours_call_hold_the_same(site: TestClient) -> None:
    answer = read_body(site.get("/api/color?col=RED").text)
    assert answer[0][5] == read_init_data(site.get("/color?col=RED").text)[5]


def test_the_status_element_and_one_more_level_come_with_rt_j(site: TestClient) -> None:
    token = read_colour_block(site.get("/color?col=BLACK").text, "BLACK")[8]
    nested = read_body(ask_list(site, token).text)
    plain = read_body(site.get("/api/assets/images/color", params={"pt": token}).text)
    assert nested[0][0] == plain[0]
    assert len(nested) == 2
    assert len(plain[0][2]) == 30


@pytest.mark.parametrize("colour", ["BROWN", "PINK"])
def test_a_list_holds_every_artwork_once(site: TestClient, colour: str) -> None:
    ids = read_all_ids(site, colour)
    assert len(ids) == len(set(ids)) == site.get("/gallery/status").json()["colours"][colour]


def test_the_last_block_is_trimmed(site: TestClient) -> None:
    block = read_colour_block(site.get("/color?col=RED").text, "RED")
    while len(block) == 9:
        block = read_body(ask_list(site, block[8], size=64).text)[0][0]
    assert len(block) == 5


def test_a_colour_without_artworks_has_no_items(site: TestClient) -> None:
    block = read_colour_block(site.get("/color?col=GRAY").text, "GRAY")
    assert block[2] is None
    assert block[4:] == [0]


@pytest.mark.parametrize(("size", "status"), [("1", 200), ("64", 200), ("65", 500), ("96", 500), ("x", 500)])
def test_page_sizes_above_64_fail_as_on_the_site(site: TestClient, size: str, status: int) -> None:
    token = read_colour_block(site.get("/color?col=BLACK").text, "BLACK")[8]
    answer = site.get("/api/assets/images/color", params={"s": size, "pt": token, "rt": "j"})
    assert answer.status_code == status
    if status == 200:
        assert len(read_body(answer.text)[0][0][2]) == int(size)


@pytest.mark.parametrize("token", ["", "nonsense", "AAAAAAAAAAAAAAAAAAAAAA"])
def test_a_token_of_somebody_else_is_refused(site: TestClient, token: str) -> None:
    assert ask_list(site, token).status_code == 400


def test_tokens_say_nothing(site: TestClient) -> None:
    red = read_colour_block(site.get("/color?col=RED").text, "RED")[8]
    blue = read_colour_block(site.get("/color?col=BLUE").text, "BLUE")[8]
    assert re.fullmatch(r"[\w-]{20,}", red)
    same = sum(left == right for left, right in zip(red, blue, strict=True))
    assert same < 8  # 22 characters of 64: one in three equal by chance is far out


def test_first_tiles_are_45_to_48() -> None:
    counts = {name: count_first_tiles(name) for name in SITE_COLOURS}
    assert set(counts.values()) <= {45, 46, 47, 48}
    assert len(set(counts.values())) > 1


def test_untagged_items_are_one_index_lower(open_site: OpenSite) -> None:
    tagged = open_site(artworks=2000)
    untagged = open_site(artworks=2000, faults=Faults(untagged=1.0))
    old = read_colour_block(untagged.get("/color?col=RED").text, "RED")
    new = read_colour_block(tagged.get("/color?col=RED").text, "RED")
    assert [item[1:] for item in new[2]] == old[2]
    assert old[0] == "stella.pr"


def test_titles_follow_the_language_and_ids_do_not(site: TestClient) -> None:
    english = read_colour_block(site.get("/color?col=BLUE&hl=en").text, "BLUE")[2]
    german = read_colour_block(site.get("/color?col=BLUE&hl=de").text, "BLUE")[2]
    assert [item[10][0] for item in english] == [item[10][0] for item in german]
    assert sum(left[1] != right[1] for left, right in zip(english, german, strict=True)) > 20
    assert any(re.search(r"[^\x00-\x7f]", item[4]) for item in german)


def test_script_values_cannot_end_their_script() -> None:
    text = write_script_value(["</script><b>", "\u2028"])
    assert "<" not in text
    assert json.loads(text) == ["</script><b>", "\u2028"]
