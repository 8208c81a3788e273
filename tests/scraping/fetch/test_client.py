import gzip
import itertools
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

import pytest

from src.scraping.fetch.client import (
    Answer,
    FetchError,
    HttpClient,
    encode_contact,
    explain_block,
    find_proxy,
    retry,
)
from tests.support.page_servers import PageServers, send


def drip(request: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, headers or body, for as long as somebody reads."""
    if request.path == "/body":
        request.send_response(200)
        request.end_headers()
    else:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(600):
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.1)


def send_without_end(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b"x" * 65536)


@pytest.mark.parametrize("path", ["/body", "/headers"])
def test_an_answer_has_a_deadline_as_a_whole(servers: PageServers, path: str) -> None:
    with pytest.raises(FetchError, match="in time") as caught:
        HttpClient(None).get(servers.serve_with(drip) + path, deadline_seconds=0.5)
    assert not caught.value.is_passing


def test_an_answer_has_a_cap_on_its_bytes(servers: PageServers) -> None:
    with pytest.raises(FetchError, match="larger than 100,000 bytes"):
        HttpClient(None).get(servers.serve_with(send_without_end), maximum_bytes=100_000)


def test_a_compressed_answer_counts_by_its_content(servers: PageServers) -> None:
    bomb = gzip.compress(b"0" * 5_000_000)
    address = servers.serve_with(lambda request: send(request, bomb, Content_Encoding="gzip"))
    with pytest.raises(FetchError, match="larger than"):
        HttpClient(None).get(address, maximum_bytes=1_000_000)


def test_redirects_are_followed_and_named_where_they_lead_nowhere(servers: PageServers) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        kind, _, number = request.path.strip("/").partition("-")
        following = {"circle": f"/circle-{(int(number or 0) + 1) % 2}", "long": f"/long-{int(number or 0) + 1}"}
        if kind == "once":
            send(request, status=301, Location="/there")
        elif kind == "file":
            send(request, status=302, Location="file:///etc/passwd")
        elif kind in following:
            send(request, status=302, Location=following[kind])
        else:
            send(request, b"here", X_Thing="1")

    base, client = servers.serve_with(answer), HttpClient("me@example.org")
    found = client.get(f"{base}/once")
    assert (found.address, found.status, found.content, found.headers["x-thing"]) == (
        f"{base}/there",
        200,
        b"here",
        "1",
    )
    for path, words in (("circle-0", "in a circle"), ("long", "more than 5 redirects"), ("file", "no web address")):
        with pytest.raises(FetchError, match=words):
            client.get(f"{base}/{path}")


def test_every_request_names_us_in_any_script(servers: PageServers) -> None:
    seen: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        seen.append(str(request.headers["User-Agent"]))
        send(request)

    HttpClient("Muzeum w Łodzi <z@example.org>").get(servers.serve_with(answer))
    assert seen == ["GoogleArtCultureImageClassification/1.0 (+Muzeum w %C5%81odzi <z@example.org>)"]
    assert encode_contact("a@b.org") == "a@b.org"


def test_outside_hosts_go_through_the_proxy_and_this_machine_never(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "no_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    assert find_proxy("http://example.org/x") == "http://proxy:3128"
    assert find_proxy("https://example.org/x") is None
    for host in ("127.0.0.1:80", "localhost", "[::1]:9", "127.3.2.1"):
        assert find_proxy(f"http://{host}/x") is None
    monkeypatch.setenv("no_proxy", "example.org")
    assert find_proxy("http://example.org/x") is None


def test_a_request_reaches_the_proxy(servers: PageServers, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = servers.serve_with(lambda request: send(request, request.path.encode()))
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert HttpClient(None).get("http://gallery.example/x").content == b"http://gallery.example/x"
    assert HttpClient(None).get(f"{proxy}/x").content == b"/x"


def test_no_connection_is_a_reason(servers: PageServers) -> None:
    with pytest.raises(FetchError, match="no whole answer") as caught:
        HttpClient(None).get("http://127.0.0.1:9/")
    assert caught.value.is_passing
    plain = servers.serve("not TLS").replace("http:", "https:")
    with pytest.raises(FetchError, match="TLS"):
        HttpClient(None).get(plain)


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("3", 3.0, 3.0),
        (format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True), 3000.0, 3600.0),
        ("Wed, 25 Nov 2020 21:00:00 GMT", 0.0, 0.0),
        ("9" * 400, 1e9, 1e9),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str, least: float, most: float) -> None:
    seconds = Answer("http://h", 503, {"retry-after": header}, b"").retry_after
    assert seconds is not None
    assert least <= seconds <= most


@pytest.mark.parametrize("headers", [{}, {"retry-after": "soon"}, {"retry-after": "-5"}])
def test_another_retry_after_says_nothing(headers: dict[str, str]) -> None:
    assert Answer("http://h", 503, headers, b"").retry_after is None


@pytest.mark.parametrize(
    ("errors", "calls", "pauses"),
    [
        ([FetchError("a"), FetchError("b")], 3, [(1, 2), (2, 3)]),
        ([FetchError("a", retry_after=30.0)], 2, [(30, 30)]),
        ([FetchError("a", retry_after=3600.0)], 1, []),
        ([FetchError("a", is_passing=False)], 1, []),
        ([ValueError("a")], 1, []),
        ([FetchError("a")] * 9, 6, [(1, 2), (2, 3), (4, 5), (8, 9), (16, 17)]),
    ],
)
def test_only_what_may_pass_is_tried_again(
    errors: list[Exception], calls: int, pauses: list[tuple[float, float]]
) -> None:
    counter, waiting, slept = itertools.count(), list(errors), list[float]()

    def act() -> str:
        next(counter)
        if waiting:
            raise waiting.pop(0)
        return "done"

    if calls > len(errors):
        assert retry(act, first_pause=1.0, sleep=slept.append) == "done"
    else:
        with pytest.raises(type(errors[0])):
            retry(act, first_pause=1.0, sleep=slept.append)
    assert next(counter) == calls
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
