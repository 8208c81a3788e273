"""What has been listed so far, one journal a colour."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Final

from src.colours import order_colours
from src.errors import TableError, UsageError
from src.paths import Workspace
from src.scraping.artwork import Artwork, Origin
from src.scraping.colour_listing import ListingOutcome
from src.scraping.journal import Journal

_FORMAT: Final = 1
FINISHED_STATES: Final = frozenset({"complete", "limit"})


class Listings:
    """The artworks of a workspace in the order of its tables: colours as on the site, then as listed.

    Parameters
    ----------
    workspace
        Where the journals are.
    origin
        Where this run lists.
    relist
        List complete colours again; what is new is appended.

    Raises
    ------
    UsageError
        If the workspace holds artworks of another site that may not be replaced.
    TableError
        If a journal cannot be read.
    """

    def __init__(self, workspace: Workspace, origin: Origin, *, relist: bool = False) -> None:
        self._workspace = workspace
        self._origin = origin
        self._journals: dict[str, Journal] = {}
        self._artworks: dict[str, dict[str, Artwork]] = {}
        self._outcomes: dict[str, ListingOutcome] = {}
        self.was_replaced = False
        for path in sorted(workspace.journal_dir.glob("*.jsonl")):
            self._load(path.stem, relist=relist)

    def _load(self, color: str, *, relist: bool) -> None:
        journal = Journal(self._workspace.journal_dir / f"{color}.jsonl")
        if journal.records and journal.records[0].get("format") != _FORMAT:
            raise TableError(
                f"{journal.path} was written by another version of the scraper (format "
                f"{journal.records[0].get('format')!r}, expected {_FORMAT}): start over with --start-over"
            )
        header = journal.records[0]["origin"] if journal.records else None
        if header is not None and header != asdict(self._origin):
            same_site = header.get("site") == self._origin.site
            journal.close()
            if not same_site and not (header.get("is_replaceable") and self._origin.is_replaceable):
                raise UsageError(
                    f"{self._workspace.root} holds artworks of {header.get('site')}, and this run lists "
                    f"{self._origin.site}: name another workspace with --workspace DIR, or --start-over"
                )
            journal.path.unlink()
            self.was_replaced = self.was_replaced or not same_site
            return
        if header is None:
            journal.append([{"format": _FORMAT, "origin": asdict(self._origin)}])
        self._journals[color] = journal
        artworks = self._artworks.setdefault(color, {})
        for record in journal.records[1:]:
            if "artwork" in record:
                artwork = Artwork(**record["artwork"])
                artworks.setdefault(artwork.asset_id, artwork)
            elif "end" in record and not relist:
                self._outcomes[color] = ListingOutcome(**record["end"])
        journal.records.clear()

    @property
    def colors(self) -> tuple[str, ...]:
        """Colours with a journal, in the site's order."""
        return order_colours(self._artworks)

    def known_ids(self, color: str) -> frozenset[str]:
        """Return the asset ids listed under a colour."""
        return frozenset(self._artworks.get(color, ()))

    def count(self, color: str) -> int:
        """Return how many artworks are listed under a colour."""
        return len(self._artworks.get(color, ()))

    def outcome(self, color: str) -> ListingOutcome | None:
        """Return how the last listing of a colour ended; None if it never did."""
        return self._outcomes.get(color)

    def is_finished(self, color: str, limit: int | None) -> bool:
        """Whether a colour needs no listing: its list has ended, or there are as many as wanted."""
        outcome = self._outcomes.get(color)
        if limit is not None and self.count(color) >= limit:
            return outcome is not None
        return outcome is not None and outcome.state == "complete"

    def add(self, color: str, artworks: Sequence[Artwork]) -> list[Artwork]:
        """Append artworks to a colour's journal and return the new ones."""
        known = self._artworks.setdefault(color, {})
        fresh = [artwork for artwork in artworks if artwork.asset_id not in known]
        self._journal(color).append({"artwork": artwork.to_record()} for artwork in fresh)
        known.update((artwork.asset_id, artwork) for artwork in fresh)
        return fresh

    def end(self, outcome: ListingOutcome) -> None:
        """Note how a colour's listing ended; what took time is not noted here but in the run file."""
        self._outcomes[outcome.color] = outcome
        record: dict[str, Any] = asdict(outcome) | {"seconds": 0.0, "scrolls": 0, "openings": 0}
        self._journal(outcome.color).append([{"end": record}])

    def rows(self, colors: Iterable[str] | None = None) -> list[Artwork]:
        """Return the artworks in table order; an id under two colours counts for the first."""
        wanted = self.colors if colors is None else order_colours(colors)
        rows: dict[str, Artwork] = {}
        for color in wanted:
            for asset_id, artwork in self._artworks.get(color, {}).items():
                rows.setdefault(asset_id, artwork)
        return list(rows.values())

    def close(self) -> None:
        """Close the journals."""
        for journal in self._journals.values():
            journal.close()

    def _journal(self, color: str) -> Journal:
        if color not in self._journals:
            journal = Journal(self._workspace.journal_dir / f"{color}.jsonl")
            journal.append([{"format": _FORMAT, "origin": asdict(self._origin)}])
            self._journals[color] = journal
            self._artworks.setdefault(color, {})
        return self._journals[color]
