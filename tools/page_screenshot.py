"""A picture of a web page, as a person would see it."""

import sys
import tempfile
import time
from typing import Final

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from urllib3.exceptions import HTTPError

from src.errors import BrowserError, MissingToolError
from src.features.decode_image import decode_image
from src.features.schema import BGRImage
from src.scraping.browser.browser import find_installed_browser

POLL_SECONDS: Final = 0.2
COMMAND_SECONDS: Final = 45

WAITING_IMAGES: Final = """
const inView = (place) => place.top < innerHeight && place.bottom > 0;
return [...document.querySelectorAll('[data-bgsrc]')].filter((tile) =>
  inView(tile.getBoundingClientRect()) && !getComputedStyle(tile).backgroundImage.startsWith('url(')).length
  + (document.readyState === 'complete' ? 0 : 1);
"""
"""How many tiles in view have not drawn their picture."""


def take_screenshot(address: str, width: int = 1000, height: int = 700, patience_seconds: float = 15.0) -> BGRImage:
    """Open a page of this machine in a browser that draws its images, and keep what one sees.

    The scraper's own browsers draw no images, because the thumbnails come over plain HTTP; this one
    is for people.

    Parameters
    ----------
    address
        A page on this machine; the browser resolves no other host.
    width, height
        Of the window, in pixels.
    patience_seconds
        How long the tiles in view may take to draw their pictures; then the page is taken as it is.

    Returns
    -------
    BGRImage
        uint8, shape (height, width, 3).

    Raises
    ------
    MissingToolError
        If no browser with a driver is on the search path.
    BrowserError
        If the browser gives no picture.
    """
    installed = find_installed_browser()
    if installed is None:
        raise MissingToolError("no browser was found: run `python -m src.scraping.browser.install`")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = _make_options(profile, width, height)
        options.binary_location = str(installed.browser)
        driver = None
        try:
            driver = webdriver.Chrome(options=options, service=Service(str(installed.driver)))
            driver.set_page_load_timeout(COMMAND_SECONDS)
            # The window's bars are not the page: set what the page sees.
            metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            driver.get(address)
            deadline = time.monotonic() + patience_seconds
            while driver.execute_script(WAITING_IMAGES) and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
            time.sleep(POLL_SECONDS)  # a background that has its address may still have to be painted
            return decode_image(driver.get_screenshot_as_png())
        except (WebDriverException, HTTPError, OSError) as error:
            raise BrowserError(f"the browser gave no picture of {address}: {error}") from error
        finally:
            if driver is not None:
                driver.quit()


def _make_options(profile: str, width: int, height: int) -> webdriver.ChromeOptions:
    options = webdriver.ChromeOptions()
    for argument in (
        "--headless=new",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        "--disable-sync",
        "--hide-scrollbars",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
        f"--user-data-dir={profile}",
        f"--window-size={width},{height}",
    ):
        options.add_argument(argument)
    if sys.platform == "linux":
        options.add_argument("--no-sandbox")  # Chromium refuses to start as root without it; the page is our own
    return options
