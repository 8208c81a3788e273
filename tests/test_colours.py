"""The colour vocabulary."""

import numpy as np
import pytest

from src import colours
from src.errors import UsageError


def test_the_site_has_twelve_colours_and_the_study_eleven_of_them() -> None:
    assert len(colours.SITE_COLOURS) == 12
    assert set(colours.SITE_COLOURS) - set(colours.STUDY_COLOURS) == {"GRAY"}
    assert set(colours.LEGIBLE_SWATCHES) == set(colours.SITE_COLOURS)


def test_every_colour_has_a_neighbour_and_none_is_its_own() -> None:
    named = set().union(*colours.NEIGHBOURS)
    assert named == set(colours.SITE_COLOURS)
    assert all(len(pair) == 2 for pair in colours.NEIGHBOURS)
    assert colours.are_neighbours("TEAL", "BLUE")
    assert colours.are_neighbours("BLUE", "TEAL")
    assert not colours.are_neighbours("RED", "TEAL")


def test_colours_are_read_in_any_case_put_in_the_order_of_the_site_and_unknown_ones_named() -> None:
    assert colours.parse_colours(["black", "White", "BLACK"]) == ("WHITE", "BLACK")
    with pytest.raises(UsageError, match="MAUVE"):
        colours.parse_colours(["RED", "mauve"])
    assert colours.order_colours(["ZINC", "RED", "AMBER"]) == ("RED", "AMBER", "ZINC"), "those of other data follow"


NAMED = {
    "WHITE": ("#FFFFFF", "#FFFAFA", "#F5F5DC"),
    "GRAY": ("#BDBDBD", "#808080", "#696969"),
    "PINK": ("#F48FB1", "#FFC0CB", "#FF69B4", "#FF1493"),
    "PURPLE": ("#9C27B0", "#800080", "#4B0082", "#9400D3", "#FF00FF"),
    "BLUE": ("#2A56C6", "#2979FF", "#0000FF", "#002FA7", "#000080", "#87CEEB"),
    "TEAL": ("#00897B", "#008080", "#00FFFF", "#40E0D0"),
    "GREEN": ("#0D904F", "#008000", "#00FF00", "#006400", "#90EE90"),
    "YELLOW": ("#FDD835", "#FFFF00", "#F0E68C", "#F5DEB3"),
    "ORANGE": ("#FF9800", "#FFA500", "#FF7F00", "#FF5000"),
    "RED": ("#D50000", "#FF0000", "#8B0000", "#DC143C"),
    "BROWN": ("#795548", "#8B4513", "#A0522D", "#654321"),
    "BLACK": ("#000000", "#202020", "#0A0A1E", "#1A1410"),
}


@pytest.mark.parametrize("colour", NAMED)
def test_single_colours_are_named_as_people_name_them(colour: str) -> None:
    pixels = np.array([[int(code[place : place + 2], 16) for place in (5, 3, 1)] for code in NAMED[colour]], np.uint8)
    assert colours.name_colours(pixels).tolist() == [colour] * len(pixels)


def test_without_gray_a_grey_is_named_after_its_lightness() -> None:
    greys = np.repeat(np.array([[40], [90], [190], [230]], np.uint8), 3, axis=1)
    names = colours.name_colours(greys, colours.STUDY_COLOURS)
    assert names.tolist() == ["BLACK", "BLACK", "WHITE", "WHITE"]
