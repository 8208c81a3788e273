"""A browser of the machine for the tests of pages; it resolves no host but this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from src.scraping.browser.browser import find_installed_browser


@contextmanager
def open_chromium(profile: Path, size: str, page_load_strategy: str = "normal") -> Iterator[webdriver.Chrome]:
    """Run Chromium with a window of a size, such as ``1200,900``; the test skips where there is none."""
    installed = find_installed_browser()
    if installed is None:
        pytest.skip("needs Chromium and its driver: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = str(installed.browser)
    options.page_load_strategy = page_load_strategy
    for argument in (
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
        *(f"--window-size={size}", f"--user-data-dir={profile}"),
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with webdriver.Chrome(options=options, service=Service(str(installed.driver))) as driver:
        yield driver
