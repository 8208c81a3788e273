"""The colour vocabulary."""

import pytest

from src import colours
from src.errors import UsageError


def test_the_site_has_twelve_colours_and_the_study_eleven_of_them() -> None:
    assert len(colours.SITE_COLOURS) == 12
    assert set(colours.SITE_COLOURS) - set(colours.STUDY_COLOURS) == {"GRAY"}
    assert set(colours.SWATCHES) == set(colours.LEGIBLE_SWATCHES) == set(colours.SITE_COLOURS)


def test_a_legible_teal_is_more_green_than_blue() -> None:
    swatch = colours.LEGIBLE_SWATCHES["TEAL"]
    assert int(swatch[3:5], 16) > int(swatch[5:7], 16) - 20
    assert colours.SWATCHES["TEAL"] == "#2979FF"


def test_every_colour_has_a_neighbour_and_none_is_its_own() -> None:
    named = set().union(*colours.NEIGHBOURS)
    assert named == set(colours.SITE_COLOURS)
    assert all(len(pair) == 2 for pair in colours.NEIGHBOURS)
    assert colours.are_neighbours("TEAL", "BLUE")
    assert colours.are_neighbours("BLUE", "TEAL")
    assert not colours.are_neighbours("RED", "TEAL")


def test_colours_are_read_in_any_case_and_put_in_the_order_of_the_site() -> None:
    assert colours.parse_colours(["black", "White", "BLACK"]) == ("WHITE", "BLACK")


def test_an_unknown_colour_is_named() -> None:
    with pytest.raises(UsageError, match="MAUVE"):
        colours.parse_colours(["RED", "mauve"])


def test_colours_of_other_data_follow_sorted() -> None:
    assert colours.order_colours(["ZINC", "RED", "AMBER"]) == ("RED", "AMBER", "ZINC")
