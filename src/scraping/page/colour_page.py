"""A colour's page in a browser: brought to the point where tiles are in it, scrolled, and asked for what it shows."""

import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from src.colours import SITE_COLOURS
from src.errors import BlockedError, LayoutChangedError, ScrapingError
from src.files import write_text
from src.scraping.artwork import Addresses
from src.scraping.browser.browser import Browser
from src.scraping.fetch.client import REFUSALS, explain_block
from src.scraping.fetch.manners import Manners
from src.scraping.page.data import Block, parse_blocks
from src.scraping.scripts import DRAIN, HTML, PAGE_DATA, SHOW_MORE, START, STOP, read_script

_POLL_SECONDS: Final = 0.05
_CONSENT_ATTEMPTS: Final = 3
_ERROR_STATUSES: Final = frozenset({500, 502, 503, 504})


class PageError(ScrapingError):
    """The page did not come this time; asking again may help."""


@dataclass(frozen=True)
class Site:
    """A site and how to behave there; ``evidence`` takes pages that do not show what they should."""

    addresses: Addresses
    manners: Manners
    evidence: Path
    language: str | None = None


class ColourPage:
    """A colour's page; ``report`` takes a sentence about what was done to it: consent, banners."""

    def __init__(
        self, browser: Browser, site: Site, color: str, report: Callable[[str], object] = lambda _: None
    ) -> None:
        self.address = site.addresses.color_page(color, site.language)
        self._browser, self._site, self._color, self._report = browser, site, color, report

    def open(self) -> dict[str, Any]:
        """Open it and wait for its first tiles; consent is answered (refused where it can be), banners are taken away.

        Returns the page's state (``page_state.js``); ``artworks`` is 0 only where the page carries data and has settled
        without tiles: an empty colour, for the caller to verify.

        Raises
        ------
        BlockedError
            If the site answers with HTTP 401, 403, 429 or 451, or with a captcha page.
        LayoutChangedError
            If the page has loaded and shows no tiles.
        PageError
            If it has not loaded, or the site answered with an error.
        """
        patience = self._site.manners.patience
        self._browser.open(self.address, read_script("listener"))
        began = time.monotonic()
        consents, settled_since = 0, None
        while True:
            state: dict[str, Any] = self._browser.run(read_script("page_state"))
            is_here = state["address"].startswith(("http:", "https:"))
            has_failed = state["address"].startswith("chrome-error:")  # also where an answer has a status and no body
            is_loaded = is_here and state["readyState"] == "complete"
            if is_here or has_failed:
                self._refuse_block(state)
            if has_failed or (is_loaded and not state["artworks"]):
                self._refuse_error(state, has_failed=has_failed)
            if is_here and state["artworks"]:
                self._answer("overlay")
                return state
            if is_loaded and state["hasConsent"]:
                consents += 1
                if consents > _CONSENT_ATTEMPTS or not self._answer("consent"):
                    raise self.layout_changed(
                        "the page no longer shows a consent form that we can answer: expected a form with a button, "
                        f"found {state['title']!r} at {state['address']}"
                    )
                time.sleep(0.3)
            elif is_loaded:
                settled_since = settled_since or time.monotonic()
                if time.monotonic() - settled_since > patience.settle_seconds:
                    self._refuse_block(state, has_settled=True)
                    if state["hasData"]:
                        return state
                    consents += 1
                    if not state["hasChoice"] or consents > _CONSENT_ATTEMPTS or not self._answer("choice"):
                        raise self.layout_changed(
                            'the page no longer shows artwork tiles: expected links a[href*="/asset/"] that end in a '
                            f"14-character id, found {state['links']} links under /asset/ and none of an artwork "
                            f"(HTTP {state['status'] or 'status unknown'}, title {state['title']!r}, {state['images']} "
                            f"elements with data-bgsrc, {state['size']:,} characters)"
                        )
                    settled_since = None
            if time.monotonic() - began > patience.load_seconds:
                raise PageError(f"{self.address} gave no tiles in {patience.load_seconds:.0f} s: it never ends loading")
            time.sleep(_POLL_SECONDS)

    def read_data(self) -> list[Block]:
        """Read the lists that the page embeds."""
        return parse_blocks(self._browser.run(PAGE_DATA))

    def start(self, limit: int, pause: list[float], nudge_after: float) -> None:
        """Harvest tiles and scroll on until ``limit`` tiles were seen; pauses in milliseconds."""
        settings = {"limit": limit, "pause": pause, "nudgeAfter": nudge_after}
        self._browser.run(START, settings | {"color": self._color, "colors": list(SITE_COLOURS)})

    def drain(self, tiles: int, milliseconds: int, pause: list[float] | None = None) -> dict[str, Any] | None:
        """Wait for as many tiles, at most so long, and take what has come together; None where the page went away."""
        drained: dict[str, Any] | None = self._browser.run_until_done(DRAIN, tiles, milliseconds, pause)
        return drained

    def show_more(self) -> bool:
        """Click the button below the list that brings more of it; return whether there is one."""
        label = self._browser.run(SHOW_MORE)
        if label is not None:
            self._report(f"{self._color}: the button {label!r} below the list was clicked")
        return label is not None

    def stop(self) -> None:
        """Scroll no further."""
        self._browser.run(STOP)

    def layout_changed(self, what: str) -> LayoutChangedError:
        """Save the page as it stands, for whoever has to find out what changed; no other file is overwritten."""
        html = str(self._browser.run(HTML))
        names = (f"{self._color}{'' if number == 1 else f'-{number}'}.html" for number in itertools.count(1))
        paths = (self._site.evidence / name for name in names)
        path = next(path for path in paths if not path.exists() or path.read_bytes() == html.encode())
        write_text(path, html)
        return LayoutChangedError(f"{what}, saved page at {path}")

    def _answer(self, obstacle: str) -> bool:
        """Answer a consent page, or take away what lies over the content; return whether anything was done."""
        done = self._browser.run(read_script("obstacles"), obstacle)
        for what_was_done in done:
            self._report(f"{'a banner' if obstacle == 'overlay' else 'a consent page'} {what_was_done}")
        return bool(done)

    def _refuse_error(self, state: dict[str, Any], *, has_failed: bool) -> None:
        if state["status"] in _ERROR_STATUSES:
            raise PageError(f"{self.address} answered with HTTP {state['status']}")
        if has_failed:
            code = re.search(r"\b(ERR_[A-Z0-9_]+|HTTP ERROR \d+)", state["text"])
            why = code.group() if code else "the browser shows its own error page"
            raise PageError(f"{self.address} cannot be reached: {why}")

    def _refuse_block(self, state: dict[str, Any], *, has_settled: bool = False) -> None:
        """End the run where the page, or a request of its own for what it lacks, is refused.

        Pages ask for much that is not their list: before a page has settled only HTTP 429 counts there.
        """
        reasons = [f"HTTP {state['status']}"] if state["status"] in REFUSALS else []
        if state["hasCaptcha"] or (has_settled and state["hasCaptchaWidget"]):
            reasons.append("a captcha page")
        for failure in state["failures"]:
            why = explain_block(failure["status"], failure["text"])
            if why and failure["isOwn"] and (has_settled or failure["status"] == 429):
                reasons.append(why)
        if reasons:
            raise BlockedError(f"the site answered {self.address} with {reasons[0]}")
