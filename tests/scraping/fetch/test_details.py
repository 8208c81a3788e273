import json
from http.server import BaseHTTPRequestHandler

import pytest

from src.errors import DownloadError
from src.paths import Workspace
from src.scraping.collect import collect
from src.scraping.fetch.details import get_details, read_asset_page
from src.scraping.settings import CollectSettings
from src.tables import DETAILS, read_table
from tests.support.page_servers import PageServers, send
from tests.support.stand_in_client import make_fetcher

ID = "-gEuwDxel93-Pg"
PAGE = f"""<html><body><section><h1>The <i>Magpie</i> &amp; snow</h1>
<h3 class="To7WBf">Musée d'Orsay<a href="/x">More</a></h3><span class="a WrfKPd">Paris, France</span>
<div class="ve9nKb" id="metadata-{ID}"><ul>
<li><span>Title:</span> The Magpie: winter</li><li><span>Date Created:</span> 1868/1869</li>
<li><span>Credit Line:</span> <a href="/c">Bequest</a> of N. N.</li><li><span>Rights：</span> <b>© RMN</b></li>
<li><span>Künstler:</span> Claude Monet</li><li><span>Empty:</span></li><li>no label</li>
</ul></div><h1>Other</h1><li><span>Outside:</span> not ours</li></section></body></html>"""


def test_labels_are_kept_as_they_are_and_the_known_ones_found() -> None:
    record = read_asset_page(PAGE, ID) or {}
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
    assert (labels["Title"], labels["Credit Line"]) == ("The Magpie: winter", "Bequest of N. N.")
    assert "Outside" not in labels


def test_a_page_without_its_list_is_no_empty_list() -> None:
    assert read_asset_page(PAGE, "bgEuwDxel93-Pg") is None
    assert read_asset_page(f'<div id="metadata-{ID}"><ul></ul></div>', ID) is not None


def test_a_page_is_followed_by_its_id_on_its_own_host(servers: PageServers) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        _, _, slug, asset_id = request.path.split("/")
        port = request.headers["Host"].partition(":")[2]
        moved = {"old": f"/asset/new/{asset_id}", "other": f"/asset/new/z{asset_id[1:]}"}
        moved["elsewhere"] = f"http://localhost:{port}/asset/new/{asset_id}"
        if slug in moved:
            send(request, status=301, Location=moved[slug])
        else:
            send(request, PAGE.encode())

    base_url = servers.serve_with(answer)
    assert get_details(make_fetcher(), f"{base_url}/asset/old/{ID}")["title"] == "The Magpie & snow"
    for slug in ("other", "elsewhere"):
        with pytest.raises(DownloadError, match="redirects to another page"):
            get_details(make_fetcher(), f"{base_url}/asset/{slug}/{ID}")


def test_pages_are_read_once_and_a_refusal_keeps_those_read(servers: PageServers, workspace: Workspace) -> None:
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asset_id = request.path[-14:]
        if not request.path.startswith("/asset"):
            send(request, status=404)
        elif asset_id[0] in "ab":
            asked.append(asset_id)
            send(request, PAGE.replace(ID, asset_id).encode())
        else:
            send(request, status=429, Retry_After="60")

    base_url, path = servers.serve_with(answer), workspace.root / "list.csv"
    ids = [f"{mark}gEuwDxel93-Pg" for mark in "abcdefgh"]
    rows = [f"{base_url}/ci/{asset_id},{base_url}/asset/x/{asset_id},RED" for asset_id in ids]
    path.write_text("\n".join(["image,page,color", *rows]))
    first = collect(CollectSettings(workspace, list_file=path, details=True, limit=2))
    assert (first.asset_pages, first.unread_pages, first.blocked) == (2, {}, None)
    second = collect(CollectSettings(workspace, list_file=path, details=True))
    assert second.asset_pages == 2
    assert "an asset page with HTTP 429 and asks to come back after 60 s" in str(second.blocked)
    assert sorted(asked) == read_table(workspace.details_table, DETAILS)["asset_id"].tolist() == ids[:2]
