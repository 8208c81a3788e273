"""What a run remembers: one SQLite file, ``data/interim/scraping.sqlite3``.

It holds the artworks listed so far, how each colour's listing ended, what became of each thumbnail and
each asset page, and which files the scraper has put into the workspace. Every change is a transaction,
so a run that is killed leaves what it knew, whole.
"""

import contextlib
import errno
import json
import os
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final, Self

from filelock import FileLock, Timeout

from src.colours import order_colours
from src.errors import TableError, UsageError, WorkspaceLockedError
from src.files import write_text
from src.paths import Workspace
from src.scraping.artwork import Artwork, Origin
from src.scraping.fetch.details import Details
from src.scraping.get_img import DownloadOutcome
from src.scraping.page.listing import ListingOutcome

FORMAT: Final = 1

_TABLES: Final = """
CREATE TABLE origin (record TEXT NOT NULL);
CREATE TABLE artworks (
    position INTEGER PRIMARY KEY, color TEXT NOT NULL, asset_id TEXT NOT NULL, record TEXT NOT NULL,
    UNIQUE (color, asset_id)
);
CREATE TABLE endings (color TEXT PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE thumbnails (
    asset_id TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, sha256 TEXT, detail TEXT,
    is_passing INTEGER NOT NULL, PRIMARY KEY (asset_id, kind)
);
CREATE TABLE asset_pages (asset_id TEXT PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE files (path TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (path, sha256));
"""


@contextlib.contextmanager
def lock_workspace(workspace: Workspace) -> Iterator[None]:
    """Hold a workspace for as long as the block lasts; WorkspaceLockedError names the run that holds it already.

    The lock is the system's own, on an open file: it goes with the process that holds it, however
    that process ends. The note beside it only names the holder.
    """
    workspace.lock_file.parent.mkdir(parents=True, exist_ok=True)
    owner = workspace.lock_file.with_suffix(".owner")
    try:
        with FileLock(workspace.lock_file, timeout=0):
            write_text(owner, f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}")
            try:
                yield
            finally:
                owner.unlink(missing_ok=True)
    except Timeout as error:
        name = owner.read_text("utf-8") if owner.is_file() else "it has not said which"
        raise WorkspaceLockedError(
            f"another run scrapes into {workspace.root} ({name}): wait until it has ended, stop it, "
            "or name another workspace with --workspace DIR"
        ) from error


