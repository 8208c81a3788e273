"""Health, reloading, the page's frame, the queue, the metrics: within one process."""

import json
import shutil
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from application.factory import create_app
from application.services.colour_shares import measure_shares
from application.settings import Settings
from application.utility.body_memory import BodyMemory
from benchmarks.stand_in_model import make_stand_in_model
from src.errors import ModelMismatchError, ModelMissingError
from tests.application.test_classify import TOKEN, check_problem
from tests.support.picture_files import draw


def test_health_and_model(client: TestClient, models_dir: Path) -> None:
    card = json.loads((models_dir / "model_card.json").read_text())
    assert client.get("/health/live").json() == {"status": "alive"}
    assert client.get("/health/ready").json() == {"status": "ready", "model_version": card["version"]}
    assert client.get("/model").json() == card


def test_ready_asks_the_model_again(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(Settings(models_dir=models_dir))
    with TestClient(app) as client:
        runtime = app.state.runtime
        assert client.get("/health/ready").status_code == 200

        def fail(_: object) -> list[object]:
            raise ModelMismatchError("the probabilities are gone")

        monkeypatch.setattr(runtime.service.model, "predict_features", fail)
        monkeypatch.setattr("application.runtime.SELF_TEST_FRESH_SECONDS", 0.0)
        assert "probabilities are gone" in check_problem(client.get("/health/ready"), 503, "not-ready")["detail"]
        assert client.get("/health/live").status_code == 200


def test_before_the_model_is_loaded_nothing_is_ready(models_dir: Path, picture: bytes) -> None:
    client = TestClient(create_app(Settings(models_dir=models_dir)))  # not entered: the lifespan has not run
    assert check_problem(client.get("/health/ready"), 503, "not-ready")
    assert client.get("/health/ready").headers["retry-after"] == "5"
    assert check_problem(client.post("/img_classify", files={"file": picture}), 503, "not-ready")
    assert client.get("/health/live").status_code == 200


def test_no_model_is_a_refusal_to_start(tmp_path: Path) -> None:
    app = create_app(Settings(models_dir=tmp_path))
    with pytest.raises(ModelMissingError, match=r"lacks model_card\.json"), TestClient(app):
        pass
    assert "train a model" in app.state.runtime.refusal


def test_a_changed_file_is_a_refusal_to_start(models_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(models_dir, tmp_path / "models")
    with (tmp_path / "models" / "svm_classifier.joblib").open("ab") as file:
        file.write(b"!")
    with (
        pytest.raises(ModelMismatchError, match="not the file that its card describes"),
        TestClient(create_app(Settings(models_dir=tmp_path / "models"))),
    ):
        pass


def test_reloading_takes_a_new_model_and_refuses_a_broken_one(models_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    shutil.copytree(models_dir, folder)
    headers = {"authorization": f"Bearer {TOKEN}"}
    with TestClient(create_app(Settings(models_dir=folder, api_token=TOKEN))) as client:
        check_problem(client.post("/model/reload"), 401, "unauthorised")
        before = client.get("/model", headers=headers).json()["version"]
        after = make_stand_in_model(folder, seed=1).version
        assert after != before
        answer = client.post("/model/reload", headers=headers).json()
        assert answer == {"model_version": after, "previous_version": before, "other_workers": "none"}
        (folder / "scaler.joblib").write_bytes(b"broken")
        problem = check_problem(client.post("/model/reload", headers=headers), 503, "model-refused")
        assert after in problem["detail"]
        assert client.get("/model", headers=headers).json()["version"] == after
        metrics = client.get("/metrics", headers=headers).text
        assert 'service_model_loads_total{outcome="refused"} 1.0' in metrics


def test_reloading_over_http_needs_a_token(client: TestClient) -> None:
    check_problem(client.post("/model/reload"), 403, "reload-closed")


def test_metrics_count_what_happened(models_dir: Path, picture: bytes) -> None:
    with TestClient(create_app(Settings(models_dir=models_dir))) as client:
        client.post("/img_classify", files={"file": picture})
        client.post("/img_classify", files={"file": b"this is no picture"})
        client.get("/nowhere/at/all")
        client.get("/static/page.css")
        text = client.get("/metrics").text
    assert 'service_requests_total{method="POST",route="/img_classify",status="200"} 1.0' in text
    assert 'service_requests_total{method="GET",route="unmatched",status="404"} 1.0' in text
    assert 'service_requests_total{method="GET",route="/static",status="200"} 1.0' in text
    assert 'service_predictions_total{colour="BLUE"} 1.0' in text
    assert 'service_rejects_total{reason="unsupported-type"} 1.0' in text
    assert "service_request_seconds_bucket" in text
    assert "service_pictures_in_flight 0.0" in text


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
    app = create_app(Settings(models_dir=models_dir))
    with TestClient(app) as client:

        def fail(_: object) -> list[object]:
            raise KeyError("nobody expected this")

        monkeypatch.setattr(app.state.runtime.service.model, "predict_features", fail)
        problem = check_problem(client.post("/img_classify", files={"file": picture}), 500, "internal-error")
    assert "nobody expected this" not in json.dumps(problem)
    failure = next(line for line in capsys.readouterr().out.splitlines() if '"failure"' in line)
    assert problem["request_id"] in failure
    assert "nobody expected this" in failure


def test_an_unexpected_error_elsewhere_is_the_same(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(Settings(models_dir=models_dir))
    with TestClient(app) as client:
        monkeypatch.setattr(app.state.runtime, "check_health", lambda: {}["nobody expected this"])
        problem = check_problem(client.get("/health/ready"), 500, "internal-error")
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    (failure,) = [event for event in events if event["event"] == "failure"]
    assert failure["request_id"] == problem["request_id"]
    assert "nobody expected this" in failure["exception"]
    assert [event["outcome"] for event in events if event["event"] == "request"] == ["internal-error"]


def test_a_busy_service_says_when_to_come_back(
    models_dir: Path, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(Settings(models_dir=models_dir, decode_threads=1, maximum_waiting=0, request_seconds=0.3))
    with TestClient(app) as client:
        runtime, gate = app.state.runtime, threading.Event()
        classify = runtime.service.classify
        monkeypatch.setattr(runtime.service, "classify", lambda *_, **__: gate.wait(10) and classify(picture))
        answers = []
        first = threading.Thread(target=lambda: answers.append(client.post("/img_classify", files={"file": picture})))
        first.start()
        while runtime.pool.pending == 0:
            time.sleep(0.005)
        busy = client.post("/img_classify", files={"file": picture})
        check_problem(busy, 503, "overloaded")
        assert busy.headers["retry-after"] == "1"
        first.join()
        gate.set()
        check_problem(answers[0], 503, "time-exceeded")


def test_memory_for_uploads_is_given_back() -> None:
    memory = BodyMemory(100)
    with memory.lease() as first:
        first.take(80)
        with memory.lease() as second, pytest.raises(Exception, match="too many large uploads"):
            second.take(30)
        assert memory.used == 80
    assert memory.used == 0


def test_shares_of_clear_pictures() -> None:
    for colour in ("RED", "TEAL", "WHITE", "BLACK", "BROWN", "PURPLE"):
        image = cv2.imdecode(np.frombuffer(draw(colour), np.uint8), cv2.IMREAD_COLOR)
        assert measure_shares(image)[colour] > 0.8, colour
    half = np.zeros((10, 10, 3), np.uint8)
    half[:5] = 255
    assert measure_shares(half) == {"WHITE": 0.5, "BLACK": 0.5}


def test_settings_come_from_the_environment_and_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example, https://b.example")
    monkeypatch.setenv("DECODING_MEMORY_BYTES", "1000")
    monkeypatch.setenv("API_TOKEN", "")
    settings = Settings()
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert settings.decoding_memory_bytes == 1000
    assert settings.api_token is None
    for name, value in (
        ("API_TOKEN", "short"),
        ("DECODING_MEMORY_BYTES", "0"),
        ("BODY_MEMORY_BYTES", "1048576"),
        ("LOG_LEVEL", "x"),
    ):
        with monkeypatch.context() as context:
            context.setenv(name, value)
            with pytest.raises(ValueError, match="validation error"):
                Settings()


def test_every_setting_is_documented() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_pages_are_strict_and_take_nothing_from_elsewhere(client: TestClient) -> None:
    for path in ("/", "/docs"):
        page = client.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        for forbidden in ("<style", " style=", " onclick=", "javascript:", "//cdn", "https://"):
            assert forbidden not in page.text, (path, forbidden)
        assert page.text.count("<script") == (path == "/")
    assert client.get("/static/page.js").status_code == 200
    assert client.get("/static/../settings.py").status_code == 404


def test_every_kind_of_problem_is_explained(client: TestClient) -> None:
    reference = client.get("/docs").text
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"], (path, status)
                    for example in response["content"]["application/problem+json"]["examples"].values():
                        anchor = example["value"]["type"].split("#")[1]
                        assert f'id="{anchor}"' in reference
