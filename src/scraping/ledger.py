"""What became of each thumbnail, remembered from run to run."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from src.paths import Workspace
from src.scraping.get_img import DownloadOutcome
from src.scraping.journal import Journal


class Ledger:
    """What became of each thumbnail, across runs: ``data/interim/downloads.jsonl``.

    Parameters
    ----------
    workspace
        Where it is.
    kind
        Thumbnails of another kind count as not fetched.
    """

    def __init__(self, workspace: Workspace, kind: str) -> None:
        self._kind = kind
        self._journal = Journal(self.path_in(workspace))
        self._outcomes: dict[str, DownloadOutcome] = {}
        for record in self._journal.records:
            if record.get("kind") == kind:
                self._outcomes[record["id"]] = DownloadOutcome(
                    record["id"],
                    record["status"],
                    record.get("sha256"),
                    record.get("detail"),
                    is_passing=record.get("passing", False),
                )
        self._journal.records.clear()

    @staticmethod
    def path_in(workspace: Workspace) -> Path:
        """Return the file's place in a workspace."""
        return workspace.interim_table.parent / "downloads.jsonl"

    def outcome(self, asset_id: str) -> DownloadOutcome | None:
        """Return what became of an artwork's thumbnail; None if it was never asked for."""
        return self._outcomes.get(asset_id)

    def has_file(self, asset_id: str) -> bool:
        """Tell whether an artwork's thumbnail was fetched."""
        outcome = self.outcome(asset_id)
        return outcome is not None and outcome.status == "ok"

    def has_failed(self, asset_id: str, *, is_passing: bool = False) -> bool:
        """Tell whether an artwork's thumbnail failed; with ``is_passing``, only if the trouble may pass."""
        outcome = self.outcome(asset_id)
        return outcome is not None and outcome.status == "failed" and (outcome.is_passing or not is_passing)

    def note(self, outcomes: Iterable[DownloadOutcome]) -> None:
        """Remember outcomes; a refusal by the site says nothing about the picture and is not kept."""
        kept = [outcome for outcome in outcomes if outcome.status in ("ok", "failed")]
        self._outcomes.update((outcome.asset_id, outcome) for outcome in kept)
        self._journal.append((self._to_record(outcome) for outcome in kept), is_synced=False)

    def forget(self, asset_ids: Iterable[str]) -> None:
        """Count thumbnails as never fetched: their files are gone."""
        for asset_id in asset_ids:
            self._outcomes.pop(asset_id, None)

    def close(self) -> None:
        """Close the file."""
        self._journal.close()

    def _to_record(self, outcome: DownloadOutcome) -> dict[str, Any]:
        record: dict[str, Any] = {"id": outcome.asset_id, "kind": self._kind, "status": outcome.status}
        if outcome.sha256:
            record["sha256"] = outcome.sha256
        if outcome.detail:
            record["detail"] = outcome.detail
        if outcome.is_passing:
            record["passing"] = True
        return record
