from collections.abc import Iterator
from pathlib import Path

import pytest

from src.paths import Workspace
from src.scraping.artwork import Artwork
from src.scraping.get_img import DownloadOutcome
from src.scraping.ledger import Ledger
from src.scraping.publish import forget_scraped, publish_tables
from src.scraping.run_file import ColourSummary, RunSummary
from src.table_files import read_table
from src.tables import INTERIM, RAW

PAGE = "https://gallery.invalid/asset/"
ROWS = [
    Artwork("aaaaaaaaaaaaaa", "RED", "https://gallery.invalid/ci/a", f"{PAGE}a/aaaaaaaaaaaaaa", "Title, with comma"),
    Artwork("bbbbbbbbbbbbbb", "RED", None, f"{PAGE}b/bbbbbbbbbbbbbb", artist='Ünïcode "quoted"'),
    Artwork("-_cccccccccccc", "RED", "https://gallery.invalid/ci/c", f"{PAGE}-_cccccccccccc", aspect=1.25),
]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    one = Ledger(Workspace(tmp_path), "jpeg-218")
    one.note([DownloadOutcome("bbbbbbbbbbbbbb", "failed", detail="the page gives no address of a picture")])
    yield one
    one.close()


def test_every_row_has_its_file_or_a_reason(ledger: Ledger, tmp_path: Path) -> None:
    workspace, summary = Workspace(tmp_path), RunSummary(colours={"RED": ColourSummary("RED")})
    publish_tables(workspace, ROWS, ledger, {}, summary)
    table = read_table(workspace.interim_table, INTERIM)
    assert table["status"].tolist() == ["pending", "failed", "pending"]
    assert table["reason"].dropna().tolist() == ["the page gives no address of a picture"]
    assert read_table(workspace.raw_table, RAW)["artist"].dropna().tolist() == [ROWS[1].artist]
    assert (summary.found, summary.downloaded, dict(summary.failures)) == (
        3,
        0,
        {"the page gives no address of a picture": 1},
    )


def test_nothing_listed_writes_no_empty_table(ledger: Ledger, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    publish_tables(workspace, [], ledger, {}, RunSummary())
    assert not workspace.raw_table.exists()
    assert not workspace.interim_table.exists()


def test_starting_over_leaves_what_is_not_the_scrapers(ledger: Ledger, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    publish_tables(workspace, ROWS, ledger, {}, RunSummary(colours={"RED": ColourSummary("RED")}))
    workspace.image_dir.mkdir(parents=True, exist_ok=True)
    for name in ("0.jpg", "mine.jpg"):
        (workspace.image_dir / name).write_bytes(b"x")
    workspace.processed_table.write_text("kept")
    forget_scraped(workspace)
    assert [path.name for path in workspace.image_dir.iterdir()] == ["mine.jpg"]
    assert workspace.processed_table.exists()
    assert not workspace.raw_table.exists()
