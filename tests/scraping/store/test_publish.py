from collections.abc import Iterator

import pytest

from src.paths import Workspace
from src.scraping.artwork import Artwork, Origin
from src.scraping.get_img import DownloadOutcome
from src.scraping.store.placement import add_picture
from src.scraping.store.publish import forget_scraped, publish
from src.scraping.store.store import Store
from src.scraping.summary import ColourSummary, RunSummary

ORIGIN = Origin("https://gallery.invalid", is_replaceable=True)
PAGE = "https://gallery.invalid/asset/"
A, B, C = "aaaaaaaaaaaaaa", "bbbbbbbbbbbbbb", "-_cccccccccccc"
ROWS = [Artwork(name, "RED", "https://gallery.invalid/ci/x", f"{PAGE}{name}") for name in (A, B, C)]


@pytest.fixture
def store(workspace: Workspace) -> Iterator[Store]:
    with Store(workspace, ORIGIN, "jpeg-218") as one:
        one.add("RED", ROWS)
        one.note([DownloadOutcome(B, "failed", detail="gone")])
        yield one


def publish_with(workspace: Workspace, store: Store, **contents: str) -> None:
    """Do what a run does that fetched these thumbnails of ``a`` and ``c``."""
    for name, content in contents.items():
        digest = add_picture(workspace, content.encode())
        store.note([DownloadOutcome({"a": A, "c": C}[name], "ok", sha256=digest)])
    publish(workspace, store, RunSummary(colours={"RED": ColourSummary("RED", "complete")}))


def read_images(workspace: Workspace) -> dict[str, str]:
    return {path.name: path.read_text() for path in workspace.image_dir.iterdir()}


def test_thumbnails_of_another_size_wait_until_the_new_ones_are_all_there(store: Store, workspace: Workspace) -> None:
    publish_with(workspace, store, a="a", c="c")
    with Store(workspace, ORIGIN, "jpeg-64") as smaller:
        publish_with(workspace, smaller, a="small a")
    assert read_images(workspace) == {"0.jpg": "small a"}
    with Store(workspace, ORIGIN, "jpeg-218") as again:
        publish_with(workspace, again)
    assert read_images(workspace) == {"0.jpg": "a", "2.jpg": "c"}


def test_a_store_of_somebody_else_is_kept(workspace: Workspace) -> None:
    workspace.scraping_store.parent.mkdir(parents=True)
    workspace.scraping_store.write_text("mine")
    forget_scraped(workspace)
    assert workspace.scraping_store.with_name("scraping.kept.sqlite3").read_text() == "mine"


def test_starting_over_leaves_what_is_not_the_scrapers(store: Store, workspace: Workspace) -> None:
    publish_with(workspace, store, a="a", c="c")
    (workspace.image_dir / "2.jpg").write_text("a person's own now")
    (workspace.image_dir / "mine.jpg").write_text("x")
    workspace.processed_table.write_text("kept")
    forget_scraped(workspace)
    assert read_images(workspace) == {"2.jpg": "a person's own now", "mine.jpg": "x"}
    assert workspace.processed_table.exists()
    assert not workspace.raw_table.exists()
    assert not workspace.scraping_store.exists()
