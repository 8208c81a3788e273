"""The page in a real Chromium: drop, paste, keyboard, errors, dark mode, a phone, axe-core."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait

from benchmarks.service_process import ServiceProcess
from tests.support.chromium import open_chromium
from tests.support.commands import run_command
from tests.support.picture_files import draw

pytestmark = pytest.mark.browser

AXE_VERSION = "4.10.3"

SEND_FILES = """
const [kind, files] = arguments;
const transfer = new DataTransfer();
for (const [name, content] of files)
  transfer.items.add(new File([Uint8Array.from(content)], name, { type: "image/jpeg" }));
const options = { dataTransfer: transfer, clipboardData: transfer, bubbles: true, cancelable: true };
const Kind = kind === "drop" ? DragEvent : ClipboardEvent;
document.getElementById("drop").dispatchEvent(new Kind(kind, options));
"""

UNFAMILIAR = """
const ask = window.fetch;
window.fetch = async (...request) => {
  const answer = await (await ask(...request)).json();
  const profile = { action: "converted", detail: "Display P3" };
  return Response.json({ ...answer, is_familiar: false, colour_profile: profile });
};
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with open_chromium(tmp_path_factory.mktemp("profile"), "1200,900") as driver:
        yield driver


@pytest.fixture
def page(browser: webdriver.Chrome, service: ServiceProcess) -> webdriver.Chrome:
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.get(service.base_url)
    browser.get_log("browser")
    return browser


def send(page: webdriver.Chrome, kind: str, **files: bytes) -> None:
    page.execute_script(SEND_FILES, kind, [(name, list(content)) for name, content in files.items()])


def find_all(page: webdriver.Chrome, selector: str) -> list[WebElement]:
    return page.find_elements(By.CSS_SELECTOR, selector)


def wait_for_cards(page: webdriver.Chrome, count: int) -> list[WebElement]:
    """The cards, newest first, when ``count`` of them have their answer."""
    answered = ".card:not(.is-waiting)"
    WebDriverWait(page, 60).until(lambda _: len(find_all(page, answered)) >= count)
    return find_all(page, answered)


def read(card: WebElement, selector: str) -> str:
    return card.find_element(By.CSS_SELECTOR, selector).text


def test_dropped_pictures_show_their_colours_and_can_be_filtered(page: webdriver.Chrome) -> None:
    send(page, "drop", red=draw("RED"), green=draw("GREEN"), teal=draw("TEAL"))
    teal, green, red = wait_for_cards(page, 3)
    assert [read(card, ".colour") for card in (teal, green, red)] == ["TEAL", "GREEN", "RED"]
    swatch = teal.find_element(By.CSS_SELECTOR, "h3 .swatch").value_of_css_property("background-color")
    assert swatch == "rgba(0, 137, 123, 1)"  # not the blue of the site
    assert "sure" in read(red, ".message")
    assert "60 × 40" in read(red, ".name")
    assert read(red, ".bars li").startswith("Red")
    assert "Red" in read(red, ".share-words")
    assert red.find_element(By.TAG_NAME, "img").size["width"] > 100
    chips = find_all(page, "#filter .chip")
    assert [" ".join(chip.text.split()) for chip in chips] == ["All 3", "Teal 1", "Green 1", "Red 1"]
    chips[2].find_element(By.TAG_NAME, "input").send_keys(Keys.SPACE)
    assert [read(card, ".name") for card in find_all(page, ".card") if card.is_displayed()] == ["green · 60 × 40"]
    assert page.get_log("browser") == []


def test_a_pasted_picture_that_the_model_does_not_know_is_called_a_guess(page: webdriver.Chrome) -> None:
    page.execute_script(UNFAMILIAR)
    send(page, "paste", pasted=draw("ORANGE"))
    (card,) = wait_for_cards(page, 1)
    assert "take this as a guess" in read(card, ".message")
    assert "converted from Display P3" in read(card, ".name")
    status = page.find_element(By.ID, "status")
    assert status.get_attribute("aria-live") == "polite"
    assert status.get_attribute("textContent").startswith("pasted: ORANGE")


