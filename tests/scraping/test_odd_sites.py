"""What people met on real sites: each with its right outcome, from listing to tables."""

import base64
import json
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from src.errors import BlockedError, LayoutChangedError, MissingToolError
from src.gallery.site.faults import Faults
from src.paths import Workspace
from src.scraping.browser.browser import Browser, BrowserSettings
from src.tables import RAW, read_table
from tests.support.page_servers import PageServers, send
from tests.support.scraper_runs import read_result, scrape

pytestmark = pytest.mark.browser


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
    undisturbed: Workspace, workspace: Workspace, faults: Faults, said: tuple[str, ...]
) -> None:
    summary = scrape(workspace, faults)
    assert summary.exit_code == 0
    assert read_result(workspace) == read_result(undisturbed)
    assert all(any(words in note for note in summary.notes) for words in said)


@pytest.mark.parametrize("faults", [Faults(featured=1.0), Faults(broken_text=1.0)])
def test_wrong_colours_are_not_taken_for_the_limit_and_broken_text_costs_at_most_itself(
    undisturbed: Workspace, workspace: Workspace, faults: Faults
) -> None:
    scrape(workspace, faults, colours=("RED",), limit=5, list_only=True)
    table = read_table(workspace.raw_table, RAW)
    whole = read_table(undisturbed.raw_table, RAW)
    assert table["asset_id"].tolist() == whole.loc[whole["color"] == "RED", "asset_id"].tolist()[:5]
    assert (table["page"][0].split("/")[-2] == "half-�") == bool(faults.broken_text)


def test_a_refused_picture_stops_the_run_at_once(workspace: Workspace) -> None:
    faults = Faults(image_refused=1.0, retry_after="90", slow=1.0, slow_seconds=0.5)
    summary = scrape(workspace, faults, browsers=1)
    assert summary.exit_code == BlockedError.exit_code
    assert "come back after 90 s" in str(summary.blocked)
    assert "listing" in [colour.state for colour in summary.colours.values()], "the listing ends too"


def make_item(number: int, base_url: str) -> list[Any]:
    """An artwork as the page's data list it: title at 1, picture at 3, page at 4, facts at 10."""
    asset_id, image = f"{number:014d}", f"{base_url.removeprefix('http:')}/ci/{number}"
    facts = [asset_id, 1.5, *[None] * 10, "Museum"]
    return ["tag", f"Work {number}", None, image, f"/asset/work/{asset_id}", 8, None, None, "#e0b8c5", None, facts]


# Neither what a page asks for beside its list nor where it names colours beside its tiles changes the list.
BESIDE = '<p data-color="RED">R</p><p data-color="BLUE">B</p><script>fetch("/footer.html")</script>'
UNLISTED = "3 of them stand in no data of the page"
FOOTER = b"<form action='/sorry/x'>unusual traffic, captcha</form>"


@pytest.mark.parametrize(
    "case",
    [
        (12, 12, 12, 12, "complete", None),
        (9, 12, 12, 12, "complete", None),
        (12, 9, 9, 9, "complete", None),
        (12, 12, 9, 12, "complete", "found 12 artworks where the page promises 9"),
        (12, 12, 20, 12, "partial", "the list ended after 12 of 20 artworks"),
        (12, 9, 10, 12, "partial", f"found 12 artworks where the page promises 10: {UNLISTED}"),
    ],
)
def test_tiles_and_data_are_held_against_each_other(
    servers: PageServers, workspace: Workspace, case: tuple[Any, ...]
) -> None:
    tiles, listed, total, *expected = case  # tiles shown, artworks in the page's data, size of the list as it says

    def answer(request: BaseHTTPRequestHandler) -> None:
        items = [make_item(number, f"http://{request.headers['Host']}") for number in range(max(tiles, listed))]
        links = "".join(f'<div><a href="{item[4]}" data-bgsrc="{item[3]}"></a></div>' for item in items[:tiles])
        block = ["#D50000", "RED", ["t", "AssetsQuery:1", items[:listed], None, total]]
        html = f"{BESIDE}{links}<script>window.INIT_data = {json.dumps({'x': ['stella.cep', [block]]})}</script>"
        send(request, FOOTER if "footer" in request.path else html.encode(), Content_Type="text/html; charset=utf-8")

    red = scrape(workspace, servers.serve_with(answer), colours=("RED",), list_only=True).colours["RED"]
    assert [red.found, red.state, red.reason] == expected
    assert read_table(workspace.raw_table, RAW)["tint"].dropna().unique().tolist() == ["#e0b8c5"]


def test_a_page_that_leads_to_another_colour_is_no_list(servers: PageServers, workspace: Workspace) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if "RED" in request.path:
            send(request, status=302, Location="/today")
        else:
            send(request, b"<title>Today</title><a href='/asset/x/bgEuwDxel93-Pg' data-bgsrc='//x/ci/a'></a>")

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
