from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from src.errors import UsageError
from src.paths import Workspace
from src.scraping.artwork import Artwork, Origin
from src.scraping.colour_listing import ListingOutcome
from src.scraping.listings import Listings

Open = Callable[..., Listings]
GALLERY = Origin("gallery, seed 1", "100 study", is_replaceable=True)


@pytest.fixture
def open_listings(tmp_path: Path) -> Iterator[Callable[..., Listings]]:
    opened: list[Listings] = []

    def open_one(origin: Origin = GALLERY, **options: bool) -> Listings:
        for listings in opened:
            listings.close()
        opened.append(Listings(Workspace(tmp_path), origin, **options))
        return opened[-1]

    yield open_one
    for listings in opened:
        listings.close()


def make_artworks(color: str, start: int, stop: int) -> list[Artwork]:
    return [
        Artwork(f"{color[:4]:_<4}{number:010d}", color, f"https://x/ci/{number}", f"https://x/asset/{number}")
        for number in range(start, stop)
    ]


def test_rows_stand_in_the_sites_order_whatever_came_first(open_listings: Open) -> None:
    listings = open_listings()
    listings.add("RED", make_artworks("RED", 0, 2))
    listings.add("WHITE", make_artworks("WHITE", 0, 2))
    listings.add("RED", make_artworks("RED", 1, 4))
    assert [row.asset_id[-1] + row.color[0] for row in listings.rows()] == ["0W", "1W", "0R", "1R", "2R", "3R"]


def test_a_killed_run_keeps_what_it_listed(tmp_path: Path, open_listings: Open) -> None:
    listings = open_listings()
    listings.add("RED", make_artworks("RED", 0, 3))
    with (tmp_path / "data/interim/listing/RED.jsonl").open("ab") as stream:
        stream.write(b'{"artwork":{"asset_id":"RE')
    again = open_listings()
    assert again.rows() == make_artworks("RED", 0, 3)
    assert again.outcome("RED") is None
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
    open_listings: Open, state: str, limit: int | None, is_finished: bool
) -> None:
    listings = open_listings()
    listings.add("RED", make_artworks("RED", 0, 3))
    listings.end(ListingOutcome("RED", state, total=3))
    again = open_listings()
    assert again.is_finished("RED", limit) == is_finished
    assert not again.is_finished("BLUE", limit)
    assert not open_listings(relist=True).is_finished("RED", None)


def test_another_gallery_takes_the_place_of_a_gallery(open_listings: Open) -> None:
    listings = open_listings()
    listings.add("RED", make_artworks("RED", 0, 3))
    grown = open_listings(replace(GALLERY, extent="200 study"))
    assert grown.rows() == []
    assert not grown.was_replaced  # the pictures are the same ones: files may stay
    grown.add("RED", make_artworks("RED", 0, 3))
    other = open_listings(replace(GALLERY, site="gallery, seed 2"))
    assert other.rows() == []
    assert other.was_replaced


def test_the_real_site_is_never_replaced(open_listings: Open) -> None:
    listings = open_listings(Origin("https://artsandculture.google.com"))
    listings.add("RED", make_artworks("RED", 0, 3))
    with pytest.raises(UsageError, match="holds artworks of https://artsandculture"):
        open_listings()
    assert len(open_listings(Origin("https://artsandculture.google.com")).rows()) == 3


def test_an_id_under_two_colours_counts_for_the_first(open_listings: Open) -> None:
    listings = open_listings()
    (artwork,) = make_artworks("RED", 0, 1)
    listings.add("BLACK", [replace(artwork, color="BLACK")])
    listings.add("RED", [artwork])
    assert listings.rows() == [artwork]
