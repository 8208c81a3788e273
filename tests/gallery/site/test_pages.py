import re

import pytest
from starlette.testclient import TestClient

from src.colours import SITE_COLOURS, SWATCHES
from src.gallery.site.faults import Faults
from tests.support.gallery_pages import (
    OpenSite,
    ask_block,
    ask_list,
    read_all_ids,
    read_body,
    read_colour_block,
    read_init_data,
)

TILE = re.compile(
    r'<div class="DuHQbc( pdfEnd)?"><a class="e0WtYb HpzMff" href="(/asset/[^"]+)"'
    r' data-bgsrc="(//[^"]+)"[^>]*></a></div>'
)


@pytest.fixture
def site(open_site: OpenSite) -> TestClient:
    return open_site(artworks=2000)


def test_tiles_stand_in_the_html(site: TestClient) -> None:
    html = site.get("/color?col=TEAL", headers={"host": "localhost:9"}).text
    items = read_colour_block(html, "TEAL")[2]
    assert 45 <= len(items) <= 48
    assert TILE.findall(html) == [("", item[4], item[3]) for item in items]
    assert {item[3].split("/")[2] for item in items} == {"localhost:9"}, "the host by which the visitor knows it"


def test_the_last_tile_of_a_whole_list_is_marked(open_site: OpenSite) -> None:
    site = open_site(artworks=30, colours=("RED",))
    marks = [mark for mark, _, _ in TILE.findall(site.get("/color?col=RED").text)]
    assert marks == [""] * 29 + [" pdfEnd"]


def test_a_script_draws_the_tiles_where_asked(open_site: OpenSite) -> None:
    html = open_site(artworks=2000, tiles="script").get("/color?col=TEAL").text
    assert not TILE.findall(html)
    assert len(read_colour_block(html, "TEAL")[2]) >= 45


@pytest.mark.parametrize("query", ["?col=MAUVE", "?col=red", "?col=", "", "?col=GRAY"])
def test_a_colour_without_works_shows_a_page_without_tiles(site: TestClient, query: str) -> None:
    answer = site.get(f"/color{query}")
    assert answer.status_code == 200
    assert "data-bgsrc" not in re.sub(r"<script.*?</script>", "", answer.text, flags=re.DOTALL)
    assert len(read_init_data(answer.text)[5]) == 12
    assert read_colour_block(answer.text, "GRAY")[2:] == [None, None, 0]


def test_the_start_page_links_all_colours(site: TestClient) -> None:
    html = site.get("/").text
    assert [name for name in SITE_COLOURS if f'href="/color?col={name}&amp;hl=en"' in html] == list(SITE_COLOURS)
    assert "2,000 works" in html


def test_things_under_asset_that_are_no_artworks(site: TestClient) -> None:
    html = site.get("/color?col=RED").text
    links = re.findall(r'href="(/asset/[^"]+)"', html[html.index('<footer class="foot">') :])
    assert len(links) == 3
    assert all(len(link.rsplit("/", 1)[1]) != 14 for link in links)
    answers = [site.get(link) for link in links]
    assert {answer.status_code for answer in answers} == {200}
    assert all("metadata-" not in answer.text for answer in answers)


def test_an_asset_page_keeps_the_contract(site: TestClient) -> None:
    item = ask_block(site, "RED")[2][0]
    html = site.get(item[4]).text
    asset_id = item[10][0]
    assert f'<div class="ve9nKb" id="metadata-{asset_id}">' in html
    assert re.search(r'<h3 class="To7WBf">([^<]+)<', html)[1] == item[10][12]
    assert re.search(r"<h1>([^<]+)</h1>", html)[1] == item[1]
    assert re.search(r"<li><span>[^<]+:</span> [^<]+</li>", html)
    image = re.search(r'<img src="(/ci/[^"]+)"', html)[1]
    assert site.get(image).headers["content-type"] == "image/webp"
    for address in (f"/asset/{asset_id}", f"/asset/日本語/x/{asset_id}"):
        assert site.get(address).text == html, "the slug is decoration"


