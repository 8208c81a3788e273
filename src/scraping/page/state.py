"""Brings a colour's page to the point where tiles are in it, or says why it cannot."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from src.errors import BlockedError, LayoutChangedError, ScrapingError
from src.files import write_text
from src.scraping.browser.browser import Browser
from src.scraping.fetch.client import REFUSALS, explain_block
from src.scraping.fetch.manners import PagePatience
from src.scraping.scripts import HTML, read_script

_POLL_SECONDS: Final = 0.05
_CONSENT_ATTEMPTS: Final = 3
_ERROR_STATUSES: Final = frozenset({500, 502, 503, 504})


class PageError(ScrapingError):
    """The page did not come this time; asking again may help."""


def save_evidence(browser: Browser, folder: Path, name: str) -> Path:
    """Save the page as it stands, for whoever has to find out what changed."""
    path = folder / f"{name}.html"
    write_text(path, str(browser.run(HTML)))
    return path


def open_listing(  # noqa: PLR0912 - one loop over what a page can be
    browser: Browser,
    address: str,
    patience: PagePatience,
    evidence: Path,
    name: str,
    *,
    tell: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Open a colour's page and wait for its first tiles.

    A consent page is answered (refusing what can be refused) and a banner over the content is taken
    away; ``tell`` takes a sentence about either.

    Returns
    -------
    dict
        The page's state (``page_state.js``); ``artworks`` is 0 only where the
        page carries data and has settled without tiles: an empty colour, for the caller to verify.

    Raises
    ------
    BlockedError
        If the site answers with HTTP 401, 403, 429 or 451, or with a captcha page.
    LayoutChangedError
        If the page has loaded and shows no tiles.
    PageError
        If it has not loaded, or the site answered with an error.
    """
    browser.open(address, read_script("listener"))
    began = time.monotonic()
    consents, settled_since = 0, None
    while True:
        state: dict[str, Any] = browser.run(read_script("page_state"))
        is_here = state["address"].startswith(("http:", "https:"))
        if is_here:
            _refuse_block(state, address)
        elif state["address"].startswith("chrome-error:"):
            raise PageError(f"{address} cannot be reached: the browser shows its own error page")
        if is_here and state["artworks"]:
            if not state["hasListener"]:
                browser.run(read_script("listener"))
            _clear_view(browser, tell)
            return state
        is_loaded = is_here and state["readyState"] == "complete"
        if is_loaded and state["hasConsent"]:
            consents += 1
            answer = browser.run(read_script("consent"), None) if consents <= _CONSENT_ATTEMPTS else None
            if answer is None:
                raise _describe_consent(browser, state, evidence, name)
            if tell is not None:
                did = "refused" if answer["isRefusal"] else "agreed, because no refusal was offered,"
                tell(f"a consent page was answered: {did} by {answer['label']!r}")
            time.sleep(0.3)
        elif is_loaded:
            _refuse_error(state, address)
            settled_since = settled_since or time.monotonic()
            if time.monotonic() - settled_since > patience.settle_seconds:
                if state["hasCaptchaWidget"]:
                    raise BlockedError(f"the site answered {address} with a captcha page")
                if state["hasData"]:
                    return state
                raise _describe_change(browser, state, evidence, name)
        if time.monotonic() - began > patience.load_seconds:
            raise PageError(f"{address} gave no tiles in {patience.load_seconds:.0f} s: it never ends loading")
        time.sleep(_POLL_SECONDS)


def _clear_view(browser: Browser, tell: Callable[[str], None] | None) -> None:
    for text in browser.run(read_script("dismiss_overlay")):
        if tell is not None:
            tell(f"a banner was taken away: {text!r}")


def _refuse_block(state: dict[str, Any], address: str) -> None:
    reasons = [f"HTTP {state['status']}"] if state["status"] in REFUSALS else []
    reasons += ["a captcha page"] if state["hasCaptcha"] else []
    reasons += [why for failure in state["failures"] if (why := explain_block(failure["status"], failure["text"]))]
    if reasons:
        raise BlockedError(f"the site answered {address} with {reasons[0]}")


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
