"""Contact sheets: every picture whole, in its place, beside its colour."""

import numpy as np
import pytest

from src.errors import UsageError
from src.features.schema import BGRImage
from src.visualization.contact_sheet import make_colour_sheet, make_contact_sheet

RED = np.full((40, 80, 3), (0, 0, 255), dtype=np.uint8)
BLUE = np.full((80, 40, 3), (255, 0, 0), dtype=np.uint8)


def count_pixels(sheet: BGRImage, colour: tuple[int, int, int]) -> int:
    return int((sheet == np.array(colour, dtype=np.uint8)).all(axis=2).sum())


def test_a_grid_holds_every_picture_whole_and_captions_that_are_cut_off_where_they_are_too_long() -> None:
    plain = make_contact_sheet([RED, BLUE, RED], columns=2, cell=60)
    assert plain.shape == (2 * 10 + 2 * 60 + 6, 2 * 10 + 2 * 60 + 6, 3)
    assert count_pixels(plain, (0, 0, 255)) == 2 * 60 * 30
    assert count_pixels(plain, (255, 0, 0)) == 60 * 30
    captions = ["a very long caption that cannot fit", "é", "c"]
    written = make_contact_sheet([RED, BLUE, RED], captions, columns=2, cell=60)
    assert written.shape == (plain.shape[0] + 2 * 18, *plain.shape[1:])
    assert (written[72:86].min(axis=2) < 160).any()
    assert (written[:, 70:76] == 255).all()  # nothing runs into the gap between the two


def test_wrong_input_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one picture"):
        make_contact_sheet([])
    with pytest.raises(UsageError, match="at least one colour"):
        make_colour_sheet({"RED": []})


def test_rows_by_colour_stand_in_the_sites_order_beside_their_swatch_below_a_title() -> None:
    pictures = {"RED": [RED] * 5, "BLUE": [BLUE], "PINK": []}
    plain = make_colour_sheet(pictures, columns=2, cell=40, notes={"RED": "5 pictures"})
    assert plain.shape[0] == 2 * 10 + 2 * 40 + 6
    blue_row, red_row = plain[10:50], plain[56:96]
    assert count_pixels(blue_row, (0xC6, 0x56, 0x2A)) > 1000
    assert count_pixels(red_row, (0, 0, 0xD5)) > 1000
    assert count_pixels(red_row, (0, 0, 255)) == 2 * 40 * 20
    assert count_pixels(blue_row, (255, 0, 0)) == 40 * 20
    titled = make_colour_sheet(pictures, columns=2, rows=2, cell=40, title="Pictures")
    assert titled.shape[0] == plain.shape[0] + 26 + 46
    assert count_pixels(titled, (0, 0, 255)) == 4 * 40 * 20
    assert (titled[:30].min(axis=2) < 100).any()
