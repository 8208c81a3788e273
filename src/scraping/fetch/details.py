"""What an artwork's own page says: date, medium, rights, place (``--details``).

The steadiest hook of the page is ``id="metadata-<id>"``: inside it every list item is a label, a
colon and a value. Labels are free text per museum and translated, and any may be missing, so each
known one is a pattern and all of them are kept as they are in ``labels``.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

import pandas as pd
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from src.errors import BlockedError, ScrapingError
from src.paths import Workspace
from src.scraping.artwork import Addresses, Artwork, read_asset_id
from src.scraping.fetch.client import FetchError, HttpClient, explain_block, retry
from src.scraping.fetch.manners import Manners, Pace
from src.scraping.fetch.robots import Robots, describe_return
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


@dataclass
class AssetPage:
    """What one page says; None or nothing where it does not."""

    title: str | None = None
    partner: str | None = None
    place: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    has_metadata: bool = False

    def find(self, column: str) -> str | None:
        """Return the value of the first label that fits a column of the table."""
        for pattern in _FIELDS[column]:
            for label, value in self.labels.items():
                if value and re.search(pattern, label, re.IGNORECASE):
                    return value
        return None


def parse_asset_page(html: str, asset_id: str) -> AssetPage:
    """Read an asset page; everything may be missing, ``has_metadata`` tells whether its list was there."""
    soup = BeautifulSoup(html, "html.parser")
    metadata = soup.find(id=f"metadata-{asset_id}")
    page = AssetPage(
        title=_text(soup.find("h1")),
        partner=_first_text(soup.find("h3")),
        place=_text(soup.find("span", class_="WrfKPd")),
        has_metadata=isinstance(metadata, Tag),
    )
    for entry in metadata.find_all("li") if isinstance(metadata, Tag) else ():
        label = entry.find("span")
        if not isinstance(label, Tag):
            continue
        name = (_text(label) or "").rstrip(":：").strip()
        label.extract()
        if name:
            page.labels.setdefault(name, _text(entry) or "")
    return page


def _text(element: object) -> str | None:
    return " ".join(element.get_text().split()) or None if isinstance(element, Tag) else None


def _first_text(element: object) -> str | None:
    """Return the first text of a heading: links follow it."""
    if not isinstance(element, Tag):
        return None
    texts = (" ".join(child.split()) for child in element.descendants if isinstance(child, NavigableString))
    return next((text for text in texts if text), None)


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
    """Fetch the asset pages that have not been read yet and write ``data/interim/details.csv``.

    Parameters
    ----------
    artworks
        In table order.
    workspace, store
        Where to.
    client, addresses, manners, robots, language
        Where from, and how; pages come one after another where manners count.
    show
        Takes pages done and pages in all.

    Returns
    -------
    DetailsSummary
    """
    failed: dict[str, int] = {}
    blocked = None
    known = store.read_asset_pages()
    missing = [artwork for artwork in artworks if artwork.asset_id not in known]
    fetcher = _Fetcher(client, addresses, manners, robots if manners.is_polite else None, language)
    done = len(artworks) - len(missing)
    with ThreadPoolExecutor(1 if manners.is_polite else manners.download_threads) as threads:
        futures = {threads.submit(fetcher.read, artwork): artwork.asset_id for artwork in missing}
        try:
            for future in as_completed(futures):
                done += 1
                if show is not None:
                    show(done, len(artworks))
                try:
                    record = future.result()
                except BlockedError as error:
                    blocked = str(error)
                    break
                except ScrapingError as error:
                    if fetcher.is_stopped.is_set():
                        continue
                    failed[str(error)] = failed.get(str(error), 0) + 1
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
    return DetailsSummary(len(records), failed, blocked)


class _Fetcher:
    def __init__(
        self, client: HttpClient, addresses: Addresses, manners: Manners, robots: Robots | None, language: str | None
    ) -> None:
        self._client = client
        self._addresses = addresses
        self._manners = manners
        self._language = language
        self._robots = robots
        self._pace = Pace(*manners.pause_seconds)
        self.is_stopped = threading.Event()

    def read(self, artwork: Artwork) -> dict[str, str | None]:
        address = self._addresses.live(artwork.page) + (f"?hl={quote(self._language)}" if self._language else "")
        if self._robots and (refusal := self._robots.explain_refusal(address)):
            raise ScrapingError(refusal)
        self._pace.wait()
        pause = 1.0 if self._manners.is_polite else 0.05
        html = retry(lambda: self._get(address, artwork.asset_id), attempts=6, first_pause=pause, sleep=self._sleep)
        page = parse_asset_page(html, artwork.asset_id)
        if not page.has_metadata:
            raise ScrapingError("the asset page no longer shows its list of details: expected id=metadata-<asset id>")
        return {
            "title": page.title,
            "partner": page.partner,
            "place": page.place,
            **{column: page.find(column) for column in _FIELDS},
            "labels": json.dumps(page.labels, ensure_ascii=False),
        }

    def _sleep(self, seconds: float) -> None:
        self.is_stopped.wait(seconds)

    def _get(self, address: str, asset_id: str) -> str:
        if self.is_stopped.is_set():
            raise ScrapingError("the run was stopped")
        answer = self._client.get(address, accept="text/html")
        if answer.status != 200 and (refusal := explain_block(answer.status, answer.text)):
            self.is_stopped.set()  # the other threads ask for nothing more
            raise BlockedError(f"the site answered an asset page with {refusal}{describe_return(answer.retry_after)}")
        if answer.status != 200:
            raise FetchError(
                f"the asset page answers HTTP {answer.status}",
                is_passing=answer.status >= 500,
                retry_after=answer.retry_after,
            )
        if read_asset_id(answer.address) != asset_id or urlsplit(answer.address).hostname != urlsplit(address).hostname:
            raise ScrapingError("the asset page redirects to another page")
        return answer.text
