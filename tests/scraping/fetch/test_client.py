import gzip
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

import pytest

from src.scraping.fetch.client import Answer, FetchError, HttpClient, explain_block, find_proxy, retry
from tests.support.page_servers import PageServers, send

BOMB = gzip.compress(b"0" * 5_000_000)


def answer_oddly(request: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, without end, with a bomb, or with redirects that lead nowhere."""
    kind, _, number = request.path.strip("/").partition("-")
    following = {"circle": f"/circle-{(int(number or 0) + 1) % 2}", "long": f"/long-{int(number or 0) + 1}"}
    if kind == "bomb":
        send(request, BOMB, Content_Encoding="gzip")
    elif kind == "once":
        send(request, status=301, Location="/there")
    elif kind == "file":
        send(request, status=302, Location="file:///etc/passwd")
    elif kind in following:
        send(request, status=302, Location=following[kind])
    elif kind == "there":
        send(request, str(request.headers["User-Agent"]).encode(), X_Thing="1")
    else:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: " + (b"" if kind == "slow%20headers" else b"\r\n\r\n"))
        for _ in range(600):
            request.wfile.write(b"x" * (65536 if kind == "endless" else 1))
            request.wfile.flush()
            time.sleep(0.0 if kind == "endless" else 0.1)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("slow", "in time"),
        ("slow%20headers", "in time"),
        ("endless", "larger than 1,000,000 bytes"),
        ("bomb", "larger than"),
        ("circle-0", "in a circle"),
        ("long", "more than 5 redirects"),
        ("file", "no web address"),
    ],
)
def test_an_answer_is_bounded_as_a_whole(servers: PageServers, path: str, words: str) -> None:
    with pytest.raises(FetchError, match=words) as caught:
        HttpClient(None).get(f"{servers.serve_with(answer_oddly)}/{path}", deadline_seconds=1, maximum_bytes=1_000_000)
    assert not caught.value.is_passing


def test_redirects_are_followed_and_every_request_names_us_in_any_script(servers: PageServers) -> None:
    base = servers.serve_with(answer_oddly)
    found = HttpClient("Muzeum w Łodzi <z@example.org>").get(f"{base}/once")
    assert (found.address, found.status, found.headers["x-thing"]) == (f"{base}/there", 200, "1")
    assert found.text == "GoogleArtCultureImageClassification/1.0 (+Muzeum w %C5%81odzi <z@example.org>)"


def test_outside_hosts_go_through_the_proxy_and_this_machine_never(
    servers: PageServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "no_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    proxy = servers.serve_with(lambda request: send(request, request.path.encode()))
    monkeypatch.setenv("http_proxy", proxy)
    assert HttpClient(None).get("http://gallery.example/x").text == "http://gallery.example/x"
    assert HttpClient(None).get(f"{proxy}/x").text == "/x"
    for address in ("https://example.org/x", "http://localhost/x", "http://[::1]:9/x", "http://127.3.2.1/x"):
        assert find_proxy(address) is None
    monkeypatch.setenv("no_proxy", "example.org")
    assert find_proxy("http://example.org/x") is None


def test_no_connection_is_a_reason(servers: PageServers) -> None:
    with pytest.raises(FetchError, match="no whole answer") as caught:
        HttpClient(None).get("http://127.0.0.1:9/")
    assert caught.value.is_passing
    with pytest.raises(FetchError, match="TLS"):
        HttpClient(None).get(servers.serve("not TLS").replace("http:", "https:"))


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("3", 3.0, 3.0),
        ("90000", 90_000.0, 90_000.0),
        ("Wed, 25 Nov 2020 21:00:00 GMT", 0.0, 0.0),
        ("soon", None, None),
        ("-5", None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str, least: float | None, most: float | None) -> None:
    seconds = Answer("http://h", 503, {"retry-after": header}, b"").retry_after
    assert seconds is None if least is None or most is None else least <= (seconds or 0.0) <= most


def test_retry_after_may_be_a_date_to_come() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    seconds = Answer("http://h", 503, {"retry-after": date}, b"").retry_after
    assert seconds is not None
    assert 3000.0 <= seconds <= 3600.0


@pytest.mark.parametrize(
    ("errors", "pauses"),
    [
        ([FetchError("a"), FetchError("b")], [(1, 2), (2, 3)]),
        ([FetchError("a", retry_after=30.0)], [(30, 30)]),
        ([FetchError("a", retry_after=3600.0)], []),
        ([FetchError("a", is_passing=False)], []),
        ([ValueError("a")], []),
        ([FetchError("a")] * 9, [(1, 2), (2, 3), (4, 5), (8, 9), (16, 17)]),
    ],
)
def test_only_what_may_pass_is_tried_again(errors: list[Exception], pauses: list[tuple[float, float]]) -> None:
    waiting, slept = list(errors), list[float]()

    def act() -> str:
        if waiting:
            raise waiting.pop(0)
        return "done"

    if len(pauses) == len(errors):
        assert retry(act, first_pause=1.0, sleep=slept.append) == "done"
    else:
        with pytest.raises(type(errors[0])):
            retry(act, first_pause=1.0, sleep=slept.append)
    assert all(least <= pause <= most for pause, (least, most) in zip(slept, pauses, strict=True))


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        (429, "", "HTTP 429"),
        (403, "", "HTTP 403"),
        (401, "", "HTTP 401"),
        (451, "", "HTTP 451"),
        (503, "solve the captcha", "a captcha page"),
        (200, "unusual traffic", "a captcha page"),
        (500, "our footer loads a captcha", None),
        (200, '["/asset/x/bgEuwDxel93-Pg", "unusual traffic"]', None),
        (404, "", None),
    ],
)
def test_a_refusal_is_told_from_other_trouble(status: int, text: str, reason: str | None) -> None:
    assert explain_block(status, text) == reason
