"""The JavaScript that runs in the page; the long ones stand in ``page/*.js``.

``listener.js`` is installed before the page's own script. It keeps what the page loads by itself and
holds the two parts of the listing, both driven by events and not by sleeping: a pump that harvests the
tiles in the page, takes harvested tiles out of it and scrolls on, and ``drain``, which hands over what
has come together. Tiles are found by what the site has kept since 2019, the addresses; never by class
names.
"""

from functools import cache
from pathlib import Path
from typing import Final

START: Final = "window.__listing.start(arguments[0]);"
"""Start the pump; argument: ``{color, colors, limit, pause: [shortest, longest] ms, nudgeAfter: ms}``."""

STOP: Final = "if (window.__listing) { window.__listing.isRunning = false; }"

SHOW_MORE: Final = "return window.__listing ? window.__listing.showMore() : null;"
"""Click the button below the list that brings more of it; returns its label or null."""

DRAIN: Final = """
const done = arguments[arguments.length - 1];
if (!window.__listing) { done(null); } else {
  if (arguments[2]) { window.__listing.pause = arguments[2]; }
  window.__listing.drain(arguments[0], arguments[1]).then(done, () => done(null));
}
"""
"""Wait for tiles (arguments: how many, how long in ms, pause or null) and hand over what there is."""

PAGE_DATA: Final = """
try { return window.INIT_data ? JSON.stringify(window.INIT_data) : null; } catch (error) { return null; }
"""
"""What the page embeds, as JSON text."""

HTML: Final = "return new TextDecoder().decode(new TextEncoder().encode(document.documentElement.outerHTML));"
"""The page as it stands; encoding replaces half surrogate pairs, which cannot cross WebDriver."""


@cache
def read_script(name: str) -> str:
    """Return a script of the folder ``page``: ``listener``, ``page_state`` or ``obstacles``."""
    return (Path(__file__).parent / "page" / f"{name}.js").read_text("utf-8")
