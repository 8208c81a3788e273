"""What an artwork's own page says: date, medium, rights, place (``--details``).

The steadiest hook of the page is ``id="metadata-<id>"``: inside it every list item is a label, a
colon and a value. Labels are free text per museum and translated, and any may be missing, so each
known one is a pattern and all of them are kept as they are in ``labels``.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pandas as pd
import urllib3
from urllib3.exceptions import HTTPError

from src.errors import BlockedError, ScrapingError
from src.paths import Workspace
from src.scraping.artwork import Addresses, Artwork
from src.scraping.journal import Journal
from src.scraping.page_state import is_block
from src.scraping.politeness import Manners, Robots
from src.scraping.retry import retry
from src.table_files import write_table
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


@dataclass(frozen=True)
class DetailsSummary:
    """How many asset pages were read, and why others were not."""

    found: int
    failed: Mapping[str, int]
    blocked: str | None


class _AssetPageParser(HTMLParser):
    """Reads the heading, the partner, the place and the list of labels; knows only what it needs."""

    def __init__(self, asset_id: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page = AssetPage()
        self._target = f"metadata-{asset_id}"
        self._depth = 0
        self._parts: list[str] | None = None
        self._kind = ""
        self._is_label = False
        self._label: list[str] = []
        self._value: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = dict(attributes)
        if names.get("id") == self._target:
            self._depth, self.page.has_metadata = 1, True
            return
        if self._depth:
            self._depth += tag not in ("br", "img", "hr", "wbr")
            if tag == "li":
                self._label, self._value = [], []
            self._is_label = tag == "span" and not self._label
        elif tag in ("h1", "h3") or (tag == "span" and "WrfKPd" in (names.get("class") or "").split()):
            self._parts, self._kind = [], tag
        elif self._parts is not None and self._kind == "h3":
            self._close_heading()  # the partner is the first text of its heading, links follow

    def handle_endtag(self, tag: str) -> None:
        if self._depth:
            if tag == "li":
                label = " ".join("".join(self._label).split()).rstrip(":：").strip()
                value = " ".join("".join(self._value).split())
                if label:
                    self.page.labels.setdefault(label, value)
            self._is_label = self._is_label and tag != "span"
            self._depth -= 1
        elif tag == self._kind:
            self._close_heading()

    def handle_data(self, data: str) -> None:
        if self._depth:
            (self._label if self._is_label else self._value).append(data)
        elif self._parts is not None:
            self._parts.append(data)

    def _close_heading(self) -> None:
        if self._parts is None:
            return
        text = " ".join("".join(self._parts).split()) or None
        self._parts = None
        if self._kind == "h1":
            self.page.title = self.page.title or text
        elif self._kind == "h3":
            self.page.partner = self.page.partner or text
        else:
            self.page.place = self.page.place or text


def parse_asset_page(html: str, asset_id: str) -> AssetPage:
    """Read an asset page; everything may be missing, ``has_metadata`` tells whether its list was there."""
    parser = _AssetPageParser(asset_id)
    parser.feed(html)
    parser.close()
    return parser.page


def collect_details(
    artworks: list[Artwork],
    workspace: Workspace,
    addresses: Addresses,
    manners: Manners,
    *,
    language: str | None = None,
    show: Callable[[int, int], None] | None = None,
) -> DetailsSummary:
    """Fetch the asset pages that have not been read yet and write ``data/interim/details.csv``.

    Parameters
    ----------
    artworks
        In table order.
    workspace, addresses, manners, language
        Where to, where from, and how; pages come one after another where manners count.
    show
        Takes pages done and pages in all.

    Returns
    -------
    DetailsSummary
    """
    failed: dict[str, int] = {}
    blocked = None
    with Journal(journal_path(workspace)) as journal:
        known = {record["asset_id"]: record for record in journal.records if "asset_id" in record}
        missing = [artwork for artwork in artworks if artwork.asset_id not in known]
        fetcher = _Fetcher(addresses, manners, language)
        done = len(artworks) - len(missing)
        with ThreadPoolExecutor(1 if manners.is_polite else manners.download_threads) as threads:
            futures = [threads.submit(fetcher.read, artwork) for artwork in missing]
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
                        failed[str(error)] = failed.get(str(error), 0) + 1
                        continue
                    journal.append([record], is_synced=False)
                    known[record["asset_id"]] = record
            finally:
                threads.shutdown(wait=True, cancel_futures=True)
    records = [known[artwork.asset_id] for artwork in artworks if artwork.asset_id in known]
    if records:
        write_table(
            pd.DataFrame.from_records(records, columns=list(DETAILS.column_names)), workspace.details_table, DETAILS
        )
    return DetailsSummary(len(records), failed, blocked)


def journal_path(workspace: Workspace) -> Path:
    """Return the place of the asset pages' journal."""
    return workspace.details_table.with_suffix(".jsonl")


class _PassingError(ScrapingError):
    """Another attempt may mend it."""


class _Fetcher:
    def __init__(self, addresses: Addresses, manners: Manners, language: str | None) -> None:
        self._addresses = addresses
        self._manners = manners
        self._language = language
        self._robots = Robots(manners.user_agent) if manners.is_polite else None
        self._pool = urllib3.PoolManager(
            maxsize=manners.download_threads, timeout=20.0, headers={"User-Agent": manners.user_agent}
        )

    def read(self, artwork: Artwork) -> dict[str, str | None]:
        address = self._addresses.live(artwork.page) + (f"?hl={self._language}" if self._language else "")
        if self._robots and (refusal := self._robots.explain_refusal(address)):
            raise ScrapingError(refusal)
        if self._manners.pause_seconds[0]:
            time.sleep(self._manners.pause_seconds[0])
        pause = 1.0 if self._manners.is_polite else 0.05
        html = retry(lambda: self._get(address), _PassingError, attempts=6, first_pause=pause)
        page = parse_asset_page(html, artwork.asset_id)
        if not page.has_metadata:
            raise ScrapingError("the asset page no longer shows its list of details: expected id=metadata-<asset id>")
        return {
            "asset_id": artwork.asset_id,
            "title": page.title,
            "partner": page.partner,
            "place": page.place,
            **{column: page.find(column) for column in _FIELDS},
            "labels": json.dumps(page.labels, ensure_ascii=False),
        }

    def _get(self, address: str) -> str:
        try:
            answer = self._pool.request("GET", address, retries=False, redirect=False)
        except HTTPError as error:
            raise _PassingError(f"the asset page gave no whole answer ({type(error).__name__})") from error
        text = answer.data.decode("utf-8", "replace")
        if is_block(answer.status, text) and answer.status != 200:
            raise BlockedError(f"the site answered an asset page with HTTP {answer.status}")
        if answer.status >= 500:
            raise _PassingError(f"the asset page answers HTTP {answer.status}")
        if answer.status != 200:
            raise ScrapingError(f"the asset page answers HTTP {answer.status}")
        return text
