import gzip
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

import pytest

from src.scraping.fetch.client import Answer, FetchError, HttpClient, explain_block, find_proxy
from tests.support.page_servers import PageServers, send

BOMB = gzip.compress(b"0" * 5_000_000)


def answer_oddly(request: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, without end, with a bomb, or with redirects that lead nowhere."""
    kind, _, number = request.path.strip("/").partition("-")
    if kind == "bomb":
        send(request, BOMB, Content_Encoding="gzip")
    elif kind == "once":
        send(request, status=301, Location="/there")
    elif kind == "file":
        send(request, status=302, Location="file:///etc/passwd")
    elif kind == "long":
        send(request, status=302, Location=f"/long-{int(number or 0) + 1}")
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
    for address in ("https://example.org/x", "http://a.localhost/x", "http://[::1]:9/x", "http://127.3.2.1/x"):
        assert find_proxy(address) is None
    assert find_proxy("http://127.example.org/x") == proxy
    monkeypatch.setenv("no_proxy", "example.org")
    assert find_proxy("http://example.org/x") is None


def test_no_connection_is_a_reason(servers: PageServers) -> None:
    for address, words, may_pass in (
        ("http://127.0.0.1:9/", "no whole answer", True),
        (servers.serve("not TLS").replace("http:", "https:"), "TLS", False),
    ):
        with pytest.raises(FetchError, match=words) as caught:
            HttpClient(None).get(address)
        assert caught.value.is_passing == may_pass


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("90000", 90_000.0),
        (format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True), 3600.0),
        ("soon", None),
        ("-5", None),
    ],
    ids=["seconds", "date", "words", "negative"],
)
def test_retry_after_is_read_in_both_forms(header: str, expected: float | None) -> None:
    seconds = Answer("http://h", 503, {"retry-after": header}, b"").retry_after
    assert seconds == (expected if expected is None else pytest.approx(expected, abs=600))


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        *((status, "", f"HTTP {status}") for status in (401, 403, 429, 451)),
        (503, "solve the captcha", "a captcha page"),
        (200, "unusual traffic", "a captcha page"),
        (500, "our footer loads a captcha", None),
        (200, '["/asset/x/bgEuwDxel93-Pg", "unusual traffic"]', None),
        (404, "", None),
    ],
)
def test_a_refusal_is_no_other_trouble(status: int, text: str, reason: str | None) -> None:
    assert explain_block(status, text) == reason
