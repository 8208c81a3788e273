"""A picture of a web page of this machine, as a person would see it."""

import time
from typing import Final
from uuid import uuid4

from src.features.decode_image import decode_image
from src.features.schema import BGRImage
from src.scraping.browser.browser import Browser, BrowserSettings

POLL_SECONDS: Final = 0.2
PATIENCE_SECONDS: Final = 15.0

WAITING_IMAGES: Final = """
const inView = (place) => place.top < innerHeight && place.bottom > 0;
return [...document.querySelectorAll('[data-bgsrc]')].filter((tile) =>
  inView(tile.getBoundingClientRect()) && !getComputedStyle(tile).backgroundImage.startsWith('url(')).length
  + (document.readyState === 'complete' ? 0 : 1);
"""
"""How many tiles in view have not drawn their picture."""


def take_screenshot(address: str, width: int = 1000, height: int = 700) -> BGRImage:
    """Open a page of this machine in a browser that draws its images, and keep what one sees, shape (height, width, 3).

    Tiles in view that have not drawn their pictures after :data:`PATIENCE_SECONDS` are taken as they are.
    """
    settings = BrowserSettings(mark=f"screenshot-{uuid4().hex[:8]}.", draws_images=True)
    with Browser(settings) as browser:
        browser.open(address, "")
        browser.picture(width, height)  # sets the size, which decides what is in view
        deadline = time.monotonic() + PATIENCE_SECONDS
        while browser.run(WAITING_IMAGES) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        time.sleep(POLL_SECONDS)  # a background that has its address may still have to be painted
        return decode_image(browser.picture(width, height))
