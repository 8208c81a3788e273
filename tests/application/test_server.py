"""The running service: limits on what arrives, signals under load, several workers."""

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import pytest

from application.supervisor import Supervisor
from benchmarks.http_load import LoadResult, build_form_request, build_request, run_load
from benchmarks.service_process import ServiceProcess
from benchmarks.stand_in_model import make_stand_in_model
from benchmarks.uploads import send_endless_body
from src.paths import PROJECT_ROOT
from tests.application.test_classify import png_of_size
from tests.support.picture_files import draw

GIGABYTE = 10**9
MEBIBYTE = 1 << 20


def talk(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Send pieces, and read until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        answer = b""
        while data := connection.recv(65536):
            answer += data
        return answer


def test_several_workers_share_their_figures(service: ServiceProcess, picture: bytes) -> None:
    assert len(service.list_workers()) == 2
    run_load(service.port, [build_form_request("/img_classify", picture)], clients=4, count=40)
    values = set()
    for _ in range(6):
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        values.add(re.search(r'service_predictions_total\{colour="BLUE"\} ([\d.]+)', text).group(1))
        connection.close()
    assert len(values) == 1, "each worker tells its own figures"
    assert float(values.pop()) >= 40


def test_a_slow_header_is_refused(service: ServiceProcess) -> None:
    started = time.monotonic()
    answer = talk(service.port, b"POST /img_classify HTTP/1.1\r\nHost: a\r\n")
    assert b" 408 " in answer.split(b"\r\n")[0]
    assert b"application/problem+json" in answer
    assert 0.5 < time.monotonic() - started < 10


def test_a_slow_header_is_refused_on_a_connection_that_was_used_before(service: ServiceProcess) -> None:
    answer = talk(service.port, b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /health", pause=0.3)
    assert b" 200 " in answer.split(b"\r\n")[0]
    assert b"HTTP/1.1 408 " in answer


def test_a_slow_body_is_refused(service: ServiceProcess) -> None:
    head = b"POST /img_classify HTTP/1.1\r\nHost: a\r\nContent-Type: image/jpeg\r\nContent-Length: 5000\r\n\r\n"
    answer = talk(service.port, head, b"\xff\xd8\xff\xe0")
    assert b" 408 " in answer.split(b"\r\n")[0]
    assert b"slow-body" in answer
    started = time.monotonic()
    drops = [b"\xff\xd8\xff\xe0"] + [b"."] * 4
    answer = talk(service.port, head, *drops, pause=0.4)  # never a long pause, but too long in all
    assert b" 408 " in answer.split(b"\r\n")[0]
    assert time.monotonic() - started < 12


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a_huge_header_is_refused(service: ServiceProcess, chunked: bool) -> None:
    body = (
        b"POST /img_classify HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Type: image/png\r\n\r\n0\r\n"
    )
    start = body if chunked else b"GET / HTTP/1.1\r\nHost: a\r\n"
    try:
        answer = talk(service.port, start, b"X-Long: " + b"a" * MEBIBYTE)
    except ConnectionError:
        answer = b""  # closed while we were still sending
    assert not answer or b" 431 " in answer.split(b"\r\n")[0]


def test_what_is_not_http_gets_a_problem_document(service: ServiceProcess) -> None:
    answer = talk(service.port, b"\x16\x03\x01 hello\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 Bad Request")
    assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["status"] == 400


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
@pytest.mark.parametrize("form", [False, True], ids=["raw", "form"])
def test_uploads_of_a_gigabyte_are_refused_early(service: ServiceProcess, chunked: bool, form: bool) -> None:
    before = service.measure_resident_bytes()
    for _ in range(2):
        refusal = send_endless_body(service.port, GIGABYTE, chunked=chunked, form=form)
        assert refusal.status == 413
        assert refusal.sent_bytes < 60 * MEBIBYTE
    assert service.measure_resident_bytes() - before < 100 * MEBIBYTE


def test_pixel_bombs_cost_nothing(service: ServiceProcess) -> None:
    before = service.measure_resident_bytes()
    bombs = [png_of_size(30_000, 30_000), png_of_size(2**31 - 1, 2**31 - 1), png_of_size(64_000, 1001)]
    result = run_load(service.port, [build_form_request("/img_classify", bomb) for bomb in bombs], clients=2, count=60)
    assert set(result.statuses) == {413}
    assert service.measure_resident_bytes() - before < 20 * MEBIBYTE


def test_a_zip_bomb_inside_a_png_is_bounded_by_its_declared_size(service: ServiceProcess) -> None:
    inner = zlib.compress(bytes(50 * MEBIBYTE))
    bomb = png_of_size(10, 10).replace(zlib.compress(b"\0" * 100), inner)
    result = run_load(service.port, [build_form_request("/img_classify", bomb)], clients=1, count=5)
    assert set(result.statuses) == {422}


def start_load(
    service: ServiceProcess, requests: list[bytes], seconds: float
) -> tuple[threading.Thread, list[LoadResult]]:
    results: list[LoadResult] = []

    def load() -> None:
        results.append(run_load(service.port, requests, clients=8, seconds=seconds, reconnect=False))

    thread = threading.Thread(target=load)
    thread.start()
    return thread, results


def test_signals_under_load_drop_no_request(models_dir: Path, tmp_path: Path, picture: bytes) -> None:
    """SIGHUP takes a new model into use; SIGTERM lets everything accepted be answered."""
    folder = tmp_path / "models"
    shutil.copytree(models_dir, folder)
    large = draw("GREEN", (900, 700))
    requests = [build_form_request("/img_classify", content) for content in (large, picture)]
    with ServiceProcess(folder, workers=2) as service:
        thread, results = start_load(service, requests, 60)
        version = make_stand_in_model(folder, seed=1).version
        service.send_signal(signal.SIGHUP)
        end = time.monotonic() + 30
        while service.read_log().count("model reloaded") < 2 and time.monotonic() < end:
            time.sleep(0.1)
        events = service.read_events()
        reloaded = [event["model_version"] for event in events if event["event"] == "model reloaded"]
        assert reloaded == [version, version]
        assert {event["status"] for event in events if event["event"] == "request"} == {200}
        service.send_signal(signal.SIGTERM)
        thread.join(60)
        service.stop()
        log = service.read_log()
    (result,) = results
    assert result.broken == 0
    assert set(result.statuses) <= {200, 503}
    assert result.statuses[200] > 8
    assert "draining" in log


def test_the_command_refuses_clearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "application", "--port", "0", "--workers", "1"]
    monkeypatch.setenv("MODELS_DIR", str(tmp_path))
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert "refusing to start" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        again = [*command[:3], "--port", str(port), "--workers", "2"]
        done = subprocess.run(again, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"cannot listen on 127.0.0.1 port {port} (")
    assert "Traceback" not in done.stdout + done.stderr
    monkeypatch.setenv("DECODING_MEMORY_BYTES", "none")
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("DECODING_MEMORY_BYTES: ")


def test_help_names_every_setting() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "application", "--help"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    for name in ("MODELS_DIR", "MAXIMUM_BODY_BYTES", "API_TOKEN", "CORS_ORIGINS", "DRAIN_SECONDS"):
        assert name in done.stdout


def test_reloading_spares_workers_that_are_still_starting() -> None:
    class Starting:
        pid = 1

        def is_ready(self, **_: float) -> bool:
            return False

    supervisor = Supervisor.__new__(Supervisor)
    supervisor.processes = [Starting()]
    supervisor.handle_hup()  # would kill process 1 of a container


def test_a_small_refused_body_keeps_the_connection(service: ServiceProcess) -> None:
    result = run_load(
        service.port, [build_request("/img_classify", b"{}", "application/json")], clients=1, count=5, reconnect=False
    )
    assert result.statuses == {415: 5}
