import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from src.errors import TableError, UsageError
from src.paths import Workspace
from src.scraping.artwork import GOOGLE, Artwork, Origin
from src.scraping.get_img import DownloadOutcome
from src.scraping.page.listing import ListingOutcome
from src.scraping.store.store import Store

Open = Callable[..., Store]
GALLERY = Origin("gallery, seed 1", "100 study", is_replaceable=True)
RED, WHITE = (
    [Artwork(f"{color:_<4}{number:010d}", color, None, f"https://x/asset/{number}") for number in range(5)]
    for color in ("RED", "WHITE")
)


@pytest.fixture
def open_store(workspace: Workspace) -> Iterator[Open]:
    """Open the workspace's store again, as another run does; earlier ones were left as a kill leaves them."""
    with contextlib.ExitStack() as stack:

        def open_one(origin: Origin = GALLERY, kind: str = "jpeg-218", **options: bool) -> Store:
            return stack.enter_context(Store(workspace, origin, kind, **options))

        yield open_one


def test_rows_stand_in_the_sites_order_and_an_id_under_two_colours_counts_for_the_first(open_store: Open) -> None:
    store = open_store()
    store.add("RED", RED[:2])
    store.add("WHITE", WHITE[:2])
    store.add("BLACK", [replace(RED[0], color="BLACK")])
    store.add("RED", RED[1:4])
    assert store.rows() == open_store().rows() == WHITE[:2] + RED[:4]


@pytest.mark.parametrize(
    ("state", "limit", "is_finished"),
    [
        ("complete", None, True),
        ("complete", 100, True),
        ("limit", 3, True),
        ("limit", 4, False),
        ("limit", None, False),
        ("partial", None, False),
    ],
)
def test_only_what_is_complete_is_not_listed_again(
    open_store: Open, state: str, limit: int | None, is_finished: bool
) -> None:
    store = open_store()
    store.add("RED", RED[:3])
    store.end(ListingOutcome("RED", state, total=3))
    assert open_store().is_finished("RED", limit) == is_finished
    assert not open_store(relist=True).is_finished("RED", None)


def test_another_gallery_takes_the_place_of_a_gallery(open_store: Open) -> None:
    open_store().add("RED", RED)
    grown = open_store(replace(GALLERY, extent="200 study"))
    assert (grown.rows(), grown.was_replaced) == ([], False)  # the pictures are the same ones: files may stay
    grown.add("RED", RED)
    other = open_store(replace(GALLERY, site="gallery, seed 2"))
    assert (other.rows(), other.was_replaced) == ([], True)


def test_the_real_site_is_never_replaced(open_store: Open) -> None:
    open_store(Origin(GOOGLE)).add("RED", RED)
    with pytest.raises(UsageError, match="holds artworks of https://artsandculture"):
        open_store()
    assert open_store(Origin(GOOGLE)).rows() == RED


def test_outcomes_are_remembered_by_kind_while_their_files_are_there(open_store: Open) -> None:
    there = DownloadOutcome("there", "ok", sha256="ab")
    gone, slow = DownloadOutcome("gone", "failed", detail="404"), DownloadOutcome("slow", "failed", is_passing=True)
    open_store().note([replace(slow, asset_id="there")])
    open_store().note([there, gone, slow])
    assert open_store(kind="webp-218").outcomes == {}
    store = open_store()
    assert store.outcomes == {"there": there, "gone": gone, "slow": slow}
    store.forget_missing([])
    assert store.outcomes == {"gone": gone, "slow": slow}


def test_a_file_that_is_not_ours_is_left_alone(open_store: Open, workspace: Workspace) -> None:
    path = workspace.scraping_store
    path.parent.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(TableError, match="format 99, expected 1"):
        open_store()
    content = b"no database at all, but long enough to be looked at" * 4
    path.write_bytes(content)
    with pytest.raises(TableError, match="move it away"):
        open_store()
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_written_is_named(open_store: Open, workspace: Workspace) -> None:
    workspace.scraping_store.mkdir(parents=True)
    with pytest.raises(OSError, match=r"scraping\.sqlite3"):
        open_store()
