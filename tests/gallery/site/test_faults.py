import re
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest
from protego import Protego
from starlette.testclient import TestClient

from src.errors import ImageDecodeError, ImageTypeError, UsageError
from src.features.decode_image import decode_image
from src.gallery.options import is_probability
from src.gallery.settings import GallerySettings, parse_settings
from src.gallery.site.faults import Draw, Faults
from src.paths import PROJECT_ROOT
from tests.support.gallery_pages import OpenSite, ask_block, ask_list, read_body, read_colour_block

ROBOTS_VARIANTS = get_args(Faults.model_fields["robots"].annotation)
Spoil = Callable[..., TestClient]


def image_addresses(site: TestClient) -> list[str]:
    return [f"http:{item[3]}=w32-h32-c" for item in ask_block(site, "BLACK")[2]]


def test_draws_depend_on_seed_question_and_attempt_alone() -> None:
    def draw(seed: int, attempt: int) -> list[bool]:
        return [Draw(Faults(slow=0.5, seed=seed), f"/ci/{number}#{attempt}").happens("slow") for number in range(2000)]

    draws = draw(0, 0)
    assert draws == draw(0, 0)
    assert 900 < sum(draws) < 1100
    assert 900 < sum(left != right for left, right in zip(draws, draw(0, 1), strict=True)) < 1100
    assert draws != draw(1, 0)


