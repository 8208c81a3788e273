"""What the page does by itself, seen in a real browser."""

import re
import time
from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from src.gallery.process import GalleryProcess
from src.gallery.site.faults import Faults
from tests.support.chromium import open_chromium

pytestmark = pytest.mark.browser

TILES = "[href^='/asset/'][data-bgsrc]"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with open_chromium(tmp_path_factory.mktemp("profile"), "900,1000", page_load_strategy="none") as driver:
        yield driver


@pytest.fixture(scope="module")
def gallery() -> Iterator[GalleryProcess]:
    with GalleryProcess(artworks=130, colours=("RED", "BLUE"), workers=1) as process:
        yield process


def count(window: webdriver.Chrome, selector: str) -> int:
    return window.execute_script(f'return document.querySelectorAll("{selector}").length')


def wait_for(window: webdriver.Chrome, selector: str, least: int) -> None:
    WebDriverWait(window, 20, 0.1).until(lambda _: count(window, selector) >= least, f"fewer than {least} {selector}")


def scroll_to_end(window: webdriver.Chrome, total: int) -> None:
    def scroll(_: object) -> bool:
        window.execute_script("scrollTo(0, 0); scrollTo(0, document.documentElement.scrollHeight)")
        return count(window, "a.HpzMff") >= total

    WebDriverWait(window, 30, 0.1).until(scroll, "the list does not end")


def test_images_are_loaded_lazily_at_the_size_of_their_cells(
    browser: webdriver.Chrome, gallery: GalleryProcess
) -> None:
    browser.get(f"{gallery.base_url}/color?col=RED")
    wait_for(browser, ".PJLMUc", 15)
    tiles = browser.execute_script(
        "return [...document.querySelectorAll('a.HpzMff')].map(link => [link.className, link.style.backgroundImage,"
        " link.dataset.bgsrc, Math.round(link.getBoundingClientRect().width), getComputedStyle(link).backgroundImage])"
    )
    loaded = [tile for tile in tiles if "PJLMUc" in tile[0]]
    assert len(loaded) < len(tiles), "tiles far below wait"
    for _, background, source, side, _ in loaded:
        assert source.startswith("//127.0.0.1:")
        assert re.fullmatch(rf'url\("http:{re.escape(source)}=w{side}-c-h{side}-rw-v1"\)', background)
    assert {tile[4] for tile in tiles if "PJLMUc" not in tile[0]} == {"none"}


def test_scrolling_brings_all_and_then_asks_no_more(browser: webdriver.Chrome, gallery: GalleryProcess) -> None:
    browser.get(f"{gallery.base_url}/color?col=BLUE")
    wait_for(browser, TILES, 45)
    total = int(browser.find_element(By.CSS_SELECTOR, ".intro p").text.split()[0])
    scroll_to_end(browser, total)
    addresses = browser.execute_script(
        "return performance.getEntriesByType('resource').map(entry => entry.name)"
        ".filter(name => name.includes('/api/'))"
    )
    assert len(addresses) == -(-(total - 45) // 30)
    for address in addresses:
        assert re.search(r"/api/assets/images/color\?s=30&pt=[\w-]+&hl=en&_reqid=\d+&rt=j$", address)
    hrefs = browser.execute_script("return [...document.querySelectorAll('a.HpzMff')].map(link => link.href)")
    assert len(hrefs) == len(set(hrefs)) == total
    browser.execute_script("scrollTo(0, 0); scrollTo(0, document.documentElement.scrollHeight)")
    time.sleep(0.4)
    assert count(browser, "a.HpzMff") == total


def test_removed_tiles_make_room_for_more(browser: webdriver.Chrome, gallery: GalleryProcess) -> None:
    browser.get(f"{gallery.base_url}/color?col=BLUE")
    wait_for(browser, TILES, 45)
    browser.execute_script("document.querySelectorAll('#wall > *').forEach(tile => tile.remove())")
    browser.execute_script("scrollTo(0, document.documentElement.scrollHeight); dispatchEvent(new Event('scroll'))")
    wait_for(browser, TILES, 20)


def test_what_the_script_draws_is_what_the_server_would(browser: webdriver.Chrome, gallery: GalleryProcess) -> None:
    describe = (
        "[...document.querySelectorAll('#wall > div')].map(tile => [tile.className, tile.firstElementChild.className"
        ".replace(/ PJLMUc| Xb8XNe/, ''), tile.firstElementChild.getAttribute('href')])"
    )
    browser.get(f"{gallery.base_url}/color?col=RED")
    wait_for(browser, TILES, 45)
    by_server = browser.execute_script(f"return {describe}")
    faults = Faults(missing_bgsrc=0.4, never_loads=1.0, untagged=1.0, image_gone=0.5)
    with GalleryProcess(130, colours=("RED", "BLUE"), workers=1, faults=faults, tiles="script") as other:
        browser.get(f"{other.base_url}/color?col=RED")
        wait_for(browser, "#wall > div", 45)
        by_script = browser.execute_script(f"return {describe}")
        assert browser.execute_script("return document.readyState") == "loading"
        assert 3 <= count(browser, "#wall a:not([data-bgsrc])") <= 30
        wait_for(browser, ".Xb8XNe", 2)
        wait_for(browser, ".PJLMUc", 2)
        failed = "[...document.querySelectorAll('.Xb8XNe')].map(link => link.style.backgroundImage)"
        assert set(browser.execute_script(f"return {failed}")) == {""}
        browser.get("about:blank")
    assert by_script == by_server
