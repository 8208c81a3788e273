import pytest

from src.errors import UsageError
from src.scraping.artwork import (
    CANONICAL_GALLERY,
    GOOGLE,
    Addresses,
    hide_credentials,
    is_loopback,
    read_asset_id,
    sized_image,
)


@pytest.mark.parametrize(
    ("address", "asset_id"),
    [
        ("/asset/the-magpie/bgEuwDxel93-Pg", "bgEuwDxel93-Pg"),
        ("/asset/-gEuwDxel93-Pg", "-gEuwDxel93-Pg"),
        ("/asset/слава/_gEuwDxel93-Pg?ms=1#x", "_gEuwDxel93-Pg"),
        ("https://artsandculture.google.com/asset/x/bgEuwDxel93-Pg", "bgEuwDxel93-Pg"),
        ("/asset/the-magpie/bgEuwDxel93-P", None),
        ("/asset/the-magpie/bgEuwDxel93-Pgg", None),
        ("/story/bgEuwDxel93-Pg", None),
        ("/asset/viewer", None),
    ],
)
def test_only_fourteen_characters_are_an_artwork(address: str, asset_id: str | None) -> None:
    assert read_asset_id(address) == asset_id


def test_a_local_origin_does_not_reach_the_tables() -> None:
    first, second = Addresses("http://127.0.0.1:1111"), Addresses("http://localhost:2222/")
    for addresses in (first, second):
        host = addresses.origin.removeprefix("http:")
        assert addresses.canonical_image(f"{host}/ci/abc") == f"{CANONICAL_GALLERY}/ci/abc"
        assert (
            addresses.canonical_page("/asset/a b/bgEuwDxel93-Pg") == f"{CANONICAL_GALLERY}/asset/a%20b/bgEuwDxel93-Pg"
        )
        assert addresses.is_loopback
    assert second.live(f"{CANONICAL_GALLERY}/ci/abc") == "http://localhost:2222/ci/abc"


def test_a_real_origin_stays_as_it_is() -> None:
    addresses = Addresses(GOOGLE)
    image = addresses.canonical_image("//lh3.googleusercontent.com/ci/AL18g_=w218-c-h218-rw-v1")
    assert image == "https://lh3.googleusercontent.com/ci/AL18g_"
    assert addresses.live(image) == image
    assert addresses.canonical_page("/asset/x/bgEuwDxel93-Pg") == f"{GOOGLE}/asset/x/bgEuwDxel93-Pg"
    assert addresses.color_page("RED", "en") == f"{GOOGLE}/color?col=RED&hl=en"
    assert not addresses.is_loopback


def test_an_image_is_asked_for_with_an_explicit_size() -> None:
    assert sized_image("https://h/ci/t", 218, "jpeg") == "https://h/ci/t=w218-h218-c-rj"
    assert sized_image("https://h/ci/t", 128, "webp") == "https://h/ci/t=w128-h128-c-rw"


@pytest.mark.parametrize(
    "address",
    ["data:image/gif;base64,R0lG", "//[::1/ci/abc", "http://[x/asset/a/bgEuwDxel93-Pg", "none", "/ci/a", None],
)
def test_what_is_no_web_address_is_no_picture(address: str | None) -> None:
    assert Addresses(GOOGLE).canonical_image(address) is None
    assert address is None or read_asset_id(address) is None
    assert Addresses(GOOGLE).canonical_page("http://[x/asset/a/bgEuwDxel93-Pg") is None
    assert Addresses(GOOGLE).canonical_image("HTTP://lh3.x/ci/abc") == "http://lh3.x/ci/abc"


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [("127.8.0.1", True), ("::1", True), ("a.localhost", True), ("127.example.org", False), ("10.0.0.1", False)],
)
def test_only_this_machine_is_loopback(host: str, is_ours: bool) -> None:
    assert is_loopback(host) == is_ours


def test_no_part_of_a_password_is_shown() -> None:
    assert hide_credentials("at http://user:p@ss@host:4444/wd: down") == "at http://host:4444/wd: down"
    with pytest.raises(UsageError, match="without a user name") as caught:
        Addresses("http://user:s3cret@127.0.0.1")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("base_url", ["artsandculture.google.com", "ftp://x", "", "http://"])
def test_a_base_url_must_be_an_origin(base_url: str) -> None:
    with pytest.raises(UsageError, match="expected http"):
        Addresses(base_url)