def test_the_command_line_says_the_same_as_the_settings(tmp_path: Path) -> None:
    faults = Faults(slow=0.25, drop=1.0, block_after=5, robots="garbage", endless_kind="token", seed=3)
    settings = GallerySettings(
        seed=3, colours=("RED", "BLUE"), images=tmp_path, labels=tmp_path / "x.csv", tiles="script", faults=faults
    )
    assert parse_settings(list(settings.arguments)) == settings
    assert parse_settings(["--fault-banner", "--workers", "1"]).faults == Faults(banner=1.0)
    assert GallerySettings().arguments == ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--labels x.csv", "give the folder with --images"),
        ("--artworks 0", "--artworks 0: Input should be greater than or equal to 1"),
        ("--artworks many", "--artworks many: Input should be a valid integer"),
        ("--fault-slow 1.2", "--fault-slow 1.2: Input should be less than or equal to 1"),
        ("--colours MAUVE", "unknown colour MAUVE: expected some of"),
    ],
)
def test_values_out_of_range_are_refused(arguments: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_settings(arguments.split())


def test_a_block_holds_for_everything_but_images_and_ends(spoil: Spoil, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("src.gallery.site.shared_state.time", SimpleNamespace(time=lambda: now[0]))
    site = spoil(block_after=2, block_seconds=60)
    image = image_addresses(site)[0]
    token = ask_block(site, "BLACK")[8]
    refused = site.get("/")
    assert (refused.status_code, refused.headers["location"]) == (302, "/sorry/index?continue=%2F")
    captcha = site.get(refused.headers["location"])
    assert captcha.status_code == 429
    assert "unusual traffic" in captcha.text
    assert 'id="captcha-form"' in captcha.text
    assert "retry-after" not in captcha.headers
    listed = ask_list(site, token)
    assert listed.status_code == 429
    assert "captcha" in listed.text
    assert site.get("/robots.txt").status_code == 429
    assert site.get(image).status_code == 200
    assert site.get("/gallery/status").json()["is_blocked"] is True
    now[0] += 59
    assert site.get("/").status_code == 302
    now[0] += 2
    assert site.get("/sorry/index?continue=%2Fcolor").headers["location"] == "/color"
    assert site.get("/").status_code == 200
    assert site.get("/gallery/status").json()["requests"]["blocked"] == 4


def test_consent_is_asked_until_its_cookie_is_set(spoil: Spoil) -> None:
    site = spoil(consent=1.0)
    first = site.get("/color?col=RED&hl=en")
    assert first.status_code == 302
    assert first.headers["location"] == "/consent/m?continue=%2Fcolor%3Fcol%3DRED%26hl%3Den"
    form = site.get(first.headers["location"]).text
    assert '<form action="/consent/save" method="post">' in form
    target = re.search(r'name="continue" value="([^"]+)"', form)[1].replace("&amp;", "&")
    saved = site.post("/consent/save", data={"continue": target, "set": "accept"})
    assert site.get(saved.headers["location"]).status_code == 200


def test_consent_may_be_asked_by_a_form_for_each_answer(spoil: Spoil) -> None:
    form = spoil(consent=1.0, consent_kind="forms").get("/consent/m?continue=%2F").text
    assert form.count("<form") == form.count("<button") == 2
    assert "Reject" not in form


@pytest.mark.parametrize(
    ("faults", "needle"),
    [
        ({"containers": 1.0}, r'<div data-color="WHITE">(?s:.*)<div class="wall" id="wall" data-color="RED">'),
        ({"featured": 1.0}, r"<h2>Today</h2><div>\s*<div"),
        ({"placeholder": 1.0}, r'data-bgsrc="data:image/gif'),
        ({"share_link": 1.0}, r'href="https://share\.invalid/sharer\?u=http://[^"]+/asset/'),
        ({"broken_text": 1.0}, r"half-\\ud83d"),
        ({"dialogs": 1.0}, r"alert\("),
        ({"banner": 1.0}, r'<div class="banner" role="dialog"'),
        ({"never_loads": 1.0}, r'<script src="/gallery/never"></script>'),
        ({"captcha_footer": 1.0}, r"g-recaptcha"),
        ({"beside": 1.0}, r'fetch\("/api/favourites"\)'),
        ({"refresh": 1.0}, r'http-equiv="refresh"'),
        ({"empty_shell": 1.0}, r'<body><div id="root"></div><script>[^<]*</script></body>'),
        ({"list_style": "sentinel"}, r'id="sentinel"'),
        ({"list_style": "button"}, r'id="more"'),
    ],
)
def test_odd_pages_are_odd_in_their_own_way_only(spoil: Spoil, faults: dict, needle: str) -> None:
    assert re.search(needle, spoil(**faults).get("/color?col=RED").text)
    assert not re.search(needle, spoil().get("/color?col=RED").text)


@pytest.mark.parametrize(
    ("faults", "asked", "status", "headers"),
    [
        ({"refused": 1.0, "refused_status": 451}, "page", 451, {}),
        ({"block": 1.0}, "page", 302, {"location": r"/sorry/index\?continue=.+"}),
        ({"asset_moved": 1.0}, "asset", 301, {"location": r"/asset/moved/.+"}),
        ({"image_refused": 1.0, "retry_after": "3"}, "image", 429, {"retry-after": "3"}),
        ({"image_error": 1.0, "retry_after": "3"}, "image", 503, {"retry-after": "3"}),
        ({"image_loop": 1.0}, "image", 302, {"location": r"http://.+/ci/.+"}),
        ({"image_opt_out": 1.0}, "image", 200, {"x-robots-tag": "noai, noimageai"}),
    ],
)
def test_answers_that_lead_elsewhere(spoil: Spoil, faults: dict, asked: str, status: int, headers: dict) -> None:
    item = ask_block(spoil(), "BLACK")[2][0]
    addresses = {"page": "/color?col=BLACK", "asset": item[4], "image": f"http:{item[3]}=w32-h32-c"}
    site = spoil(**faults)
    answer = site.get(addresses[asked])
    assert answer.status_code == status
    assert all(re.fullmatch(value, answer.headers[name]) for name, value in headers.items())
    assert asked != "asset" or site.get(answer.headers["location"]).status_code == 200


def test_renamed_classes_leave_the_attributes(spoil: Spoil) -> None:
    site = spoil(renamed_classes=1.0)
    html = site.get("/color?col=RED").text
    assert not re.search('class="DuHQbc|e0WtYb|PJLMUc', html)
    assert len(re.findall(r'href="/asset/[^"]+" data-bgsrc="//', html)) >= 45
    page = site.get(ask_block(site, "BLACK")[2][0][4]).text
    assert 'id="metadata-' in page
    assert "ve9nKb" not in page
    assert html != site.get("/color?col=RED").text, "other names on each visit"


def test_missing_data_bgsrc_strikes_some_tiles_and_not_the_data(spoil: Spoil) -> None:
    site = spoil(missing_bgsrc=0.3)
    hidden = []
    for _ in range(2):
        html = site.get("/color?col=BLACK").text
        assert len(read_colour_block(html, "BLACK")[2]) == len(re.findall(r'<a class="e0WtYb', html))
        hidden.append(re.findall(r'href="(/asset/[^"]+)"(?! data-bgsrc)[^>]*></a></div>', html))
    assert 4 <= len(hidden[0]) <= 26
    assert hidden[0] != hidden[1], "another visit hides others"


def test_a_list_page_fails_and_may_come_the_next_time(spoil: Spoil) -> None:
    site = spoil(list_error=0.5)
    token = ask_block(site, "BLACK")[8]
    statuses = [ask_list(site, token, _reqid=str(number)).status_code for number in range(20)]
    assert set(statuses) == {200, 500}


def test_a_garbled_list_is_no_json(spoil: Spoil) -> None:
    site = spoil(list_garbled=1.0)
    answer = ask_list(site, ask_block(site, "BLACK")[8])
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        read_body(answer.text)


@pytest.mark.parametrize("kind", ["ids", "token"])
def test_an_endless_list_repeats_itself(open_site: OpenSite, kind: str) -> None:
    site = open_site(artworks=100, colours=("RED",), faults=Faults(endless=1.0, endless_kind=kind))
    token, tokens, ids = ask_block(site, "RED")[8], [], []
    for _ in range(12):
        tokens.append(token)
        block = read_body(ask_list(site, token).text)[0][0]
        ids += [item[10][0] for item in block[2]]
        token = block[8]
    assert len(set(ids)) <= 100
    assert len(ids) > 200
    assert (len(set(tokens)) < 12) == (kind == "token")


@pytest.mark.parametrize(
    ("fault", "error"),
    [("image_empty", ImageDecodeError), ("image_not_image", ImageTypeError), ("image_truncated", ImageDecodeError)],
)
def test_spoiled_images_are_refused_by_the_decoder(spoil: Spoil, fault: str, error: type[Exception]) -> None:
    site = spoil(**{fault: 1.0})
    answer = site.get(image_addresses(site)[0])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    with pytest.raises(error):
        decode_image(answer.content)


def test_gone_images_stay_gone(spoil: Spoil) -> None:
    site = spoil(image_gone=0.3)
    first, second = ([site.get(address).status_code for address in image_addresses(site)] for _ in range(2))
    assert first == second
    assert set(first) == {200, 404}


def test_slow_answers_come_late(spoil: Spoil) -> None:
    site = spoil(slow=1.0, slow_seconds=0.3)
    begin = time.monotonic()
    assert site.get("/").status_code == 200
    assert time.monotonic() - begin >= 0.3


def test_the_status_page_is_never_struck(spoil: Spoil) -> None:
    probabilities = [name for name, field in Faults.model_fields.items() if is_probability(field)]
    site = spoil(**dict.fromkeys(probabilities, 1.0), block_after=1)
    assert site.get("/gallery/status").status_code == 200


@pytest.mark.parametrize("variant", [name for name in ROBOTS_VARIANTS if name not in {"drip", "endless"}])
def test_robots_variants(spoil: Spoil, variant: str) -> None:
    answer = spoil(robots=variant).get("/robots.txt")
    assert answer.status_code == {"missing": 404, "error": 500, "refused": 429}.get(variant, 200)
    if variant in {"site", "delay", "allow", "disallow-all"}:
        rules = Protego.parse(answer.text)
        assert rules.can_fetch("http://host/color?col=RED", "any") == (variant != "disallow-all")
        assert rules.can_fetch("http://host/api/color", "any") == (variant == "allow")
        assert rules.crawl_delay("any") == (1.0 if variant == "delay" else None)
    if variant == "garbage":
        with pytest.raises(UnicodeDecodeError):
            answer.content.decode("utf-8")


def test_the_reference_page_names_every_option_of_a_fault() -> None:
    text = (PROJECT_ROOT / "references" / "gallery.md").read_text(encoding="utf-8")
    assert [flag for flag in Faults.list_flags() if f"`{flag}" not in text] == []
    assert [variant for variant in ROBOTS_VARIANTS if f"`{variant}`" not in text] == []
