import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import psutil
import pytest

from src.errors import BlockedError, LayoutChangedError
from src.gallery.process import GalleryProcess
from src.paths import Workspace
from src.processes import find_free_port, start_process, wait_until_answers
from src.scraping.artwork import Addresses
from src.scraping.browser.browser import Browser, BrowserSettings, find_installed_browser
from src.scraping.fetch.manners import PagePatience, choose_manners
from src.scraping.page.colour_page import ColourPage, PageError, Site
from tests.support.page_servers import PageServers, send
from tests.support.scraper_runs import scrape

pytestmark = pytest.mark.browser
HASTY = PagePatience(load_seconds=20.0, settle_seconds=0.3, quiet_seconds=1.0)
TILE = '<a href="/asset/x/bgEuwDxel93-Pg"></a>'


def open_page(browser: Browser, base_url: str, folder: Path, report: Callable[[str], None] = print) -> dict[str, Any]:
    addresses = Addresses(base_url)
    manners = replace(choose_manners(addresses, contact=None), patience=HASTY)
    return ColourPage(browser, Site(addresses, manners, folder), "RED", report).open()


def test_a_changed_layout_is_reported_with_the_page_saved_beside_those_of_others(
    browser: Browser, servers: PageServers, tmp_path: Path
) -> None:
    (tmp_path / "RED.html").write_text("mine")
    base_url = servers.serve("<title>New design</title><a href='/asset/viewer'>x</a><div class='card'>The Magpie</div>")
    said = r"^the page no longer shows artwork tiles: expected .* found 1 links .*'New design'.*RED-2.html$"
    for _ in range(2):
        with pytest.raises(LayoutChangedError, match=said):
            open_page(browser, base_url, tmp_path)
    assert "The Magpie" in (tmp_path / "RED-2.html").read_text("utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {"RED.html", "RED-2.html"}
    assert (tmp_path / "RED.html").read_text() == "mine"


def test_tiles_without_any_picture_are_a_changed_layout(servers: PageServers, workspace: Workspace) -> None:
    summary = scrape(workspace, servers.serve(TILE), colours=("RED",), limit=1)
    assert "no longer shows pictures" in str(summary.layout_changed)
    assert summary.exit_code == LayoutChangedError.exit_code


@pytest.mark.parametrize(
    "answer",
    [
        ("<title>429</title>", 429, {}),
        ("", 429, {}),  # the browser shows an error page of its own
        ("", 403, {}),
        ("login", 401, {"WWW-Authenticate": 'Basic realm="museum"'}),
        ("<form id='captcha-form' action='/sorry/index'></form>", 200, {}),
        ("<p>Our systems have detected unusual traffic from your computer network.</p>", 503, {}),
    ],
)
def test_a_refusal_is_recognised(
    browser: Browser, servers: PageServers, tmp_path: Path, answer: tuple[object, ...]
) -> None:
    with pytest.raises(BlockedError):
        open_page(browser, servers.serve(*answer), tmp_path)


@pytest.mark.parametrize(
    ("answer", "words"),
    [(("<p>oops</p>", 500), "HTTP 500"), (("", 503), "HTTP 503"), (None, "cannot be reached: ERR_")],
)
def test_an_error_page_may_pass(
    browser: Browser, servers: PageServers, tmp_path: Path, answer: tuple[object, ...] | None, words: str
) -> None:
    with pytest.raises(PageError, match=words):
        open_page(browser, servers.serve(*answer) if answer else "http://127.0.0.1:9", tmp_path)


def test_the_user_agent_names_a_contact() -> None:
    with Browser(BrowserSettings(mark="tests-agent.", contact="me@example.org")) as one:
        one.open("about:blank", "")
        assert "+me@example.org" in one.run("return navigator.userAgent")


def test_a_remote_browser_lists_the_same(gallery: GalleryProcess, undisturbed: Workspace, workspace: Workspace) -> None:
    installed = find_installed_browser()
    if installed is None:
        pytest.skip("no chromedriver on the search path")
    port = find_free_port()
    endpoint = f"http://127.0.0.1:{port}"  # a driver with a port of its own is a remote WebDriver endpoint
    with start_process([installed.driver, f"--port={port}"], log=subprocess.DEVNULL) as driver:
        assert wait_until_answers(driver, f"{endpoint}/status")
        assert scrape(workspace, gallery, grid=endpoint, colours=("PINK",), browsers=1).exit_code == 0
        left = [child for child in psutil.Process(driver.pid).children() if child.status() != psutil.STATUS_ZOMBIE]
        assert left == []
    rows = undisturbed.raw_table.read_text("utf-8").splitlines()
    assert workspace.raw_table.read_text("utf-8").splitlines() == rows[:21]


def test_a_browser_opens_where_temporary_files_lie_deep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, servers: PageServers
) -> None:
    deep = tmp_path / "a-folder-with-a-long-name" / "another-folder-with-a-long-name"
    deep.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with Browser(BrowserSettings(mark="tests-deep.")) as one:
        assert open_page(one, servers.serve(TILE), tmp_path)["artworks"] == 1


def test_a_form_that_offers_a_refusal_is_refused_on_any_page(
    browser: Browser, servers: PageServers, tmp_path: Path
) -> None:
    buttons = "<button name=ok value=1>はい</button><button name=ok value=0>いいえ</button>"
    form = f"<meta charset=utf-8><form method=post action=/x>{buttons}</form>"

    def answer(request: BaseHTTPRequestHandler) -> None:
        send(request, (TILE if request.command == "POST" else form).encode(), Content_Type="text/html")

    said: list[str] = []
    open_page(browser, servers.serve_with(answer), tmp_path, said.append)
    assert said == ["a consent page was answered: refused by 'いいえ'"]