def test_by_keyboard_alone(page: webdriver.Chrome, tmp_path: Path) -> None:
    path = tmp_path / "blue.jpg"
    path.write_bytes(draw("BLUE"))

    def press(key: str) -> None:
        webdriver.ActionChains(page).send_keys(key).perform()

    press(Keys.TAB)
    assert page.switch_to.active_element.text == "Skip to the results"
    press(Keys.TAB)
    assert page.switch_to.active_element.get_attribute("id") == "files"
    assert page.find_element(By.ID, "drop").value_of_css_property("outline-style") == "solid", "focus must be visible"
    page.switch_to.active_element.send_keys(str(path))
    wait_for_cards(page, 1)
    page.execute_script("document.querySelector('.sample').focus()")
    press(Keys.ENTER)
    first, _ = wait_for_cards(page, 2)
    remove = first.find_element(By.CSS_SELECTOR, ".remove")
    assert remove.get_attribute("textContent").startswith("Remove ")
    page.execute_script("arguments[0].focus()", remove)
    press(Keys.SPACE)
    assert len(find_all(page, ".card")) == 1
    assert page.switch_to.active_element.get_attribute("class") == "remove", "the focus must not be lost"


def test_errors_are_friendly_and_leave_the_rest_alone(page: webdriver.Chrome) -> None:
    page.execute_script("addFiles([new File([new Uint8Array(21 << 20)], 'big.jpg')])")
    (large,) = wait_for_cards(page, 1)
    assert read(large, ".colour") == "This file is too large"
    assert page.get_log("browser") == [], "it was sent, and refused"
    send(page, "drop", notes=b"this is no picture", broken=draw("RED", (200, 100))[:1500], good=draw("RED"))
    good, broken, notes, _ = wait_for_cards(page, 4)
    assert read(good, ".colour") == "RED"
    assert read(notes, ".colour") == "Not a picture we can read"
    assert read(broken, ".colour") == "This file is damaged"
    assert "Download or export it again" in read(broken, ".message")
    page.execute_script("window.fetch = () => Promise.reject(new TypeError('gone'))")
    send(page, "drop", later=draw("GREEN"))
    later, *_ = wait_for_cards(page, 5)
    assert read(later, ".colour") == "The service cannot be reached"
    assert later.find_element(By.CSS_SELECTOR, ".retry").is_displayed()


def find_axe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """axe-core from the npm registry, kept in a cache folder between runs."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "art-colours" / f"axe-core-{AXE_VERSION}"
    script = cache / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file() and shutil.which("npm"):
        options = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefix", cache)
        run_command("npm", "install", *options, f"axe-core@{AXE_VERSION}", folder=tmp_path_factory.mktemp("npm"))
    if not script.is_file():
        pytest.skip("axe-core could not be installed from the npm registry")
    return script


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390])
def test_no_violation_of_accessibility_rules_at_any_width_and_scheme(
    page: webdriver.Chrome, tmp_path_factory: pytest.TempPathFactory, scheme: str, width: int
) -> None:
    axe = find_axe(tmp_path_factory)
    features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}  # no half-way colours
    media = {"features": [{"name": name, "value": value} for name, value in features.items()]}
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    send(page, "drop", red=draw("RED"), teal=draw("TEAL"), notes=b"this is no picture")
    wait_for_cards(page, 3)
    background = page.find_element(By.TAG_NAME, "body").value_of_css_property("background-color")
    assert background == ("rgba(247, 246, 243, 1)" if scheme == "light" else "rgba(21, 24, 26, 1)")
    assert page.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    page.execute_script(axe.read_text("utf-8"))
    results = page.execute_async_script("axe.run().then(arguments[0])")
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in results["violations"]] == []


def test_the_documentation_classifies_an_uploaded_file(
    page: webdriver.Chrome, service: ServiceProcess, tmp_path: Path
) -> None:
    path = tmp_path / "green.jpg"
    path.write_bytes(draw("GREEN"))

    def find(selector: str) -> WebElement:
        shown = expected_conditions.visibility_of_element_located((By.CSS_SELECTOR, selector))
        return WebDriverWait(page, 30).until(shown, selector)

    page.get(f"{service.base_url}/docs")
    find("#operations-classify-classify_img_classify_post .opblock-summary-control").click()
    find(".try-out__btn").click()
    find("input[type=file]").send_keys(str(path))
    find(".execute").click()
    answer = find(".live-responses-table tbody .response-col_description")
    WebDriverWait(page, 30).until(lambda _: '"prediction": "GREEN"' in answer.text)
    assert page.get_log("browser") == [], "nothing is blocked by the policy or comes from elsewhere"
    page.get(f"{service.base_url}/docs#problem-undecodable")
    target = WebDriverWait(page, 30).until(lambda _: page.find_element(By.CSS_SELECTOR, "dt:target"))
    assert target.text.startswith("422")
