"""What people met on real sites: each with its right outcome, from listing to tables."""

import base64
import json
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pandas as pd
import pytest

from src.errors import BlockedError, LayoutChangedError, MissingToolError
from src.gallery.site.faults import Faults
from src.paths import Workspace
from src.scraping.browser.browser import Browser, BrowserSettings
from src.scraping.summary import ColourSummary, RunSummary
from src.tables import RAW, read_table
from tests.support.page_servers import PageServers, send
from tests.support.scraper_runs import read_result, scrape

pytestmark = pytest.mark.browser
Undisturbed = tuple[Workspace, RunSummary]


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        (
            Faults(featured=1.0, share_link=1.0, captcha_footer=1.0, consent=1.0, consent_kind="forms"),
            ("beside the list were left out", "refused by 'すべて拒否'"),
        ),
        (
            Faults(containers=1.0, dialogs=1.0, beside=1.0, placeholder=0.5, consent=1.0),
            ("refused by 'Reject all'",),
        ),
        (Faults(list_style="sentinel", refresh=0.5), ()),
        (Faults(list_style="button"), ("the button 'Weitere anzeigen' below the list was clicked",)),
        (Faults(list_style="virtual", banner=1.0), ("a banner was closed",)),
    ],
    ids=lambda value: "-".join(value.arguments[::2]) if isinstance(value, Faults) else "",
)
def test_an_odd_page_gives_the_same_rows(
    undisturbed: Undisturbed, workspace: Workspace, faults: Faults, said: tuple[str, ...]
) -> None:
    summary = scrape(workspace, faults)
    assert summary.exit_code == 0
    assert read_result(workspace) == read_result(undisturbed[0])
    assert all(any(words in note for note in summary.notes) for words in said)


@pytest.mark.parametrize("faults", [Faults(featured=1.0), Faults(broken_text=1.0)])
def test_wrong_colours_are_not_taken_for_the_limit_and_broken_text_costs_at_most_itself(
    undisturbed: Undisturbed, workspace: Workspace, faults: Faults
) -> None:
    scrape(workspace, faults, colours=("RED",), limit=5, list_only=True)
    table = read_table(workspace.raw_table, RAW)
    whole = read_table(undisturbed[0].raw_table, RAW)
    assert table["asset_id"].tolist() == whole.loc[whole["color"] == "RED", "asset_id"].tolist()[:5]
    assert (table["page"][0].split("/")[-2] == "half-�") == bool(faults.broken_text)


@pytest.mark.parametrize(
    ("faults", "said", "state"),
    [
        (Faults(refused=1.0, refused_status=451), "HTTP 451", "blocked"),
        # the listing is still going on, and ends too
        (Faults(image_refused=1.0, retry_after="90", slow=1.0, slow_seconds=0.5), "come back after 90 s", "listing"),
    ],
)
def test_a_refusal_of_a_page_or_a_picture_stops_the_run_at_once(
    workspace: Workspace, faults: Faults, said: str, state: str
) -> None:
    summary = scrape(workspace, faults, browsers=1)
    assert summary.exit_code == BlockedError.exit_code
    assert said in str(summary.blocked)
    assert [colour.state for colour in summary.colours.values()].count(state) == 1


def make_item(number: int, base_url: str) -> list[Any]:
    """An artwork as the page's data list it: title at 1, picture at 3, page at 4, facts at 10."""
    asset_id, image = f"{number:014d}", f"{base_url.removeprefix('http:')}/ci/{number}"
    facts = [asset_id, 1.5, *[None] * 10, "Museum"]
    return ["tag", f"Work {number}", None, image, f"/asset/work/{asset_id}", 8, None, None, "#e0b8c5", None, facts]


def write_page(tiles: list[list[Any]], *blocks: list[Any], extra: str = "", script: str = "") -> str:
    """A page of RED that shows some tiles; the first of the blocks of its data is the colour's own."""
    links = "".join(f'<div><a href="{item[4]}" data-bgsrc="{item[3]}"></a></div>' for item in tiles)
    data = {"x": ["stella.cep", None, None, None, None, [["#D50000", "RED", blocks[0]]]], "featured": blocks[1:]}
    return f"<title>Red</title>{extra}{links}<script>window.INIT_data = {json.dumps(data)};{script}</script>"


@pytest.mark.parametrize(
    ("page", "expected", "reason"),  # page: tiles shown, artworks in the page's data, size of the list as it says
    [
        ((12, 12, 12), (12, "complete"), None),
        ((9, 12, 12), (12, "complete"), None),
        ((12, 9, 9), (9, "complete"), None),
        ((12, 12, 9), (12, "complete"), "found 12 artworks where the page promises 9"),
        ((12, 12, 20), (12, "partial"), "the list ended after 12 of 20 artworks"),
        ((12, 9, 10), (12, "partial"), "3 of them stand in no data of the page"),
    ],
)
def test_tiles_and_data_are_held_against_each_other(
    servers: PageServers,
    workspace: Workspace,
    page: tuple[int, int, int],
    expected: tuple[int, str],
    reason: str | None,
) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        tiles, listed, total = page
        items = [make_item(number, f"http://{request.headers['Host']}") for number in range(max(tiles, listed))]
        html = write_page(items[:tiles], ["t", "AssetsQuery:1", items[:listed], None, total])
        send(request, html.encode(), Content_Type="text/html; charset=utf-8")

    red, table = list_red(workspace, servers.serve_with(answer))
    assert (red.found, red.state) == expected
    assert (red.reason is None) == (reason is None)
    assert reason is None or reason in str(red.reason)
    assert table["tint"].dropna().unique().tolist() == ["#e0b8c5"]


