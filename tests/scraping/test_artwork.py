import pytest

from src.errors import UsageError
from src.scraping.artwork import GOOGLE, Addresses, hide_credentials, read_asset_id

LASTING = "https://gallery.invalid"


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
        ("http://[x/asset/a/bgEuwDxel93-Pg", None),
    ],
)
def test_only_fourteen_characters_are_an_artwork(address: str, asset_id: str | None) -> None:
    assert read_asset_id(address) == asset_id
    assert (Addresses(GOOGLE).canonical_page(address) is None) == (asset_id is None)


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:1111", "http://localhost:2222/", "http://[::1]:3"])
def test_a_local_origin_does_not_reach_the_tables(base_url: str) -> None:
    addresses = Addresses(base_url)
    assert addresses.canonical_image(f"{addresses.origin.removeprefix('http:')}/ci/abc") == f"{LASTING}/ci/abc"
    assert addresses.canonical_page("/asset/a b/bgEuwDxel93-Pg") == f"{LASTING}/asset/a%20b/bgEuwDxel93-Pg"
    assert addresses.live(f"{LASTING}/ci/abc") == f"{base_url.rstrip('/')}/ci/abc"


def test_a_real_origin_stays_as_it_is() -> None:
    addresses = Addresses(GOOGLE)
    image = addresses.canonical_image("//lh3.googleusercontent.com/ci/AL18g_=w218-c-h218-rw-v1")
    assert image == "https://lh3.googleusercontent.com/ci/AL18g_" == addresses.live(str(image))
    assert addresses.canonical_page("/asset/x/bgEuwDxel93-Pg") == f"{GOOGLE}/asset/x/bgEuwDxel93-Pg"
    assert addresses.color_page("RED", "en") == f"{GOOGLE}/color?col=RED&hl=en"


@pytest.mark.parametrize("address", ["data:image/gif;base64,R0lG", "//[::1/ci/abc", "none", "/ci/a", None])
def test_what_is_no_web_address_is_no_picture(address: str | None) -> None:
    assert Addresses(GOOGLE).canonical_image(address) is None


@pytest.mark.parametrize(
    "base_url", ["artsandculture.google.com", "ftp://x", "", "http://", "http://user:s3cret@127.0.0.1"]
)
def test_a_base_url_must_be_an_origin_and_no_part_of_a_password_is_shown(base_url: str) -> None:
    with pytest.raises(UsageError, match="expected http") as caught:
        Addresses(base_url)
    assert "s3cret" not in str(caught.value)
    assert hide_credentials("at http://user:p@ss@host:4444/wd: down") == "at http://host:4444/wd: down"
