"""What an artwork's own page says: date, medium, rights, place (``--details``).

The steadiest hook of the page is ``id="metadata-<id>"``: inside it every list item is a label, a
colon and a value. Labels are free text per museum and translated, and any may be missing, so each
known one is a pattern and all of them are kept as they are in ``labels``.
"""

import json
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4.element import PageElement

from src.errors import BlockedError, DownloadError
from src.scraping.artwork import read_asset_id
from src.scraping.fetch.client import Answer, FetchError, explain_block
from src.scraping.fetch.fetcher import Fetcher

Details = dict[str, str | None]
"""A row of the table of details, without its asset id."""

_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "creator": (r"creator", r"artist|author|painter|k[üu]nstler|urheber|cr[ée]ateur|creador|autore"),
    "date": (r"date created|dating|entstehung", r"^date|created|^datum|^fecha|^data\b"),
    "medium": (r"^medium", r"medium|technique|material|technik|m[ée]dium|t[ée]cnica|tecnica|support"),
    "type": (r"^type", r"object type|genre|objektart|^art$|^tipo"),
    "dimensions": (r"dimension", r"^size|measurement|abmessung|^ma(ß|ss)e|^format"),
    "rights": (r"^rights|^rechte|^droits|^derechos", r"terms of use|licen[sc]e|copyright", r"credit line"),
}
"""Patterns of the labels that become columns, the best first; the first label that fits one counts."""


def read_asset_page(html: str, asset_id: str) -> Details | None:
    """Return what an asset page says; None if the page has no list of details."""
    soup = BeautifulSoup(html, "html.parser")
    metadata = soup.find(id=f"metadata-{asset_id}")
    if metadata is None:
        return None
    labels: dict[str, str] = {}
    for entry in metadata.find_all("li"):
        if label := entry.find("span"):
            name = (_read_text(label.extract()) or "").rstrip(":：").strip()
            if name:
                labels.setdefault(name, _read_text(entry) or "")
    heading = soup.find("h3")
    texts = (" ".join(text.split()) for text in (heading.stripped_strings if heading else ()))
    return {
        "title": _read_text(soup.find("h1")),
        "partner": next(texts, None),  # links follow it
        "place": _read_text(soup.find("span", class_="WrfKPd")),
        **{column: _find_value(labels, patterns) for column, patterns in _FIELDS.items()},
        "labels": json.dumps(labels, ensure_ascii=False),
    }


def _find_value(labels: Mapping[str, str], patterns: tuple[str, ...]) -> str | None:
    for pattern in patterns:
        for label, value in labels.items():
            if value and re.search(pattern, label, re.IGNORECASE):
                return value
    return None


def _read_text(element: PageElement | None) -> str | None:
    return " ".join(element.get_text().split()) or None if element else None


def get_details(fetcher: Fetcher, address: str) -> Details:
    """Fetch an asset page and read it; a DownloadError if it cannot be had or shows no list of details."""
    return fetcher.fetch(address, lambda answer: _read_answer(answer, address), is_page=True)


def _read_answer(answer: Answer, address: str) -> Details:
    if answer.status != 200:
        if refusal := explain_block(answer.status, answer.text):
            raise BlockedError(f"the site answered an asset page with {refusal}{answer.wish_to_return}")
        is_passing = answer.status >= 500
        raise FetchError(
            f"the asset page answers HTTP {answer.status}", is_passing=is_passing, retry_after=answer.retry_after
        )
    asset_id = read_asset_id(address)
    if read_asset_id(answer.address) != asset_id or urlsplit(answer.address).hostname != urlsplit(address).hostname:
        raise DownloadError("the asset page redirects to another page")
    record = read_asset_page(answer.text, str(asset_id))
    if record is None:
        raise DownloadError("the asset page no longer shows its list of details: expected id=metadata-<asset id>")
    return record