def list_red(workspace: Workspace, base_url: str) -> tuple[ColourSummary, pd.DataFrame]:
    """List RED; give what became of it, and the table."""
    red = scrape(workspace, base_url, colours=("RED",), list_only=True).colours["RED"]
    return red, read_table(workspace.raw_table, RAW)


SCRIPT = """
fetch('/api/favourites');
fetch('/footer.html');
fetch('/api/assets/images/related?pt=other');
let token = 'next';
setInterval(() => {
  if (!token) { return; }
  const asked = token;
  token = null;
  fetch('/api/assets/images/color?pt=' + asked).then((answer) => answer.json()).then((rows) => {
    for (const item of rows[0][2]) {
      const tile = document.createElement('div');
      tile.innerHTML = '<a href="' + item[4] + '" data-bgsrc="' + item[3] + '"></a>';
      document.body.append(tile);
    }
  });
}, 300);
"""


def test_what_else_a_page_asks_for_is_not_its_list(servers: PageServers, workspace: Workspace) -> None:
    """Another list beside its own, a request that needs a login, a footer that talks of captchas, swatches."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        base_url = f"http://{request.headers['Host']}"
        items = [make_item(number, base_url) for number in range(20)]
        if request.path.startswith("/api/favourites"):
            send(request, b"login", 401)
        elif request.path == "/footer.html":
            send(request, b"<form action='/sorry/x'>unusual traffic, captcha</form>", Content_Type="text/html")
        elif "related" in request.path:
            related = [make_item(number, base_url) for number in range(90, 95)]
            body = json.dumps([["t", "AssetsQuery:2", related, None, 5]])
            send(request, body.encode(), Content_Type="application/json")
        elif "pt=next" in request.path:
            time.sleep(0.5)
            body = json.dumps([["t", "AssetsQuery:1", items[12:], None, 20]])
            send(request, body.encode(), Content_Type="application/json")
        else:
            block = ["t", "AssetsQuery:1", items[:12], None, 20, None, None, None, "next"]
            strange = ["t", "AssetsQuery:3", [make_item(80, base_url)], None, 1]
            shown = [make_item(80, base_url), make_item(90, base_url), *items[:12]]
            swatches = '<p data-color="RED">R</p><p data-color="BLUE">B</p>'
            page = write_page(shown, block, strange, extra=swatches, script=SCRIPT)
            send(request, page.encode(), Content_Type="text/html; charset=utf-8")

    red, table = list_red(workspace, servers.serve_with(answer))
    assert (red.state, red.total) == ("complete", 20)
    assert table["asset_id"].tolist() == [f"{number:014d}" for number in range(20)]


def test_a_page_that_leads_to_another_colour_is_no_list(servers: PageServers, workspace: Workspace) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if "RED" in request.path:
            send(request, status=302, Location="/today")
        else:
            send(
                request, b"<title>Today</title><div><a href='/asset/x/bgEuwDxel93-Pg' data-bgsrc='//x/ci/a'></a></div>"
            )

    summary = scrape(workspace, servers.serve_with(answer), colours=("RED",))
    assert (summary.found, summary.exit_code) == (0, LayoutChangedError.exit_code)
    assert "does not name the colour" in str(summary.layout_changed)


def test_a_driver_that_does_not_fit_is_named_once(servers: PageServers, workspace: Workspace) -> None:
    words = "session not created: This version of ChromeDriver only supports Chrome version 114\n"
    words += "Current browser version is 148"
    body = json.dumps({"value": {"error": "session not created", "message": words, "stacktrace": ""}}).encode()
    grid = servers.serve_with(lambda request: send(request, body, 500, Content_Type="application/json"))
    with pytest.raises(MissingToolError, match=r"only supports Chrome version 114 Current browser version is 148"):
        scrape(workspace, "http://127.0.0.1:9", grid=grid, browsers=2)


def test_credentials_of_a_grid_are_used_and_never_shown(servers: PageServers, workspace: Workspace) -> None:
    seen: list[tuple[str, str]] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        seen.append((request.command, str(request.headers["Authorization"])))
        session = {"sessionId": "1", "capabilities": {"browserName": "chrome"}}
        value = session if request.path.endswith("/session") else None
        send(request, json.dumps({"value": value}).encode(), Content_Type="application/json")

    grid = servers.serve_with(answer).replace("http://", "http://user:s3cret@")
    with Browser(BrowserSettings(mark="tests-grid.", grid=grid)):
        pass
    expected = "Basic " + base64.b64encode(b"user:s3cret").decode()
    assert {authorization for _, authorization in seen} == {expected}
    assert seen[-1][0] == "DELETE"
    with pytest.raises(MissingToolError, match=r"could be started at http://127.0.0.1:9") as caught:
        scrape(workspace, "http://127.0.0.1:9", grid="http://user:s3cret@127.0.0.1:9")
    assert "s3cret" not in f"{caught.value} {workspace.run_file.read_text('utf-8')}"


def test_a_long_pause_is_waited_for(workspace: Workspace) -> None:
    began = time.monotonic()
    summary = scrape(workspace, Faults(), colours=("BLACK",), limit=50, pause=3.0, list_only=True, browsers=1)
    assert (summary.found, summary.exit_code) == (50, 0)
    assert time.monotonic() - began > 3.0
