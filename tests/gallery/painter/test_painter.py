import hashlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from random import Random

import cv2
import numpy as np
import pytest

from src.colours import SITE_COLOURS, STUDY_COLOURS, name_colours
from src.features.extract_features import extract_features
from src.gallery.filing.colour_index import load_colour_index
from src.gallery.painter.describe import describe, outline
from src.gallery.painter.genres.designs import draw_ground
from src.gallery.painter.genres.registry import DESIGNS, GENRES
from src.gallery.painter.painting import Painting, measure_thumbnail, paint, paint_crop

SEED = 11
NUMBERS = range(72)


@pytest.fixture(scope="module")
def paintings() -> list[Painting]:
    return [describe(SEED, number) for number in NUMBERS]


def _digest(numbers: range) -> str:
    whole = hashlib.sha256()
    for number in numbers:
        painting = describe(SEED, number)
        whole.update(repr(painting).encode() + paint_crop(painting, 64, 64).tobytes())
    return whole.hexdigest()


def test_same_picture_in_another_process() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(_digest, range(100, 112)).result(120) == _digest(range(100, 112))


def test_seeds_and_numbers_differ(paintings: list[Painting]) -> None:
    pictures = {paint_crop(painting, 32, 32).tobytes() for painting in paintings}
    assert len(pictures) == len(paintings)
    others = {paint_crop(describe(SEED + 1, number), 32, 32).tobytes() for number in NUMBERS}
    assert not pictures & others


def test_outline_says_what_describe_decides(paintings: list[Painting]) -> None:
    for number, painting in zip(NUMBERS, paintings, strict=True):
        assert outline(SEED, number) == (painting.genre, painting.aspect)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (218, 218), (301, 200), (200, 301)])
def test_sizes(paintings: list[Painting], width: int, height: int) -> None:
    for painting in paintings[:12]:
        for picture in (paint(painting, width, height), paint_crop(painting, width, height)):
            assert picture.shape == (height, width, 3)
            assert picture.dtype == np.uint8
            assert picture.flags.c_contiguous


def test_same_composition_at_every_size(paintings: list[Painting]) -> None:
    correlations = []
    for painting in paintings[::3]:
        small = paint_crop(painting, 64, 64).astype(np.float64).ravel()
        large = cv2.resize(paint_crop(painting, 512, 512), (64, 64), interpolation=cv2.INTER_AREA)
        correlations.append(np.corrcoef(small, large.astype(np.float64).ravel())[0, 1])
    assert np.median(correlations) > 0.9
    assert min(correlations) > 0.5


def test_crop_is_the_middle_of_the_whole(paintings: list[Painting]) -> None:
    for painting in paintings[:24]:
        side = 218
        scale = max(side / painting.aspect, side)
        width, height = max(side, round(scale * painting.aspect)), max(side, round(scale))
        whole = paint(painting, width, height)
        left, top = (width - side) // 2, (height - side) // 2
        middle = whole[top : top + side, left : left + side].astype(np.float64)
        crop = paint_crop(painting, side, side).astype(np.float64)
        assert np.abs(cv2.blur(middle, (9, 9)) - cv2.blur(crop, (9, 9))).mean() < 4.0


def test_pictures_are_filed_by_the_index_as_the_gallery_files_them(paintings: list[Painting]) -> None:
    index = load_colour_index()
    assert np.mean([index.margin(measure_thumbnail(painting), painting.colour) >= 0 for painting in paintings]) >= 0.97
    of_study = [painting for painting in paintings if painting.colour in STUDY_COLOURS]
    agreed = [index.name(extract_features(paint_crop(item, 218, 218))[None])[0] == item.colour for item in of_study]
    assert np.mean(agreed) >= 0.9


def test_all_genres_appear_and_paint() -> None:
    first: dict[str, int] = {}
    for number in range(4000):
        first.setdefault(outline(SEED, number)[0], number)
        if len(first) == len(GENRES):
            break
    assert set(first) == set(GENRES)
    for number in first.values():
        painting = describe(SEED, number)
        picture = paint_crop(painting, 96, 96)
        assert picture.std() > 1.0 or painting.genre in DESIGNS


@pytest.mark.parametrize("colour", SITE_COLOURS)
def test_a_ground_has_the_name_that_people_give_it(colour: str) -> None:
    vocabulary = SITE_COLOURS if colour == "GRAY" else STUDY_COLOURS
    grounds = np.array([draw_ground(Random(number), colour) for number in range(12)], np.uint8)
    assert (name_colours(grounds, vocabulary) == colour).all()
    assert len(np.unique(grounds, axis=0)) > 6
