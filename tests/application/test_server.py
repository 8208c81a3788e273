"""The running service: its OpenAPI document, limits on what arrives, signals under load, several workers."""

import os
import re
import shutil
import signal
import socket
import threading
from pathlib import Path

import pytest
import requests

from application.__main__ import main
from benchmarks.http_load import LoadResult, build_form, run_load, send_endless_body
from benchmarks.service_process import ServiceProcess, start_service
from tests.support.commands import run_python
from tests.support.made_rows import make_stand_in_model
from tests.support.picture_files import draw, make_png
from tests.support.waiting import wait_for

pytestmark = pytest.mark.slow

GIGABYTE = 10**9
MEBIBYTE = 1 << 20


def test_several_workers_share_their_figures(service: ServiceProcess, picture: bytes) -> None:
    assert len(service.list_workers()) == 2
    run_load(service.port, [build_form("/img_classify", picture)], clients=4, count=40)
    texts = [requests.get(f"{service.base_url}/metrics", timeout=10).text for _ in range(6)]
    (value,) = {re.search(r'service_predictions_total\{colour="BLUE"\} ([\d.]+)', text)[1] for text in texts}
    assert float(value) >= 40


def test_the_service_does_what_its_openapi_document_says(service: ServiceProcess, tmp_path: Path) -> None:
    """All checks of schemathesis but one: bytes that the schema allows need not be a picture."""
    options = ("--exclude-checks", "positive_data_acceptance", "--max-examples", "8", "--seed", "1", "--no-color")
    command = ("-m", "schemathesis.cli", "run", f"{service.base_url}/openapi.json", "--generation-database", "none")
    done = run_python(*command, *options, folder=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "7 selected / 7 total" in done.stdout
    statuses = {event["status"] for event in service.read_events() if event["event"] == "request"}
    assert 200 in statuses
    assert 500 not in statuses


def test_a_slow_body_is_refused(service: ServiceProcess) -> None:
    head = b"POST /img_classify HTTP/1.1\r\nHost: a\r\nContent-Type: image/jpeg\r\nContent-Length: 5000\r\n\r\n"
    answer = b""
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(head + b"\xff\xd8\xff\xe0")
        while data := connection.recv(65536):
            answer += data
    assert b" 408 " in answer.split(b"\r\n")[0]
    assert b"slow-body" in answer


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
@pytest.mark.parametrize("form", [False, True], ids=["raw", "form"])
def test_uploads_of_a_gigabyte_are_refused_early(service: ServiceProcess, chunked: bool, form: bool) -> None:
    before = service.measure_resident_bytes()
    for _ in range(2):
        status, sent = send_endless_body(service.port, GIGABYTE, chunked=chunked, form=form)
        assert status == 413
        assert sent < 60 * MEBIBYTE
    assert service.measure_resident_bytes() - before < 60 * MEBIBYTE


def test_bombs_cost_nothing(service: ServiceProcess) -> None:
    sizes = (30_000, 30_000), (2**31 - 1, 2**31 - 1), (64_000, 1001)
    bombs = [*(make_png(*size, b"") for size in sizes), make_png(10, 10, bytes(50 * MEBIBYTE))]
    before = service.measure_resident_bytes()
    result = run_load(service.port, [build_form("/img_classify", bomb) for bomb in bombs], clients=2, count=20)
    assert result.statuses == {413: 15, 200: 5}
    assert service.measure_resident_bytes() - before < 20 * MEBIBYTE


def test_under_load_a_new_model_is_taken_a_broken_one_refused_and_a_killed_worker_replaced(
    models_dir: Path, tmp_path: Path, picture: bytes
) -> None:
    folder = tmp_path / "models"
    shutil.copytree(models_dir, folder)
    posts = [build_form("/img_classify", content) for content in (draw("GREEN", (900, 700)), picture)]
    with start_service(folder, workers=2, settings={"MODEL_CHECK_SECONDS": "0.2"}) as service:
        result = LoadResult()
        thread = threading.Thread(target=lambda: result.add(run_load(service.port, posts, clients=8, seconds=4)))
        thread.start()
        version = make_stand_in_model(folder, seed=1).version
        assert wait_for(lambda: service.read_log().count("model reloaded") >= 2)
        thread.join(60)
        reloads = [event["model_version"] for event in service.read_events() if event["event"] == "model reloaded"]
        assert reloads == [version, version]
        assert (set(result.statuses), result.broken) == ({200}, 0)
        (folder / "scaler.joblib").write_bytes(b"broken")
        assert wait_for(lambda: service.read_log().count("model refused") >= 2)
        assert set(run_load(service.port, posts, clients=4, count=20).statuses) == {200}
        make_stand_in_model(folder, seed=1)
        victim, other = service.list_workers()
        victim.kill()
        assert wait_for(lambda: service.read_log().count("Application startup complete") == 3)
        assert other in service.list_workers()
        assert set(run_load(service.port, posts, clients=4, count=20).statuses) == {200}


def test_requests_in_flight_finish_on_sigterm(models_dir: Path) -> None:
    """Sixteen pictures wait or are decoded when the signal comes; none is lost."""
    request = build_form("/img_classify", draw("GREEN", (3000, 2500)))
    result = LoadResult()
    with start_service(models_dir, workers=1) as service:
        load = threading.Thread(target=lambda: result.add(run_load(service.port, [request], clients=16, count=16)))
        load.start()
        assert wait_for(lambda: "img_classify" in service.read_log())  # the first is answered, the others are not
        service.process.terminate()
        assert service.process.wait(60) == -signal.SIGTERM
        load.join(60)
    assert (result.statuses, result.broken) == ({200: 16}, 0)


def test_workers_that_cannot_start_end_the_command(tmp_path: Path) -> None:
    environment = {**os.environ, "MODELS_DIR": str(tmp_path)}
    done = run_python("-m", "application", "--port", "0", "--workers", "2", environment=environment)
    assert done.returncode == 3
    assert '"event":"refusing to start"' in done.stdout


def test_the_command_refuses_clearly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("WORKERS", "1")  # the command sets it
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port), "--workers", "2"]) == 2
    assert capsys.readouterr().err.startswith(f"cannot listen on 127.0.0.1 port {port} (")
    monkeypatch.setenv("DECODING_MEMORY_BYTES", "none")
    assert main(["--port", "0"]) == 2
    assert capsys.readouterr().err.startswith("DECODING_MEMORY_BYTES: ")
