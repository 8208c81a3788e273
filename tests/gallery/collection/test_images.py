import numpy as np
import pytest
from starlette.testclient import TestClient

from src.errors import UsageError
from src.features.decode_image import decode_image
from src.features.image_header import ImageHeader, read_header
from src.gallery.collection.images import ImageOptions, parse_suffix, resize
from tests.support.gallery_pages import OpenSite, ask_block


@pytest.fixture
def site(open_site: OpenSite) -> TestClient:
    return open_site(artworks=400)


def ask_image(site: TestClient, suffix: str) -> bytes:
    return site.get(f"http:{ask_block(site, 'BLUE')[2][0][3]}{suffix}").content


def measure(site: TestClient, suffix: str) -> ImageHeader:
    return read_header(ask_image(site, suffix))


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
    header = measure(site, suffix)
    assert (header.width, header.height, header.media_type) == (218, 218, media_type)


def test_sizes_without_crop_keep_the_shape_and_never_exceed_full_size(site: TestClient) -> None:
    aspect = ask_block(site, "BLUE")[2][0][10][1]
    for suffix, longest in (("", 512), ("=s200", 200)):
        header = measure(site, suffix)
        assert max(header.width, header.height) == longest
        assert header.width / header.height == pytest.approx(aspect, rel=0.02)
    assert measure(site, "=w150").width == measure(site, "=h150").height == 150
    full, large = measure(site, "=s0"), measure(site, "=w4000-h4000")
    assert (full.width, full.height) == (large.width, large.height)
    assert 1024 <= max(full.width, full.height) <= 2044


def test_parts_are_cut_before_scaling(site: TestClient) -> None:
    whole, upper = (decode_image(ask_image(site, f"=s400{part}")) for part in ("", "-fcrop64=1,00000000FFFF8000"))
    # The upper half of the whole, scaled alike: the same place shows the same colour.
    scale = upper.shape[1] / whole.shape[1]
    expected = resize(whole[: whole.shape[0] // 2], upper.shape[1], round(whole.shape[0] // 2 * scale))
    rows = min(len(upper), len(expected))
    assert upper.shape[0] == pytest.approx(expected.shape[0], abs=2)
    assert np.abs(upper[:rows].mean(axis=(0, 1)) - expected[:rows].mean(axis=(0, 1))).max() < 6


def test_a_picture_does_not_depend_on_the_size_of_the_gallery(site: TestClient, open_site: OpenSite) -> None:
    assert ask_image(site, "=w100-h100-c") == ask_image(open_site(artworks=2000), "=w100-h100-c")


@pytest.mark.parametrize(
    ("path", "status"), [("/ci/nothing=w10", 404), ("/ci/", 404), ("{}=w10-q7", 400), ("{}=", 200)]
)
def test_bad_addresses(site: TestClient, path: str, status: int) -> None:
    assert site.get(path.format(f"http:{ask_block(site, 'BLUE')[2][0][3]}")).status_code == status
