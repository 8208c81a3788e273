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


def test_a_grid_holds_every_picture_whole() -> None:
    sheet = make_contact_sheet([RED, BLUE, RED], columns=2, cell=50)
    assert sheet.dtype == np.uint8
    assert sheet.shape == (2 * 10 + 2 * 50 + 6, 2 * 10 + 2 * 50 + 6, 3)
    assert count_pixels(sheet, (0, 0, 255)) == 2 * 50 * 25
    assert count_pixels(sheet, (255, 0, 0)) == 50 * 25


def test_a_caption_is_written_below_and_cut_off_where_it_is_too_long() -> None:
    plain = make_contact_sheet([RED, RED], columns=2, cell=60)
    written = make_contact_sheet([RED, RED], ["a very long caption that cannot fit", "é"], columns=2, cell=60)
    assert written.shape == (plain.shape[0] + 18, *plain.shape[1:])
    assert (written[-25:].min(axis=2) < 160).any()
    assert (written[:, 70:76] == 255).all()  # nothing runs into the gap between the two


def test_wrong_input_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one picture"):
        make_contact_sheet([])
    with pytest.raises(UsageError, match="at least one colour"):
        make_colour_sheet({"RED": []})


def test_rows_by_colour_stand_in_the_sites_order_beside_their_swatch() -> None:
    sheet = make_colour_sheet(
        {"RED": [RED] * 3, "BLUE": [BLUE], "PINK": []}, columns=2, cell=40, notes={"RED": "3 pictures"}
    )
    assert sheet.shape[0] == 2 * 10 + 2 * 40 + 6
    blue_row, red_row = sheet[10:50], sheet[56:96]
    assert count_pixels(blue_row, (0xC6, 0x56, 0x2A)) > 1000
    assert count_pixels(red_row, (0, 0, 0xD5)) > 1000
    assert count_pixels(red_row, (0, 0, 255)) == 2 * 40 * 20
    assert count_pixels(blue_row, (255, 0, 0)) == 40 * 20


def test_more_rows_take_more_pictures_and_a_title_stands_above() -> None:
    sheet = make_colour_sheet({"RED": [RED] * 5}, columns=2, rows=2, cell=40, title="Reds")
    assert sheet.shape[0] == 2 * 10 + 26 + 2 * 40 + 6
    assert count_pixels(sheet, (0, 0, 255)) == 4 * 40 * 20
    assert (sheet[:30].min(axis=2) < 100).any()
