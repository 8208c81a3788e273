"""What a run did: its summary, and ``data/interim/run.json``, the only file with a clock in it."""

import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from src.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_PARTIAL, BlockedError, LayoutChangedError
from src.files import write_text
from src.paths import Workspace
from src.scraping.store.placement import set_aside


@dataclass
class ColourSummary:
    """One colour of a run.

    Its ``state`` is ``pending``, ``listing``, ``complete``, ``limit``, ``partial``, ``failed`` or ``blocked``.
    ``total`` is the size of the site's list, ``failed`` counts missing thumbnails by their reason, ``seconds`` and
    ``reason`` are those of the listing.
    """

    color: str
    state: str = "pending"
    found: int = 0
    new: int = 0
    total: int | None = None
    downloaded: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    reason: str | None = None

    def count(self, status: str, reason: str | None) -> None:
        """Count a row of the table."""
        self.found += 1
        if status == "ok":
            self.downloaded += 1
        elif status == "failed":
            self.failed[reason or "unknown"] = self.failed.get(reason or "unknown", 0) + 1


@dataclass
class RunSummary:
    """A whole run; ``colours`` stand in the site's order.

    ``listing_seconds`` end with the last listing; ``blocked``, ``layout_changed`` and ``is_interrupted`` are
    what ended the run early; ``asset_pages`` counts those read (``--details``), ``unread_pages`` the others by their
    reason; ``left_out`` are the rows of a list that could not be taken, with the reason (``--list``).
    """

    colours: dict[str, ColourSummary] = field(default_factory=dict)
    fetched: int = 0
    seconds: float = 0.0
    listing_seconds: float = 0.0
    blocked: str | None = None
    layout_changed: str | None = None
    is_interrupted: bool = False
    is_listing_only: bool = False
    asset_pages: int | None = None
    unread_pages: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def has_been_cut_short(self) -> bool:
        """Whether the run did not list all that it wanted."""
        is_open = any(colour.state not in ("complete", "limit") for colour in self.colours.values())
        return bool(self.blocked or self.layout_changed or self.is_interrupted or is_open)

    @property
    def found(self) -> int:
        """Artworks in the tables."""
        return sum(colour.found for colour in self.colours.values())

    @property
    def downloaded(self) -> int:
        """Thumbnails there."""
        return sum(colour.downloaded for colour in self.colours.values())

    @property
    def failures(self) -> Mapping[str, int]:
        """Reasons of missing thumbnails, with their numbers."""
        return sum((Counter(colour.failed) for colour in self.colours.values()), Counter())

    @property
    def exit_code(self) -> int:
        """Exit code of the command."""
        if self.blocked:
            return BlockedError.exit_code
        if self.layout_changed:
            return LayoutChangedError.exit_code
        if self.is_interrupted:
            return EXIT_INTERRUPTED
        has_files = self.is_listing_only or self.downloaded == self.found
        is_whole = has_files and not (self.has_been_cut_short or self.left_out or self.unread_pages)
        return EXIT_DONE if is_whole else EXIT_PARTIAL


class RunFile:
    """The run file of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._path = workspace.run_file
        self._started = _show_now()
        try:
            content = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            content = None
        self._previous: dict[str, Any] = content if isinstance(content, dict) and "terms_shown" in content else {}

    @property
    def has_shown_terms(self) -> bool:
        """Whether the note on terms and rights was shown in this workspace."""
        return bool(self._previous.get("terms_shown"))

    def write(self, summary: RunSummary, *, state: str, source: str, terms_shown: bool) -> None:
        """Write the run as it stands."""
        if self._path.exists() and not self._previous:
            set_aside(self._path)  # not the scraper's
        self._previous = {
            "state": state,
            "source": source,
            "started": self._started,
            "updated": _show_now(),
            "terms_shown": terms_shown or self.has_shown_terms,
            "found": summary.found,
            "downloaded": summary.downloaded,
            **asdict(summary),
        }
        write_text(self._path, json.dumps(self._previous, indent=2, ensure_ascii=False) + "\n")


def _show_now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")
