import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from src.paths import Workspace
from src.scraping.artwork import Addresses, Artwork, Origin
from src.scraping.fetch.client import HttpClient
from src.scraping.fetch.details import collect_details, read_asset_page
from src.scraping.fetch.manners import choose_manners
from src.scraping.fetch.robots import Robots
from src.scraping.run_file import DetailsSummary
from src.scraping.store.store import Store
from src.tables import DETAILS, read_table
from tests.support.page_servers import PageServers, send

ID = "-gEuwDxel93-Pg"
PAGE = f"""<html><body><section><h1>The <i>Magpie</i> &amp; snow</h1>
<h3 class="To7WBf">Musée d'Orsay<a href="/x">More</a></h3><span class="a WrfKPd">Paris, France</span>
<div class="ve9nKb" id="metadata-{ID}"><ul>
<li><span>Title:</span> The Magpie: winter</li><li><span>Date Created:</span> 1868/1869</li>
<li><span>Credit Line:</span> <a href="/c">Bequest</a> of N. N.</li><li><span>Rights：</span> <b>© RMN</b></li>
<li><span>Künstler:</span> Claude Monet</li><li><span>Empty:</span></li><li>no label</li>
</ul></div><h1>Other</h1><li><span>Outside:</span> not ours</li></section></body></html>"""


def test_labels_are_kept_as_they_are_and_the_known_ones_found() -> None:
    record = read_asset_page(PAGE, ID)
    assert record is not None
    labels = json.loads(str(record.pop("labels")))
    assert record == {
        "title": "The Magpie & snow",
        "partner": "Musée d'Orsay",
        "place": "Paris, France",
        "creator": "Claude Monet",
        "date": "1868/1869",
        "medium": None,
        "type": None,
        "dimensions": None,
        "rights": "© RMN",
    }
    assert labels["Title"] == "The Magpie: winter"
    assert labels["Credit Line"] == "Bequest of N. N."
    assert "Outside" not in labels


def test_a_page_without_its_list_is_told_from_an_empty_list() -> None:
    assert read_asset_page(PAGE, "bgEuwDxel93-Pg") is None
    assert read_asset_page("<html>", ID) is None
    assert read_asset_page(f'<div id="metadata-{ID}"><ul></ul></div>', ID) is not None


def make_artworks(*marks: str) -> list[Artwork]:
    page = "https://gallery.invalid/asset/old"
    return [Artwork(f"{mark}gEuwDxel93-Pg", "RED", None, f"{page}/{mark}gEuwDxel93-Pg") for mark in marks]


def collect(folder: Path, base_url: str, artworks: list[Artwork]) -> DetailsSummary:
    addresses, client = Addresses(base_url), HttpClient(None)
    with Store(Workspace(folder), Origin("https://gallery.invalid"), "jpeg-218") as store:
        return collect_details(
            artworks,
            Workspace(folder),
            store,
            client=client,
            addresses=addresses,
            manners=choose_manners(addresses, contact=None),
            robots=Robots(client),
        )


def test_asset_pages_are_read_once_and_followed_by_their_id(servers: PageServers, tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        _, _, slug, asset_id = request.path.split("/")
        if slug == "old":
            other = "zgEuwDxel93-Pg" if asset_id.startswith("d") else asset_id
            send(request, status=301, Location=f"/asset/new/{other}")
        else:
            send(request, PAGE.replace(ID, asset_id).encode())

    base_url = servers.serve_with(answer)
    assert collect(tmp_path, base_url, make_artworks("a", "b")).found == 2
    summary = collect(tmp_path, base_url, make_artworks("a", "b", "c", "d"))
    assert (summary.found, summary.failed) == (3, {"the asset page redirects to another page": 1})
    assert len(asked) == 8
    table = read_table(Workspace(tmp_path).details_table, DETAILS)
    assert table["asset_id"].tolist() == [artwork.asset_id for artwork in make_artworks("a", "b", "c")]
    assert set(table["title"]) == {"The Magpie & snow"}


def test_another_host_is_another_page(servers: PageServers, tmp_path: Path) -> None:
    def lead_on(request: BaseHTTPRequestHandler) -> None:
        port = request.headers["Host"].partition(":")[2]
        send(request, status=301, Location=f"http://localhost:{port}{request.path}")

    assert collect(tmp_path, servers.serve_with(lead_on), make_artworks("a")).found == 0


def test_a_refusal_ends_the_reading(servers: PageServers, tmp_path: Path) -> None:
    summary = collect(tmp_path, servers.serve("", 429, {"Retry-After": "60"}), make_artworks(*"abcdefgh"))
    assert summary.found == 0
    assert summary.blocked == "the site answered an asset page with HTTP 429 and asks to come back after 60 s"
