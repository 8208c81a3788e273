from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from src.errors import TableError, UsageError
from src.paths import Workspace
from src.scraping.artwork import Artwork, Origin
from src.scraping.get_img import DownloadOutcome
from src.scraping.page.listing import ListingOutcome
from src.scraping.store.store import Store

Open = Callable[..., Store]
GALLERY = Origin("gallery, seed 1", "100 study", is_replaceable=True)
OK = DownloadOutcome("bgEuwDxel93-Pg", "ok", sha256="ab")


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Open]:
    """Open the workspace's store again, as another run does; earlier ones were left as a kill leaves them."""
    with ExitStack() as stack:

        def open_one(origin: Origin = GALLERY, kind: str = "jpeg-218", **options: bool) -> Store:
            return stack.enter_context(Store(Workspace(tmp_path), origin, kind, **options))

        yield open_one


def make_artworks(color: str, start: int, stop: int) -> list[Artwork]:
    return [
        Artwork(f"{color[:4]:_<4}{number:010d}", color, f"https://x/ci/{number}", f"https://x/asset/{number}")
        for number in range(start, stop)
    ]


def test_rows_stand_in_the_sites_order_whatever_came_first(open_store: Open) -> None:
    store = open_store()
    store.add("RED", make_artworks("RED", 0, 2))
    store.add("WHITE", make_artworks("WHITE", 0, 2))
    store.add("RED", make_artworks("RED", 1, 4))
    assert [row.asset_id[-1] + row.color[0] for row in store.rows()] == ["0W", "1W", "0R", "1R", "2R", "3R"]


def test_a_killed_run_keeps_what_it_listed(open_store: Open) -> None:
    open_store().add("RED", make_artworks("RED", 0, 3))
    again = open_store()
    assert again.rows() == make_artworks("RED", 0, 3)
    assert again.ending("RED") is None
    assert not again.is_finished("RED", None)
    assert again.add("RED", make_artworks("RED", 0, 5)) == make_artworks("RED", 3, 5)


@pytest.mark.parametrize(
    ("state", "limit", "is_finished"),
    [
        ("complete", None, True),
        ("complete", 100, True),
        ("limit", 3, True),
        ("limit", 2, True),
        ("limit", 4, False),
        ("limit", None, False),
        ("partial", None, False),
        ("failed", None, False),
    ],
)
def test_only_what_is_complete_is_not_listed_again(
    open_store: Open, state: str, limit: int | None, is_finished: bool
) -> None:
    store = open_store()
    store.add("RED", make_artworks("RED", 0, 3))
    store.end(ListingOutcome("RED", state, total=3))
    again = open_store()
    assert again.is_finished("RED", limit) == is_finished
    assert not again.is_finished("BLUE", limit)
    assert not open_store(relist=True).is_finished("RED", None)


def test_another_gallery_takes_the_place_of_a_gallery(open_store: Open) -> None:
    store = open_store()
    store.add("RED", make_artworks("RED", 0, 3))
    grown = open_store(replace(GALLERY, extent="200 study"))
    assert grown.rows() == []
    assert not grown.was_replaced  # the pictures are the same ones: files may stay
    grown.add("RED", make_artworks("RED", 0, 3))
    other = open_store(replace(GALLERY, site="gallery, seed 2"))
    assert other.rows() == []
    assert other.was_replaced


def test_the_real_site_is_never_replaced(open_store: Open) -> None:
    store = open_store(Origin("https://artsandculture.google.com"))
    store.add("RED", make_artworks("RED", 0, 3))
    with pytest.raises(UsageError, match="holds artworks of https://artsandculture"):
        open_store()
    assert len(open_store(Origin("https://artsandculture.google.com")).rows()) == 3


def test_an_id_under_two_colours_counts_for_the_first(open_store: Open) -> None:
    store = open_store()
    (artwork,) = make_artworks("RED", 0, 1)
    store.add("BLACK", [replace(artwork, color="BLACK")])
    store.add("RED", [artwork])
    assert store.rows() == [artwork]


def test_outcomes_are_remembered_while_their_files_are_there(open_store: Open) -> None:
    store = open_store()
    store.note([DownloadOutcome("bgEuwDxel93-Pg", "failed", detail="slow"), OK])
    store.note([DownloadOutcome("a", "failed", detail="gone")])
    again = open_store()
    assert again.outcome("bgEuwDxel93-Pg") == OK
    assert again.outcome("a") == DownloadOutcome("a", "failed", detail="gone")
    again.forget_missing([])
    assert again.outcome("bgEuwDxel93-Pg") is None


def test_thumbnails_of_another_kind_count_as_not_fetched(open_store: Open) -> None:
    open_store().note([OK])
    assert open_store(kind="webp-218").outcome("bgEuwDxel93-Pg") is None
    assert open_store().outcome("bgEuwDxel93-Pg") == OK


def test_trouble_that_may_pass_is_told_from_the_rest(open_store: Open) -> None:
    store = open_store()
    store.note(
        [OK, DownloadOutcome("gone", "failed", detail="404"), DownloadOutcome("slow", "failed", is_passing=True)]
    )
    for one in (store, open_store()):
        names = ("bgEuwDxel93-Pg", "gone", "slow", "never asked for")
        assert [one.has_file(name) for name in names] == [True, False, False, False]
        assert [one.has_failed(name) for name in names] == [False, True, True, False]
        assert [one.has_failed(name, is_passing=True) for name in names] == [False, False, True, False]


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked at" * 4, None])
def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path, open_store: Open, content: bytes | None) -> None:
    store = open_store()
    if content is None:
        store._connection.execute("PRAGMA user_version = 99")
        store._connection.commit()
    else:
        store.close()
        store.path.write_bytes(content)
    with pytest.raises(TableError, match="move it away"):
        open_store()
    assert store.path.exists()


def test_a_place_that_cannot_be_written_is_told_as_such(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.scraping_store.mkdir(parents=True)
    with pytest.raises(OSError, match=r"scraping\.sqlite3"):
        Store(workspace, GALLERY, "jpeg-218")
