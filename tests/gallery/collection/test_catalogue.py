import re

import pytest

from src import study
from src.colours import SITE_COLOURS, STUDY_COLOURS
from src.errors import UsageError
from src.gallery.collection.catalogue import apportion, make_slug
from src.gallery.collection.painted import PaintedCollection
from src.gallery.collection.tokens import Names


@pytest.fixture(scope="module")
def collection() -> PaintedCollection:
    return PaintedCollection(apportion(16311), seed=7)


def test_study_size_gives_the_study_counts_but_to_the_rare_colours_a_fiftieth() -> None:
    counts = apportion(16311, "study")
    assert sum(counts.values()) == 16311
    assert tuple(counts) == STUDY_COLOURS
    assert counts["PINK"] == counts["PURPLE"] == 326
    others = [colour for colour in STUDY_COLOURS if colour not in {"PINK", "PURPLE"}]
    left = (16311 - 2 * 326) / sum(study.CLASS_COUNTS[colour] for colour in others)
    for colour in others:
        assert abs(counts[colour] - left * study.CLASS_COUNTS[colour]) < 1


@pytest.mark.parametrize("total", [220, 333, 2000, 16311])
def test_every_colour_gets_at_least_twenty(total: int) -> None:
    counts = apportion(total)
    assert sum(counts.values()) == total
    assert min(counts.values()) >= 20


def test_named_colours_alone_may_be_few() -> None:
    assert sum(apportion(10, colours=("RED", "BLUE")).values()) == 10
    assert set(apportion(60, colours=("GRAY", "RED"))) == {"GRAY", "RED"}


@pytest.mark.parametrize(
    ("total", "proportions", "colours"),
    [(219, "study", ()), (239, "site", ()), (0, "study", ()), (1, "study", ("RED", "BLUE"))],
)
def test_too_few_artworks_are_refused(total: int, proportions: str, colours: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="expected at least"):
        apportion(total, proportions, colours)


def test_ids_are_14_characters_unique_and_read_back() -> None:
    names = Names(7, "asset", ">I")
    ids = [names.write(number) for number in range(20000)]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{14}", asset_id) for asset_id in ids)
    assert len(set(ids)) == len(ids)
    assert [names.read(asset_id) for asset_id in ids[:500]] == [(number,) for number in range(500)]
    assert {"-", "_"} <= {asset_id[0] for asset_id in ids}
    assert Names(8, "asset", ">I").read(ids[5]) is None, "another seed has other names"
    assert Names(7, "list", ">I").read(ids[5]) is None, "another purpose has other names"


@pytest.mark.parametrize("asset_id", ["", "AAAAAAAAAAAAAA", "kwUh5tA9zRg", "ÄÖÜ", "a" * 13, "!" * 14])
def test_other_ids_are_unknown(collection: PaintedCollection, asset_id: str) -> None:
    assert collection.find_asset(asset_id, "en") is None


def test_artworks_are_filed_by_their_number_and_found_by_their_names(collection: PaintedCollection) -> None:
    for artwork in collection.list_artworks("TEAL", 100, 110, "en"):
        assert SITE_COLOURS[artwork.number % 12] == artwork.colour == "TEAL"
        assert collection.find_asset(artwork.asset_id, "en") == collection.find_image(artwork.image_token) == artwork


def test_metadata_is_as_varied_as_on_the_site(collection: PaintedCollection) -> None:
    artworks = collection.list_artworks("BLACK", 0, 2000, "en")
    nulls = sum(artwork.artist is None for artwork in artworks) / len(artworks)
    assert nulls == pytest.approx(438 / 2791, abs=0.03)
    assert len({artwork.title for artwork in artworks}) < len(artworks)  # titles repeat under other ids
    assert max(len(artwork.title) for artwork in artworks) > 255  # no file system takes that as a name
    assert any('"' in artwork.title for artwork in artworks)
    assert any("<" in artwork.title for artwork in artworks)
    assert any(not artwork.slug.isascii() for artwork in artworks)
    assert any(artwork.tint is None for artwork in artworks)
    assert {artwork.aspect > 1 for artwork in artworks} == {True, False}


def test_details_are_free_translated_missing_and_hold_colons(collection: PaintedCollection) -> None:
    artworks = collection.list_artworks("RED", 0, 300, "en")
    english = [collection.describe_artwork(artwork, "en") for artwork in artworks]
    french = [collection.describe_artwork(artwork, "fr") for artwork in artworks]
    names = [label for _, labels in english for label, _ in labels]
    assert {"Title", "Creator", "Date Created", "Rights", "Credit Line", "Inventory no."} <= set(names)
    assert "Titre" in {label for _, labels in french for label, _ in labels}
    assert any(":" in value for _, labels in english for label, value in labels if "Link" not in label)
    assert any("Date Created" not in dict(labels) for _, labels in english)
    assert any(place is None for place, _ in english)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("The Coast at Brézal", "the-coast-at-brézal"),
        ("海岸、蓬莱", "海岸-蓬莱"),
        ("«…»", "untitled"),
        ("Untitled (No. 3)/Study", "untitled-no-3-study"),
    ],
)
def test_slugs(title: str, slug: str) -> None:
    assert make_slug(title) == slug
