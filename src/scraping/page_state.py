"""Brings a colour's page to the point where tiles are in it, or says why it cannot."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from src.errors import BlockedError, LayoutChangedError, ScrapingError
from src.files import write_text
from src.scraping.browser import Browser
from src.scraping.scripts import ANSWER_CONSENT, DISMISS_OVERLAY, LISTENER, PAGE_STATE

_POLL_SECONDS: Final = 0.05
_CONSENT_ATTEMPTS: Final = 3
_ERROR_STATUSES: Final = frozenset({500, 502, 503, 504})


class PageError(ScrapingError):
    """The page did not come this time; asking again may help."""


@dataclass(frozen=True)
class PagePatience:
    """How long to wait for a page, in seconds.

    Attributes
    ----------
    load_seconds
        Until its first tiles; also a page that never ends loading is given up then.
    settle_seconds
        After loading, for a script that draws the tiles.
    quiet_seconds
        Without anything new while the list should go on.
    """

    load_seconds: float = 20.0
    settle_seconds: float = 3.0
    quiet_seconds: float = 6.0


def is_block(status: int, text: str) -> bool:
    """Whether an answer means that the site refuses us: HTTP 429, or a captcha page."""
    lowered = text[:4000].lower()
    return status == 429 or "unusual traffic" in lowered or "/sorry/" in lowered or "captcha" in lowered


def save_evidence(browser: Browser, folder: Path, name: str) -> Path:
    """Save the page as it stands, for whoever has to find out what changed."""
    path = folder / f"{name}.html"
    write_text(path, browser.read_html().encode("utf-8", "replace").decode("utf-8"))
    return path


def open_listing(browser: Browser, address: str, patience: PagePatience, evidence: Path, name: str) -> dict[str, Any]:
    """Open a colour's page and wait for its first tiles.

    A consent page is answered (refusing what can be refused) and a banner over the content is taken
    away.

    Returns
    -------
    dict
        The page's state (:data:`src.scraping.scripts.PAGE_STATE`); ``artworks`` is 0 only where the
        page carries data and has settled without tiles: an empty colour, for the caller to verify.

    Raises
    ------
    BlockedError
        If the site answers with HTTP 429 or a captcha page.
    LayoutChangedError
        If the page has loaded and shows no tiles.
    PageError
        If it has not loaded, or the site answered with an error.
    """
    browser.open(address, LISTENER)
    began = time.monotonic()
    consents, settled_since = 0, None
    while True:
        state: dict[str, Any] = browser.run(PAGE_STATE)
        is_here = state["address"].startswith(("http:", "https:"))
        if is_here:
            _refuse_block(state, address)
        elif state["address"].startswith("chrome-error:"):
            raise PageError(f"{address} cannot be reached: the browser shows its own error page")
        if is_here and state["artworks"]:
            if not state["hasListener"]:
                browser.run(LISTENER)
            browser.run(DISMISS_OVERLAY)
            return state
        is_loaded = is_here and state["readyState"] == "complete"
        if is_loaded and state["hasConsent"]:
            consents += 1
            if consents > _CONSENT_ATTEMPTS or browser.run(ANSWER_CONSENT) is None:
                raise _describe_consent(browser, state, evidence, name)
            time.sleep(0.3)
        elif is_loaded:
            _refuse_error(state, address)
            settled_since = settled_since or time.monotonic()
            if time.monotonic() - settled_since > patience.settle_seconds:
                if state["hasData"]:
                    return state
                raise _describe_change(browser, state, evidence, name)
        if time.monotonic() - began > patience.load_seconds:
            raise PageError(f"{address} gave no tiles in {patience.load_seconds:.0f} s: it never ends loading")
        time.sleep(_POLL_SECONDS)


def _refuse_block(state: dict[str, Any], address: str) -> None:
    failures = [failure for failure in state["failures"] if is_block(failure["status"], failure["text"])]
    if state["status"] == 429 or state["hasCaptcha"] or failures:
        what = "a captcha page" if state["hasCaptcha"] else "HTTP 429"
        raise BlockedError(f"the site answered {address} with {what}")


def _refuse_error(state: dict[str, Any], address: str) -> None:
    if state["status"] in _ERROR_STATUSES:
        raise PageError(f"{address} answered with HTTP {state['status']}")


def _describe_consent(browser: Browser, state: dict[str, Any], evidence: Path, name: str) -> LayoutChangedError:
    return LayoutChangedError(
        "the page no longer shows a consent form that we can answer: expected a form with a button, "
        f"found {state['title']!r} at {state['address']}, "
        f"saved page at {save_evidence(browser, evidence, f'{name}-consent')}"
    )


def _describe_change(browser: Browser, state: dict[str, Any], evidence: Path, name: str) -> LayoutChangedError:
    saved = save_evidence(browser, evidence, name)
    return LayoutChangedError(
        'the page no longer shows artwork tiles: expected links a[href*="/asset/"] that end in a 14-character id, '
        f"found {state['links']} links under /asset/ and none of an artwork "
        f"(HTTP {state['status'] or 'status unknown'}, title {state['title']!r}, {state['images']} elements with "
        f"data-bgsrc, {state['size']:,} characters), saved page at {saved}"
    )