@pytest.mark.parametrize(
    "path", ["/asset/AAAAAAAAAAAAAA", "/asset/", "/nowhere", "/asset/story/unknown", "/api/nothing"]
)
def test_what_does_not_exist_is_404(site: TestClient, path: str) -> None:
    assert site.get(path).status_code == 404


def test_the_status_counts_requests_by_kind(site: TestClient) -> None:
    for path in ("/", "/color?col=RED", "/api/color?col=RED", "/robots.txt"):
        site.get(path)
    status = site.get("/gallery/status").json()
    assert status["artworks"] == sum(status["colours"].values()) == 2000
    assert status["requests"]["page"] == 2
    assert status["requests"]["api"] == status["requests"]["robots"] == 1
    assert status["is_blocked"] is False


def test_consent_leads_on_within_the_site_only(site: TestClient) -> None:
    assert 'value="/"' in site.get("/consent/m?continue=//evil.example/").text
    saved = site.post("/consent/save", data={"continue": "/color?col=RED", "set": "reject"})
    assert (saved.status_code, saved.headers["location"]) == (303, "/color?col=RED")
    assert "SOCS=reject" in saved.headers["set-cookie"]


def test_items_have_the_recorded_shape(site: TestClient) -> None:
    block = ask_block(site, "RED")
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


def test_the_page_and_the_colours_call_hold_all_colours(site: TestClient) -> None:
    page = read_init_data(site.get("/color?col=RED").text)
    assert page[0] == "stella.cep"
    assert [entry[:2] for entry in page[5]] == [[SWATCHES[name], name] for name in SITE_COLOURS]
    assert read_body(site.get("/api/color?col=RED").text)[0][5] == page[5]


def test_the_status_element_and_one_more_level_come_with_rt_j(site: TestClient) -> None:
    token = ask_block(site, "BLACK")[8]
    nested = read_body(ask_list(site, token).text)
    plain = read_body(site.get("/api/assets/images/color", params={"pt": token}).text)
    assert nested[0][0] == plain[0]
    assert len(nested) == 2
    assert len(plain[0][2]) == 30


@pytest.mark.parametrize("colour", ["BROWN", "PINK"])
def test_a_list_holds_every_artwork_once(site: TestClient, colour: str) -> None:
    ids = read_all_ids(site, colour)
    assert len(ids) == len(set(ids)) == site.get("/gallery/status").json()["colours"][colour]


@pytest.mark.parametrize(("size", "status"), [("1", 200), ("64", 200), ("65", 500), ("96", 500), ("x", 500)])
def test_page_sizes_above_64_fail_as_on_the_site(site: TestClient, size: str, status: int) -> None:
    answer = ask_list(site, ask_block(site, "BLACK")[8], size)
    assert answer.status_code == status
    if status == 200:
        assert len(read_body(answer.text)[0][0][2]) == int(size)


@pytest.mark.parametrize("token", ["", "nonsense", "AAAAAAAAAAAAAAAAAAAAAA"])
def test_a_token_of_somebody_else_is_refused(site: TestClient, token: str) -> None:
    assert ask_list(site, token).status_code == 400


def test_untagged_items_are_one_index_lower(site: TestClient, open_site: OpenSite) -> None:
    untagged = ask_block(open_site(artworks=2000, faults=Faults(untagged=1.0)), "RED")
    assert untagged[2] == [item[1:] for item in ask_block(site, "RED")[2]]
    assert untagged[0] == "stella.pr"


def test_titles_follow_the_language_and_ids_do_not(site: TestClient) -> None:
    english, german = (ask_block(site, "BLUE", language)[2] for language in ("en", "de"))
    assert [item[10][0] for item in english] == [item[10][0] for item in german]
    assert sum(left[1] != right[1] for left, right in zip(english, german, strict=True)) > 20
    assert any(re.search(r"[^\x00-\x7f]", item[4]) for item in german)
