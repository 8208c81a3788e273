import numpy as np
import pytest
from starlette.testclient import TestClient

from src.errors import UsageError
from src.features.decode_image import decode_image
from src.features.image_header import read_header
from src.gallery.collection.images import ImageOptions, parse_suffix, resize
from tests.support.gallery_pages import OpenSite, read_colour_block


@pytest.fixture
def site(open_site: OpenSite) -> TestClient:
    return open_site(artworks=400)


def image_path(site: TestClient, colour: str = "BLUE", position: int = 0) -> str:
    item = read_colour_block(site.get(f"/color?col={colour}").text, colour)[2][position]
    return item[3].removeprefix("//127.0.0.1:8765")


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("w218-h218-c", ImageOptions(218, 218, is_crop=True)),
        ("c-h218-w218", ImageOptions(218, 218, is_crop=True)),
        ("w218-c-h218-rw-v1", ImageOptions(218, 218, is_crop=True, is_webp=True)),
        ("s512", ImageOptions(512, 512)),
        ("s0", ImageOptions()),
        ("w300", ImageOptions(width=300)),
        ("h300-rj-l42", ImageOptions(height=300, quality=42)),
        ("rw", ImageOptions(512, 512, is_webp=True)),
        ("", ImageOptions(512, 512)),
        ("w64-fcrop64=1,00000000FFFF8000", ImageOptions(width=64, part=(0, 0, 1, 0x8000 / 0xFFFF))),
    ],
)
def test_suffixes(suffix: str, options: ImageOptions) -> None:
    assert parse_suffix(suffix) == options


@pytest.mark.parametrize(
    "suffix", ["w99999", "x", "w-h", "w200-", "fcrop64=1,0000", "fcrop64=1,FFFF00000000FFFF", "w-1"]
)
def test_unknown_suffixes_are_refused(suffix: str) -> None:
    with pytest.raises(UsageError, match="expected"):
        parse_suffix(suffix)


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [("=w218-h218-c", "image/jpeg"), ("=w218-h218-c-rj", "image/jpeg"), ("=w218-c-h218-rw-v1", "image/webp")],
)
def test_crops_have_exactly_the_size_and_the_type(site: TestClient, suffix: str, media_type: str) -> None:
    answer = site.get(image_path(site) + suffix)
    header = read_header(answer.content)
    assert answer.headers["content-type"] == media_type == header.media_type
    assert (header.width, header.height) == (218, 218)


def test_sizes_without_crop_keep_the_shape(site: TestClient) -> None:
    path = image_path(site)
    item = read_colour_block(site.get("/color?col=BLUE").text, "BLUE")[2][0]
    aspect = item[10][1]
    plain, bounded = read_header(site.get(path).content), read_header(site.get(path + "=s200").content)
    assert max(plain.width, plain.height) == 512
    assert max(bounded.width, bounded.height) == 200
    for header in (plain, bounded):
        assert header.width / header.height == pytest.approx(aspect, rel=0.02)
    assert read_header(site.get(path + "=w150").content).width == 150
    assert read_header(site.get(path + "=h150").content).height == 150


def test_nothing_is_larger_than_full_size(site: TestClient) -> None:
    path = image_path(site)
    full = read_header(site.get(path + "=s0").content)
    large = read_header(site.get(path + "=w4000-h4000").content)
    assert (full.width, full.height) == (large.width, large.height)
    assert 1024 <= max(full.width, full.height) <= 2044


def test_parts_are_cut_before_scaling(site: TestClient) -> None:
    path = image_path(site)
    whole = decode_image(site.get(path + "=s400").content)
    upper = decode_image(site.get(path + "=s400-fcrop64=1,00000000FFFF8000").content)
    # The upper half of the whole, scaled alike: the same place shows the same colour.
    scale = upper.shape[1] / whole.shape[1]
    expected = resize(whole[: whole.shape[0] // 2], upper.shape[1], round(whole.shape[0] // 2 * scale))
    rows = min(len(upper), len(expected))
    assert upper.shape[0] == pytest.approx(expected.shape[0], abs=2)
    assert np.abs(upper[:rows].mean(axis=(0, 1)) - expected[:rows].mean(axis=(0, 1))).max() < 6


def test_the_same_question_gives_the_same_bytes(open_site: OpenSite) -> None:
    first, second = open_site(artworks=400), open_site(artworks=2000)
    path = image_path(first)
    assert first.get(path + "=w100-h100-c").content == second.get(path + "=w100-h100-c").content


@pytest.mark.parametrize(
    ("path", "status"), [("/ci/nothing=w10", 404), ("/ci/", 404), ("{}=w10-q7", 400), ("{}=", 200)]
)
def test_bad_addresses(site: TestClient, path: str, status: int) -> None:
    assert site.get(path.format(image_path(site))).status_code == status
