import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from src.paths import Workspace
from src.scraping.artwork import Artwork, Origin
from src.scraping.get_img import DownloadOutcome
from src.scraping.run_file import ColourSummary, RunSummary
from src.scraping.store.placement import incoming_dir
from src.scraping.store.publish import forget_scraped, publish
from src.scraping.store.store import Store
from src.table_files import read_table
from src.tables import INTERIM, RAW

ORIGIN = Origin("https://gallery.invalid", is_replaceable=True)
PAGE = "https://gallery.invalid/asset/"
ROWS = [
    Artwork("aaaaaaaaaaaaaa", "RED", "https://gallery.invalid/ci/a", f"{PAGE}a/aaaaaaaaaaaaaa", "Title, with comma"),
    Artwork("bbbbbbbbbbbbbb", "RED", None, f"{PAGE}b/bbbbbbbbbbbbbb", artist='Ünïcode "quoted"'),
    Artwork("-_cccccccccccc", "RED", "https://gallery.invalid/ci/c", f"{PAGE}-_cccccccccccc", aspect=1.25),
]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def store(workspace: Workspace) -> Iterator[Store]:
    with Store(workspace, ORIGIN, "jpeg-218") as one:
        one.add("RED", ROWS)
        one.note([DownloadOutcome("bbbbbbbbbbbbbb", "failed", detail="the page gives no address of a picture")])
        yield one


def fetch(workspace: Workspace, store: Store, asset_id: str, content: bytes) -> None:
    """Do what a download does."""
    digest = hashlib.sha256(content).hexdigest()
    incoming_dir(workspace).mkdir(parents=True, exist_ok=True)
    (incoming_dir(workspace) / digest).write_bytes(content)
    store.note([DownloadOutcome(asset_id, "ok", sha256=digest)])


def summarise(state: str = "complete") -> RunSummary:
    return RunSummary(colours={"RED": ColourSummary("RED", state)})


def test_every_row_has_its_file_or_a_reason(store: Store, workspace: Workspace) -> None:
    summary = summarise()
    fetch(workspace, store, "-_cccccccccccc", b"c")
    publish(workspace, store, summary)
    table = read_table(workspace.interim_table, INTERIM)
    assert table["status"].tolist() == ["pending", "failed", "ok"]
    assert table["filename"].dropna().tolist() == ["2.jpg"]
    assert table["reason"].dropna().tolist() == ["the page gives no address of a picture"]
    assert read_table(workspace.raw_table, RAW)["artist"].dropna().tolist() == [ROWS[1].artist]
    assert (summary.found, summary.downloaded, dict(summary.failures)) == (
        3,
        1,
        {"the page gives no address of a picture": 1},
    )


def test_nothing_listed_changes_nothing(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.image_dir.mkdir(parents=True)
    (workspace.image_dir / "0.jpg").write_text("mine")
    with Store(workspace, ORIGIN, "jpeg-218") as store:
        publish(workspace, store, RunSummary())
    assert not workspace.raw_table.exists()
    assert not workspace.interim_table.exists()
    assert (workspace.image_dir / "0.jpg").read_text() == "mine"


def test_thumbnails_of_another_size_wait_until_the_new_ones_are_all_there(store: Store, workspace: Workspace) -> None:
    for asset_id, content in (("aaaaaaaaaaaaaa", b"a"), ("-_cccccccccccc", b"c")):
        fetch(workspace, store, asset_id, content)
    publish(workspace, store, summarise())
    store.close()
    with Store(workspace, ORIGIN, "jpeg-64") as smaller:
        fetch(workspace, smaller, "aaaaaaaaaaaaaa", b"small a")
        publish(workspace, smaller, summarise())
    assert [path.read_bytes() for path in workspace.image_dir.iterdir()] == [b"small a"]
    with Store(workspace, ORIGIN, "jpeg-218") as again:
        publish(workspace, again, summarise())
    assert sorted(path.read_bytes() for path in workspace.image_dir.iterdir()) == [b"a", b"c"]


def test_a_table_of_somebody_else_is_kept(store: Store, workspace: Workspace) -> None:
    workspace.raw_table.parent.mkdir(parents=True)
    workspace.raw_table.write_text("mine")
    publish(workspace, store, summarise())
    publish(workspace, store, summarise())
    assert {path.name for path in workspace.raw_table.parent.iterdir()} == {"pictures.csv", "pictures.kept.csv"}
    assert workspace.raw_table.with_name("pictures.kept.csv").read_text() == "mine"


def test_a_store_of_somebody_else_is_kept(workspace: Workspace) -> None:
    workspace.scraping_store.parent.mkdir(parents=True)
    workspace.scraping_store.write_text("mine")
    forget_scraped(workspace)
    assert workspace.scraping_store.with_name("scraping.kept.sqlite3").read_text() == "mine"


def test_starting_over_leaves_what_is_not_the_scrapers(store: Store, workspace: Workspace) -> None:
    fetch(workspace, store, "aaaaaaaaaaaaaa", b"a")
    fetch(workspace, store, "-_cccccccccccc", b"c")
    publish(workspace, store, summarise())
    store.close()
    (workspace.image_dir / "2.jpg").write_bytes(b"a person's own now")
    (workspace.image_dir / "mine.jpg").write_bytes(b"x")
    workspace.processed_table.write_text("kept")
    forget_scraped(workspace)
    assert sorted(path.name for path in workspace.image_dir.iterdir()) == ["2.jpg", "mine.jpg"]
    assert workspace.processed_table.exists()
    assert not workspace.raw_table.exists()
    assert not workspace.scraping_store.exists()
