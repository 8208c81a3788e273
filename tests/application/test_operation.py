"""Health, reloading, the page's frame, the queue, the metrics: within one process."""

import asyncio
import json
import re
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest
from fastapi import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from application.main import create_app
from application.problems import ProblemError
from application.schemas import Classification
from application.services.colour_shares import measure_shares
from application.settings import MEBIBYTE, Settings
from application.utility.conversion import PictureReader
from application.utility.upload import limit_body
from src.errors import ImageTooLargeError, ModelMismatchError
from src.features.decode_image import decode_image
from src.features.image_header import read_header
from src.features.measure_image import Picture, read_picture
from tests.application.test_classify import TOKEN, check_problem
from tests.support.made_rows import make_stand_in_model
from tests.support.picture_files import draw, make_png
from tests.support.waiting import wait_for


def test_health_and_model(client: TestClient, models_dir: Path) -> None:
    check_problem(client.post("/model/reload"), 403, "reload-closed")
    card = json.loads((models_dir / "model_card.json").read_text())
    assert client.get("/health/live").json() == {"status": "alive"}
    assert client.get("/health/ready").json() == {"status": "ready", "model_version": card["version"]}
    assert client.get("/model").json() == card


def test_ready_asks_the_model_again(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    fail = Mock(side_effect=ModelMismatchError("the probabilities are gone"))
    monkeypatch.setattr(client.app.state.classifier.model, "predict_features", fail)
    assert "probabilities are gone" in check_problem(client.get("/health/ready"), 503, "not-ready")["detail"]
    assert client.get("/health/live").status_code == 200


def test_before_the_model_is_loaded_nothing_is_ready(models_dir: Path, picture: bytes) -> None:
    client = TestClient(create_app(Settings(models_dir=models_dir)))  # not entered: the lifespan has not run
    assert check_problem(client.get("/health/ready"), 503, "not-ready")
    assert client.get("/health/ready").headers["retry-after"] == "5"
    assert check_problem(client.post("/img_classify", files={"file": picture}), 503, "not-ready")
    assert client.get("/health/live").status_code == 200


def test_reloading_takes_a_new_model_and_refuses_a_broken_one(models_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    shutil.copytree(models_dir, folder)
    headers = {"authorization": f"Bearer {TOKEN}"}
    with TestClient(create_app(Settings(models_dir=folder, api_token=TOKEN, model_check_seconds=1000))) as client:
        check_problem(client.post("/model/reload"), 401, "unauthorised")
        before = client.get("/model", headers=headers).json()["version"]
        after = make_stand_in_model(folder, seed=1).version
        assert after != before
        answer = client.post("/model/reload", headers=headers).json()
        assert answer == {"model_version": after, "previous_version": before}
        (folder / "scaler.joblib").write_bytes(b"broken")
        problem = check_problem(client.post("/model/reload", headers=headers), 503, "model-refused")
        assert after in problem["detail"]
        assert client.get("/model", headers=headers).json()["version"] == after
        assert read_figure(client.get("/metrics", headers=headers).text, 'model_loads_total{outcome="refused"}') >= 1


def read_figure(text: str, name: str) -> float:
    """Value of one of the service's figures; 0 before it was first counted."""
    found = re.search(rf"^service_{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found.group(1)) if found else 0.0


@pytest.mark.parametrize(
    ("figure", "address", "content"),
    [
        ('requests_total{method="POST",route="/img_classify",status="200"}', "/img_classify", draw("BLUE")),
        ('predictions_total{colour="BLUE"}', "/img_classify", draw("BLUE")),
        ('rejects_total{reason="unsupported-type"}', "/img_classify", b"this is no picture"),
        ('requests_total{method="GET",route="unmatched",status="404"}', "/nowhere/at/all", None),
        ('requests_total{method="GET",route="/static",status="200"}', "/static/page.css", None),
    ],
)
def test_metrics_count_what_happened(client: TestClient, figure: str, address: str, content: bytes | None) -> None:
    before = read_figure(client.get("/metrics").text, figure)
    client.request("POST" if content else "GET", address, files={"file": content} if content else None)
    text = client.get("/metrics").text
    assert read_figure(text, figure) == before + 1
    assert read_figure(text, "pictures_in_flight") == 0


def test_the_log_has_one_line_per_request_and_no_picture(
    models_dir: Path, picture: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    with TestClient(create_app(Settings(models_dir=models_dir))) as client:
        client.post("/img_classify", files={"file": ("secret-name.jpg", picture)}, headers={"x-request-id": "abc-1"})
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (line,) = [line for line in lines if line["event"] == "request"]
    assert line["request_id"] == "abc-1"
    assert (line["status"], line["outcome"], line["path"]) == (200, "BLUE", "/img_classify")
    assert len(picture) < line["received_bytes"] < len(picture) + 500
    assert line["milliseconds"] > 0
    assert "secret-name" not in json.dumps(lines)


def test_an_unexpected_error_is_a_problem_with_an_id_and_a_logged_traceback(
    models_dir: Path, picture: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with TestClient(create_app(Settings(models_dir=models_dir))) as client:
        monkeypatch.setattr(client.app.state.classifier, "classify", Mock(side_effect=KeyError("nobody expected this")))
        problem = check_problem(client.post("/img_classify", files={"file": picture}), 500, "internal-error")
    assert "nobody expected this" not in json.dumps(problem)
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (failure,) = [event for event in events if event["event"] == "failure"]
    assert failure["request_id"] == problem["request_id"]
    assert "nobody expected this" in failure["exception"]
    assert [event["outcome"] for event in events if event["event"] == "request"] == ["internal-error"]


def test_a_busy_service_says_when_to_come_back(
    models_dir: Path, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(models_dir=models_dir, decode_threads=1, maximum_waiting=0, request_seconds=0.3)
    with TestClient(create_app(settings)) as client, ThreadPoolExecutor(1) as executor:
        begun, gate = threading.Event(), threading.Event()
        classify = client.app.state.classifier.classify

        def wait(content: bytes, **named: bool) -> Classification:
            begun.set()
            gate.wait(10)
            return classify(content, **named)

        def post() -> Response:
            return client.post("/img_classify", files={"file": picture})

        monkeypatch.setattr(client.app.state.classifier, "classify", wait)
        first = executor.submit(post)
        assert begun.wait(10)
        busy = post()
        check_problem(busy, 503, "overloaded")
        assert busy.headers["retry-after"] == "1"
        assert client.get("/health/ready").status_code == 200, "busy is not broken"
        check_problem(first.result(), 503, "time-exceeded")
        check_problem(post(), 503, "overloaded")  # still at work
        gate.set()
        assert wait_for(lambda: post().status_code == 200)


@pytest.mark.parametrize(("share", "expected"), [(1.0, 1), (2.0, 2)])
def test_pictures_wait_for_the_memory_that_decoding_them_takes(
    share: float, expected: int, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = PictureReader(len(picture), int(share * read_header(picture).memory))
    at_work, most = [], []

    def read_slowly(*arguments: object) -> Picture:
        at_work.append(1)
        most.append(len(at_work))
        time.sleep(0.05)
        at_work.pop()
        return read_picture(*arguments)

    monkeypatch.setattr("application.utility.conversion.read_picture", read_slowly)
    with ThreadPoolExecutor(3) as executor:
        assert [read.width for read in executor.map(reader.read, [picture] * 4)] == [60] * 4
    assert max(most) == expected
    with pytest.raises(ImageTooLargeError, match="would take about"):
        reader.read(make_png(2000, 2000, b""))


def test_uploads_take_no_more_memory_than_is_free() -> None:
    app = SimpleNamespace(state=SimpleNamespace(body_bytes=0))

    def limit(name: bytes, value: bytes) -> AbstractContextManager[Request]:
        request = Request({"type": "http", "headers": [(name, value)], "app": app})
        return limit_body(request, Settings(body_memory_bytes=MEBIBYTE), MEBIBYTE)

    async def run() -> None:
        refused = pytest.raises(ProblemError, match="too many large uploads")
        with refused, limit(b"transfer-encoding", b"chunked"), limit(b"content-length", b"80"):
            pass  # the first reserves all that it may send, and gives it back when it breaks off
        with limit(b"content-length", b"80"):
            assert app.state.body_bytes == 80
        assert app.state.body_bytes == 0

    asyncio.run(run())


def test_shares_of_clear_pictures() -> None:
    for colour in ("RED", "TEAL", "WHITE", "BLACK", "BROWN", "PURPLE"):
        assert measure_shares(decode_image(draw(colour)))[colour] > 0.8, colour
    half = np.zeros((10, 10, 3), np.uint8)
    half[:5] = 255
    assert measure_shares(half) == {"WHITE": 0.5, "BLACK": 0.5}


def test_settings_come_from_the_environment_and_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example, HTTPS://b.example:8080/")
    monkeypatch.setenv("API_TOKEN", "")
    settings = Settings()
    assert settings.cors_origins == ("https://a.example", "https://b.example:8080")
    assert settings.api_token is None
    for name, value in {"api_token": "short", "cors_origins": "https://a.example/path"}.items():
        with pytest.raises(ValueError, match=name):
            Settings(**{name: value})


def test_pages_are_strict_and_take_nothing_from_elsewhere(client: TestClient) -> None:
    for path in ("/", "/docs"):
        page = client.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        for forbidden in ("<style", " style=", " onclick=", "javascript:", "//cdn", "https://"):
            assert forbidden not in page.text, (path, forbidden)
        for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
            assert client.get(address).status_code == 200, address
    assert client.get("/static/../settings.py").status_code == 404


def test_every_kind_of_problem_is_explained(client: TestClient) -> None:
    documentation = client.get("/docs").text
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"], (path, status)
                    for example in response["content"]["application/problem+json"]["examples"].values():
                        assert f'id="{example["value"]["type"].split("#")[1]}"' in documentation
