"""What an artwork's own page says: date, medium, rights, place (``--details``).

The steadiest hook of the page is ``id="metadata-<id>"``: inside it every list item is a label, a
colon and a value. Labels are free text per museum and translated, and any may be missing, so each
known one is a pattern and all of them are kept as they are in ``labels``.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

import pandas as pd
from bs4 import BeautifulSoup
from bs4.element import PageElement
from tenacity import sleep_using_event

from src.errors import BlockedError, ScrapingError
from src.paths import Workspace
from src.scraping.artwork import Addresses, Artwork, read_asset_id
from src.scraping.fetch.client import FetchError, HttpClient, describe_return, explain_block, retry
from src.scraping.fetch.manners import Manners, Pace
from src.scraping.fetch.robots import Robots
from src.scraping.run_file import DetailsSummary
from src.scraping.store.publish import write_owned_table
from src.scraping.store.store import Store
from src.tables import DETAILS

_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "creator": (r"creator", r"artist|author|painter|k[üu]nstler|urheber|cr[ée]ateur|creador|autore"),
    "date": (r"date created|dating|entstehung", r"^date|created|^datum|^fecha|^data\b"),
    "medium": (r"^medium", r"medium|technique|material|technik|m[ée]dium|t[ée]cnica|tecnica|support"),
    "type": (r"^type", r"object type|genre|objektart|^art$|^tipo"),
    "dimensions": (r"dimension", r"^size|measurement|abmessung|^ma(ß|ss)e|^format"),
    "rights": (r"^rights|^rechte|^droits|^derechos", r"terms of use|licen[sc]e|copyright", r"credit line"),
}
"""Patterns of the labels that become columns, the best first; the first label that fits one counts."""


def read_asset_page(html: str, asset_id: str) -> dict[str, str | None] | None:
    """Return what an asset page says, as a row of the table of details; None if the page has no list of details."""
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


def collect_details(
    artworks: list[Artwork],
    workspace: Workspace,
    store: Store,
    *,
    client: HttpClient,
    addresses: Addresses,
    manners: Manners,
    robots: Robots,
    language: str | None = None,
    show: Callable[[int, int], None] | None = None,
) -> DetailsSummary:
    """Fetch the asset pages that have not been read yet and write ``data/interim/details.csv``, in table order.

    Pages come one after another where manners count. ``show`` takes pages done and pages in all.
    """
    failed: Counter[str] = Counter()
    blocked = None
    known = store.read_asset_pages()
    missing = [artwork for artwork in artworks if artwork.asset_id not in known]
    fetcher = _Fetcher(client, addresses, manners, robots, f"?hl={quote(language)}" if language else "")
    with ThreadPoolExecutor(1 if manners.is_polite else manners.download_threads) as threads:
        futures = {threads.submit(fetcher.read, artwork): artwork.asset_id for artwork in missing}
        try:
            for done, future in enumerate(as_completed(futures), len(artworks) - len(missing) + 1):
                if show is not None:
                    show(done, len(artworks))
                try:
                    record = future.result()
                except BlockedError as error:
                    blocked = str(error)
                    break
                except ScrapingError as error:
                    if not fetcher.is_stopped.is_set():
                        failed[str(error)] += 1
                    continue
                store.add_asset_page(futures[future], record)
                known[futures[future]] = record
        finally:
            fetcher.is_stopped.set()
            threads.shutdown(wait=True, cancel_futures=True)
    records = [
        {"asset_id": artwork.asset_id, **known[artwork.asset_id]} for artwork in artworks if artwork.asset_id in known
    ]
    if records:
        frame = pd.DataFrame.from_records(records, columns=list(DETAILS.columns))
        write_owned_table(store, workspace, frame, workspace.details_table, DETAILS)
    return DetailsSummary(len(records), dict(failed), blocked)


@dataclass(frozen=True)
class _Fetcher:
    client: HttpClient
    addresses: Addresses
    manners: Manners
    robots: Robots
    query: str
    is_stopped: threading.Event = field(default_factory=threading.Event)

    def read(self, artwork: Artwork) -> dict[str, str | None]:
        address = self.addresses.live(artwork.page) + self.query
        if self.manners.is_polite and (refusal := self.robots.explain_refusal(address)):
            raise ScrapingError(refusal)
        Pace(*self.manners.pause_seconds).wait()
        html = retry(
            lambda: self._get(address, artwork.asset_id),
            first_pause=self.manners.first_retry_seconds,
            sleep=sleep_using_event(self.is_stopped),
        )
        record = read_asset_page(html, artwork.asset_id)
        if record is None:
            raise ScrapingError("the asset page no longer shows its list of details: expected id=metadata-<asset id>")
        return record

    def _get(self, address: str, asset_id: str) -> str:
        if self.is_stopped.is_set():
            raise ScrapingError("the run was stopped")
        answer = self.client.get(address, accept="text/html")
        if answer.status != 200:
            if refusal := explain_block(answer.status, answer.text):
                self.is_stopped.set()  # the other threads ask for nothing more
                raise BlockedError(
                    f"the site answered an asset page with {refusal}{describe_return(answer.retry_after)}"
                )
            raise FetchError(
                f"the asset page answers HTTP {answer.status}",
                is_passing=answer.status >= 500,
                retry_after=answer.retry_after,
            )
        if read_asset_id(answer.address) != asset_id or urlsplit(answer.address).hostname != urlsplit(address).hostname:
            raise ScrapingError("the asset page redirects to another page")
        return answer.text