class Store:
    """The memory of a workspace; used from one thread.

    ``artworks`` are those listed, by colour and asset id, in listing order; ``endings`` how the last listing of each
    colour ended, ``outcomes`` what became of each thumbnail that was asked for, by asset id.

    A run lists at ``origin`` and wants thumbnails of a ``kind``, those of another count as not fetched; with ``relist``
    complete colours are listed again. Where another gallery was listed before, that is forgotten (``was_replaced``);
    another site that may not be replaced is a UsageError, a file that this version did not write a TableError, one that
    cannot be written an OSError.
    """

    def __init__(self, workspace: Workspace, origin: Origin, kind: str, *, relist: bool = False) -> None:
        self._workspace = workspace
        self._kind = kind
        self.was_replaced = False
        self.path = workspace.scraping_store
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.artworks: defaultdict[str, dict[str, Artwork]] = defaultdict(dict)
        self.outcomes: dict[str, DownloadOutcome] = {}
        with self._explaining():
            self._connection = sqlite3.connect(self.path)
            try:
                self._read(origin, relist=relist)
            except BaseException:
                self._connection.close()
                raise

    def _read(self, origin: Origin, *, relist: bool) -> None:
        ask = self._connection.execute
        # What is committed survives the death of this process, though perhaps not a power failure.
        ask("PRAGMA journal_mode = WAL")
        ask("PRAGMA synchronous = NORMAL")
        version = ask("PRAGMA user_version").fetchone()[0]
        if version == 0 and not ask("SELECT 1 FROM sqlite_master").fetchone():
            self._connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {FORMAT}; COMMIT;")
        elif version != FORMAT:
            raise ValueError(f"format {version}, expected {FORMAT}")
        self._take_origin(origin)
        for color, record in ask("SELECT color, record FROM artworks ORDER BY position"):
            artwork = Artwork(**json.loads(record))
            self.artworks[color][artwork.asset_id] = artwork
        endings = [] if relist else ask("SELECT color, record FROM endings")
        self.endings = {color: ListingOutcome(**json.loads(record)) for color, record in endings}
        for asset_id, kind, status, digest, detail, is_passing in ask("SELECT * FROM thumbnails"):
            if kind == self._kind:
                self.outcomes[asset_id] = DownloadOutcome(asset_id, status, digest, detail, bool(is_passing))

    def _take_origin(self, origin: Origin) -> None:
        row = self._connection.execute("SELECT record FROM origin").fetchone()
        previous = Origin(**json.loads(row[0])) if row else None
        if previous == origin:
            return
        self.was_replaced = previous is not None and previous.site != origin.site
        if previous and self.was_replaced and not (previous.is_replaceable and origin.is_replaceable):
            raise UsageError(
                f"{self._workspace.root} holds artworks of {previous.site}, and this run lists "
                f"{origin.site}: name another workspace with --workspace DIR, or --start-over"
            )
        with self._connection:
            for table in ("origin", "artworks", "endings", "thumbnails", "asset_pages"):
                if self.was_replaced or table not in ("thumbnails", "asset_pages"):
                    self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
            self._connection.execute("INSERT INTO origin VALUES (?)", (_dump(asdict(origin)),))

    @property
    def colors(self) -> tuple[str, ...]:
        """Colours with artworks or an ended list, in the site's order."""
        return order_colours({*(color for color, rows in self.artworks.items() if rows), *self.endings})

    def is_finished(self, color: str, limit: int | None) -> bool:
        """Whether a colour needs no listing: its list has ended, or there are as many as wanted."""
        ending = self.endings.get(color)
        has_enough = limit is not None and len(self.artworks[color]) >= limit
        return ending is not None and (has_enough or ending.state == "complete")

    def add(self, color: str, artworks: Sequence[Artwork]) -> list[Artwork]:
        """Append artworks to a colour and return the new ones."""
        known = self.artworks[color]
        fresh = [artwork for artwork in artworks if artwork.asset_id not in known]
        rows = [(color, artwork.asset_id, _dump(asdict(artwork))) for artwork in fresh]
        self._write("INSERT INTO artworks (color, asset_id, record) VALUES (?, ?, ?)", rows)
        known.update((artwork.asset_id, artwork) for artwork in fresh)
        return fresh

    def end(self, outcome: ListingOutcome) -> None:
        """Note how a colour's listing ended."""
        self.endings[outcome.color] = outcome
        self._write("REPLACE INTO endings VALUES (?, ?)", [(outcome.color, _dump(asdict(outcome)))])

    def rows(self) -> list[Artwork]:
        """Return the artworks in table order: colours as on the site; an id under two counts for the first."""
        rows: dict[str, Artwork] = {}
        for color in self.colors:
            for asset_id, artwork in self.artworks[color].items():
                rows.setdefault(asset_id, artwork)
        return list(rows.values())

    def note(self, outcomes: Sequence[DownloadOutcome]) -> None:
        """Remember what became of thumbnails."""
        self.outcomes.update((outcome.asset_id, outcome) for outcome in outcomes)
        rows = [(one.asset_id, self._kind, one.status, one.sha256, one.detail, one.is_passing) for one in outcomes]
        self._write("REPLACE INTO thumbnails VALUES (?, ?, ?, ?, ?, ?)", rows)

    def forget_missing(self, there: Iterable[str]) -> None:
        """Count thumbnails as never fetched whose content is not among the hashes of what is there."""
        found = {None, *there}
        self.outcomes = {name: outcome for name, outcome in self.outcomes.items() if outcome.sha256 in found}

    def read_asset_pages(self) -> dict[str, Details]:
        """Return what the asset pages read so far say, by asset id."""
        rows = self._connection.execute("SELECT asset_id, record FROM asset_pages")
        return {asset_id: json.loads(record) for asset_id, record in rows}

    def add_asset_pages(self, pages: Iterable[tuple[str, Details]]) -> None:
        """Remember what asset pages say, by asset id."""
        self._write("REPLACE INTO asset_pages VALUES (?, ?)", [(name, _dump(record)) for name, record in pages])

    def read_files(self) -> set[tuple[str, str]]:
        """Return the files that the scraper has written or is about to: path in the workspace, and SHA-256."""
        return set(self._connection.execute("SELECT path, sha256 FROM files"))

    def claim_files(self, files: Iterable[tuple[str, str]]) -> None:
        """Note files as the scraper's own, before they are put in place."""
        self._write("INSERT OR IGNORE INTO files VALUES (?, ?)", files)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _write(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._explaining(), self._connection:
            self._connection.executemany(statement, rows)

    @contextlib.contextmanager
    def _explaining(self) -> Iterator[None]:
        """Distinguish a full or locked disk from a file that is not ours."""
        try:
            yield
        except sqlite3.OperationalError as error:
            is_full = error.sqlite_errorcode == sqlite3.SQLITE_FULL
            number = errno.ENOSPC if is_full else errno.EACCES
            raise OSError(number, f"{error}", str(self.path)) from error
        except (sqlite3.DatabaseError, TypeError, ValueError) as error:
            raise TableError(
                f"{self.path} is not what this version of the scraper wrote ({error}): move it away, and what it "
                "listed is listed again"
            ) from error


def _dump(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
