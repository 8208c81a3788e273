import re

import pytest
from starlette.testclient import TestClient

from src.colours import SITE_COLOURS
from src.gallery.site.api import count_first_tiles
from tests.support.gallery_pages import OpenSite, read_colour_block, read_init_data

TILE = re.compile(
    r'<div class="DuHQbc( pdfEnd)?"><a class="e0WtYb HpzMff" href="(/asset/[^"]+)"'
    r' data-bgsrc="(//[^"]+)"[^>]*></a></div>'
)


@pytest.fixture
def site(open_site: OpenSite) -> TestClient:
    return open_site(artworks=2000)


def test_tiles_stand_in_the_html(site: TestClient) -> None:
    html = site.get("/color?col=TEAL").text
    tiles = TILE.findall(html)
    items = read_colour_block(html, "TEAL")[2]
    assert len(tiles) == count_first_tiles("TEAL")
    assert [href for _, href, _ in tiles] == [item[4] for item in items]
    assert [address for _, _, address in tiles] == [item[3] for item in items]


def test_the_last_tile_of_a_whole_list_is_marked(open_site: OpenSite) -> None:
    site = open_site(artworks=30, colours=("RED",))
    marks = [mark for mark, _, _ in TILE.findall(site.get("/color?col=RED").text)]
    assert marks == [""] * 29 + [" pdfEnd"]


def test_a_script_draws_the_tiles_where_asked(open_site: OpenSite) -> None:
    site = open_site(artworks=2000, tiles="script")
    html = site.get("/color?col=TEAL").text
    assert not TILE.findall(html)
    assert len(read_colour_block(html, "TEAL")[2]) == count_first_tiles("TEAL")


def test_images_are_asked_of_the_host_that_the_visitor_knows(site: TestClient) -> None:
    html = site.get("/color?col=RED", headers={"host": "localhost:9"}).text
    assert {address.split("/")[2] for _, _, address in TILE.findall(html)} == {"localhost:9"}


@pytest.mark.parametrize("query", ["?col=MAUVE", "?col=red", "?col=", "", "?col=GRAY"])
def test_a_colour_without_works_shows_a_page_without_tiles(site: TestClient, query: str) -> None:
    answer = site.get(f"/color{query}")
    assert answer.status_code == 200
    assert "data-bgsrc" not in re.sub(r"<script.*?</script>", "", answer.text, flags=re.DOTALL)
    assert len(read_init_data(answer.text)[5]) == 12


def test_the_start_page_links_all_colours(site: TestClient) -> None:
    html = site.get("/").text
    assert [name for name in SITE_COLOURS if f'href="/color?col={name}&amp;hl=en"' in html] == list(SITE_COLOURS)
    assert "2,000 works" in html


def test_things_under_asset_that_are_no_artworks(site: TestClient) -> None:
    html = site.get("/color?col=RED").text
    footer = html[html.index('<footer class="foot">') :]
    links = re.findall(r'href="(/asset/[^"]+)"', footer)
    assert len(links) == 3
    assert all(len(link.rsplit("/", 1)[1]) != 14 for link in links)
    assert {site.get(link).status_code for link in links} == {200}
    assert all("metadata-" not in site.get(link).text for link in links)


def test_an_asset_page_keeps_the_contract(site: TestClient) -> None:
    item = read_colour_block(site.get("/color?col=RED").text, "RED")[2][0]
    html = site.get(item[4]).text
    asset_id = item[10][0]
    assert f'<div class="ve9nKb" id="metadata-{asset_id}">' in html
    assert re.search(r'<h3 class="To7WBf">([^<]+)<', html)[1] == item[10][12]
    assert re.search(r"<h1>([^<]+)</h1>", html)[1] == item[1]
    assert re.search(r"<li><span>[^<]+:</span> [^<]+</li>", html)
    image = re.search(r'<img src="(/ci/[^"]+)"', html)[1]
    assert site.get(image).headers["content-type"] == "image/webp"


def test_places_and_labels_vary(site: TestClient) -> None:
    pages = [site.get(item[4]).text for item in read_colour_block(site.get("/color?col=RED").text, "RED")[2]]
    assert 0 < sum('<span class="WrfKPd">' in page for page in pages) < len(pages)
    assert 0 < sum("<span>Title:</span>" in page for page in pages) <= len(pages)
    assert 0 < sum("<span>Rights:</span>" in page for page in pages) < len(pages)


def test_the_id_alone_is_valid_and_the_slug_is_decoration(site: TestClient) -> None:
    item = read_colour_block(site.get("/color?col=RED").text, "RED")[2][0]
    pages = {site.get(path).text for path in (item[4], f"/asset/{item[10][0]}", f"/asset/日本語/x/{item[10][0]}")}
    assert len(pages) == 1


def test_labels_are_translated(site: TestClient) -> None:
    items = read_colour_block(site.get("/color?col=RED").text, "RED")[2]
    german = "".join(site.get(f"{item[4]}?hl=de-AT").text for item in items[:8])
    assert "<span>Titel:</span>" in german
    assert "<span>Title:</span>" not in german


@pytest.mark.parametrize(
    "path", ["/asset/AAAAAAAAAAAAAA", "/asset/", "/nowhere", "/asset/story/unknown", "/api/nothing"]
)
def test_what_does_not_exist_is_404(site: TestClient, path: str) -> None:
    assert site.get(path).status_code == 404


def test_the_status_counts_requests_by_kind(site: TestClient) -> None:
    site.get("/")
    site.get("/color?col=RED")
    site.get("/api/color?col=RED")
    site.get("/robots.txt")
    status = site.get("/gallery/status").json()
    assert status["artworks"] == sum(status["colours"].values()) == 2000
    assert status["requests"]["page"] == 2
    assert status["requests"]["api"] == status["requests"]["robots"] == 1
    assert status["is_blocked"] is False


def test_consent_leads_on_within_the_site_only(site: TestClient) -> None:
    form = site.get("/consent/m?continue=//evil.example/").text
    assert 'value="/"' in form
    saved = site.post("/consent/save", data={"continue": "/color?col=RED", "set": "reject"})
    assert (saved.status_code, saved.headers["location"]) == (303, "/color?col=RED")
    assert "SOCS=reject" in saved.headers["set-cookie"]
