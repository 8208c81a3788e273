"""Brings a colour's page to the point where tiles are in it, or says why it cannot."""

import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from src.errors import BlockedError, LayoutChangedError, ScrapingError
from src.files import write_text
from src.scraping.artwork import Addresses
from src.scraping.browser.browser import Browser
from src.scraping.fetch.client import REFUSALS, explain_block
from src.scraping.fetch.manners import Manners
from src.scraping.scripts import HTML, read_script

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


def describe_change(what: str, browser: Browser, site: Site, name: str) -> LayoutChangedError:
    """Save the page as it stands, for whoever has to find out what changed; no other file is overwritten."""
    html = str(browser.run(HTML))
    paths = (site.evidence / f"{name}{'' if number == 1 else f'-{number}'}.html" for number in itertools.count(1))
    path = next(path for path in paths if not path.exists() or path.read_bytes() == html.encode())
    write_text(path, html)
    return LayoutChangedError(f"{what}, saved page at {path}")


def open_listing(
    browser: Browser, site: Site, color: str, report: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Open a colour's page and wait for its first tiles.

    A consent page is answered (refusing what can be refused) and a banner over the content is taken
    away; ``report`` takes a sentence about either.

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
    address, patience = site.addresses.color_page(color, site.language), site.manners.patience
    browser.open(address, read_script("listener"))
    began = time.monotonic()
    consents, settled_since = 0, None
    while True:
        state: dict[str, Any] = browser.run(read_script("page_state"))
        is_here = state["address"].startswith(("http:", "https:"))
        has_failed = state["address"].startswith("chrome-error:")  # also where an answer has a status and no body
        is_loaded = is_here and state["readyState"] == "complete"
        if is_here or has_failed:
            _refuse_block(state, address)
        if has_failed or (is_loaded and not state["artworks"]):
            _refuse_error(state, address, has_failed=has_failed)
        if is_here and state["artworks"]:
            if not state["hasListener"]:
                browser.run(read_script("listener"))
            _answer(browser, "overlay", report)
            return state
        if is_loaded and state["hasConsent"]:
            consents += 1
            if consents > _CONSENT_ATTEMPTS or not _answer(browser, "consent", report):
                what = "the page no longer shows a consent form that we can answer: expected a form with a button, "
                what += f"found {state['title']!r} at {state['address']}"
                raise describe_change(what, browser, site, f"{color}-consent")
            time.sleep(0.3)
        elif is_loaded:
            settled_since = settled_since or time.monotonic()
            if time.monotonic() - settled_since > patience.settle_seconds:
                _refuse_block(state, address, has_settled=True)
                if state["hasData"]:
                    return state
                consents += 1
                if not state["hasChoice"] or consents > _CONSENT_ATTEMPTS or not _answer(browser, "choice", report):
                    raise describe_change(
                        'the page no longer shows artwork tiles: expected links a[href*="/asset/"] that end in a '
                        f"14-character id, found {state['links']} links under /asset/ and none of an artwork "
                        f"(HTTP {state['status'] or 'status unknown'}, title {state['title']!r}, {state['images']} "
                        f"elements with data-bgsrc, {state['size']:,} characters)",
                        *(browser, site, color),
                    )
                settled_since = None
        if time.monotonic() - began > patience.load_seconds:
            raise PageError(f"{address} gave no tiles in {patience.load_seconds:.0f} s: it never ends loading")
        time.sleep(_POLL_SECONDS)


def _answer(browser: Browser, obstacle: str, report: Callable[[str], None]) -> bool:
    """Answer a consent page, or take away what lies over the content; return whether anything was done."""
    done = browser.run(read_script("obstacles"), obstacle)
    what = "a banner" if obstacle == "overlay" else "a consent page"
    for one in done:
        did = {"closed": "closed", "removed": "taken away"}.get(one["what"])
        if did is None:
            how = "refused" if one["isRefusal"] else "agreed, because no refusal was offered,"
            report(f"{what} was answered: {how} by {one['label']!r}")
        else:
            report(f"{what} was {did}: {one['label']!r}")
    return bool(done)


def _refuse_error(state: dict[str, Any], address: str, *, has_failed: bool) -> None:
    if state["status"] in _ERROR_STATUSES:
        raise PageError(f"{address} answered with HTTP {state['status']}")
    if has_failed:
        code = re.search(r"\b(ERR_[A-Z0-9_]+|HTTP ERROR \d+)", state["text"])
        why = code.group() if code else "the browser shows its own error page"
        raise PageError(f"{address} cannot be reached: {why}")


def _refuse_block(state: dict[str, Any], address: str, *, has_settled: bool = False) -> None:
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
        raise BlockedError(f"the site answered {address} with {reasons[0]}")
