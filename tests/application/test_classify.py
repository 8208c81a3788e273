"""POST /img_classify and /img_classify/batch: answers, and every refusal."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from application.factory import create_app
from application.schemas import Classification
from application.settings import Settings
from src.features.measure_image import measure_image
from src.features.schema import FEATURE_NAMES
from src.models.artefacts import load_model
from tests.support.picture_files import draw

JPEG = {"content-type": "image/jpeg"}
TOKEN = "0123456789abcdef"  # noqa: S105 - of these tests alone


def check_problem(response, status: int, slug: str) -> dict:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == f"/docs#problem-{slug}"
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["x-request-id"]
    assert len(problem["detail"]) > 20
    return problem


def test_a_form_and_a_raw_body_give_what_the_model_says(client: TestClient, models_dir: Path, picture: bytes) -> None:
    (expected,) = load_model(models_dir).predict_features(measure_image(picture)[None])
    form = client.post("/img_classify", files={"file": ("a.jpg", picture, "image/jpeg")})
    raw = client.post("/img_classify", content=picture, headers={"content-type": "image/jpeg"})
    assert form.status_code == raw.status_code == 200
    assert form.json() == raw.json()
    answer = form.json()
    assert answer["prediction"] == expected.colour == "BLUE"
    assert answer["probabilities"] == pytest.approx(dict(expected.probabilities))
    assert list(answer["probabilities"])[:2] == ["BLUE", answer["second_prediction"]]
    assert (answer["width"], answer["height"]) == (60, 40)
    assert "shares" not in answer
    assert "features" not in answer


def test_answers_are_what_the_document_describes(client: TestClient, picture: bytes) -> None:
    for query in ("", "?shares=true&features=true"):
        answer = client.post(f"/img_classify{query}", files={"file": picture}).json()
        assert Classification.model_validate(answer).model_dump(exclude_none=True) == answer


def test_a_prefix_of_all_addresses_changes_no_answer(models_dir: Path, picture: bytes) -> None:
    """What the short way does not know goes through FastAPI, to the same route."""
    with TestClient(create_app(Settings(models_dir=models_dir)), root_path="/colours") as client:
        prefixed = client.post("/colours/img_classify", files={"file": picture})
        assert prefixed.status_code == 200
        assert prefixed.json() == client.post("/img_classify", files={"file": picture}).json()
        check_problem(client.post("/colours/img_classify", content=b"%PDF-1.7", headers=JPEG), 415, "unsupported-type")
        check_problem(client.get("/colours/img_classify"), 405, "method-not-allowed")
        figures = client.get("/metrics").text
    assert 'service_requests_total{method="POST",route="/img_classify",status="200"} 2.0' in figures


def test_shares_and_features_on_request(client: TestClient, picture: bytes) -> None:
    answer = client.post("/img_classify?shares=true&features=true", files={"file": picture}).json()
    assert list(answer["features"]) == list(FEATURE_NAMES)
    assert list(answer["features"].values()) == pytest.approx(measure_image(picture).tolist())
    assert sum(answer["shares"].values()) == pytest.approx(1)
    assert next(iter(answer["shares"])) == "BLUE"


@pytest.mark.parametrize("kind", [".jpg", ".png", ".webp"])
def test_content_decides_and_not_the_name(client: TestClient, kind: str) -> None:
    response = client.post("/img_classify", files={"file": ("notes.txt", draw("RED", kind=kind), "text/plain")})
    assert response.json()["prediction"] == "RED"


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that declares a size without having the pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "status", "slug"),
    [
        (b"", 422, "undecodable"),
        (b"just some text, named .jpg", 415, "unsupported-type"),
        (b"%PDF-1.7" + bytes(100), 415, "unsupported-type"),
        (b"\xff\xd8\xff", 422, "undecodable"),
        (draw("BLUE", (300, 200))[:2000], 422, "undecodable"),
        (png_of_size(20_000, 20_000), 413, "too-many-pixels"),
        (png_of_size(10, 10), 422, "undecodable"),
    ],
    ids=["empty", "text", "pdf", "three bytes", "truncated", "pixel bomb", "no pixels"],
)
def test_bad_files(client: TestClient, content: bytes, status: int, slug: str) -> None:
    check_problem(client.post("/img_classify", files={"file": ("a.jpg", content)}), status, slug)
    check_problem(client.post("/img_classify", content=content, headers={"content-type": "image/jpeg"}), status, slug)


@pytest.mark.parametrize(
    "image",
    [
        np.full((40, 60), 128, np.uint8),
        np.full((40, 60, 3), 40_000, np.uint16),
        np.dstack([np.full((40, 60, 3), 128, np.uint8), np.full((40, 60), 90, np.uint8)]),
    ],
    ids=["grey", "16 bits", "alpha"],
)
def test_unusual_png_files_are_classified(client: TestClient, image: np.ndarray) -> None:
    response = client.post("/img_classify", files={"file": cv2.imencode(".png", image)[1].tobytes()})
    assert response.status_code == 200


def test_bad_requests(client: TestClient, picture: bytes) -> None:
    post = client.post
    check_problem(post("/img_classify", files={"picture": picture}), 422, "invalid-request")
    check_problem(post("/img_classify", files=[("file", picture), ("file", picture)]), 422, "invalid-request")
    check_problem(post("/img_classify?shares=perhaps", files={"file": picture}), 422, "invalid-request")
    check_problem(post("/img_classify?share=true", files={"file": picture}), 422, "invalid-request")
    check_problem(post("/img_classify/batch", files={"files": (None, picture)}), 422, "invalid-request")
    check_problem(
        post("/img_classify", content=b"{}", headers={"content-type": "application/json"}), 415, "unsupported-type"
    )
    check_problem(post("/img_classify", content=picture), 415, "unsupported-type")
    form = {"content-type": "multipart/form-data; boundary=x"}
    check_problem(post("/img_classify", content=b"--y\r\n", headers=form), 400, "malformed-form")
    cut = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc'
    check_problem(post("/img_classify", content=cut, headers=form), 400, "malformed-form")
    no_boundary = {"content-type": "multipart/form-data"}
    check_problem(post("/img_classify", content=cut, headers=no_boundary), 400, "malformed-form")
    check_problem(client.get("/img_classify"), 405, "method-not-allowed")
    assert client.get("/img_classify").headers["allow"] == "POST"
    check_problem(client.get("/nowhere"), 404, "not-found")


def test_a_batch_answers_for_every_file_in_order(client: TestClient) -> None:
    files = [
        ("files", ("red.jpg", draw("RED"))),
        ("files", ("bad.jpg", b"no picture at all")),
        ("files", ("g.png", draw("GREEN"))),
    ]
    answer = client.post("/img_classify/batch?shares=1", files=files).json()
    assert (answer["classified"], answer["refused"]) == (2, 1)
    assert [item["filename"] for item in answer["items"]] == ["red.jpg", "bad.jpg", "g.png"]
    assert answer["items"][0]["classification"]["prediction"] == "RED"
    assert "GREEN" in answer["items"][2]["classification"]["shares"]
    assert answer["items"][1]["problem"]["status"] == 415


def test_small_limits(models_dir: Path, picture: bytes) -> None:
    settings = Settings(
        models_dir=models_dir,
        maximum_body_bytes=2000,
        maximum_batch_bytes=6000,
        maximum_batch_files=3,
        decoding_memory_bytes=30_000,
    )
    small, many_pixels = draw("RED", (30, 20)), png_of_size(90, 80)
    noise = b"\xff\xd8\xff" + bytes(2000)
    assert len(small) < 2000
    with TestClient(create_app(settings)) as client:
        assert client.post("/img_classify", files={"file": small}).status_code == 200
        problem = check_problem(client.post("/img_classify", files={"file": noise}), 413, "body-too-large")
        assert "2,000 bytes" in problem["detail"]
        raw = {"content-type": "image/jpeg"}
        check_problem(client.post("/img_classify", content=noise, headers=raw), 413, "body-too-large")
        check_problem(client.post("/img_classify", content=iter([noise]), headers=raw), 413, "body-too-large")
        check_problem(client.post("/img_classify", files={"file": many_pixels}), 413, "too-many-pixels")
        batch = client.post("/img_classify/batch", files=[("files", small), ("files", noise)]).json()
        assert batch["items"][1]["problem"]["type"] == "/docs#problem-body-too-large"
        four = [("files", small)] * 4
        check_problem(client.post("/img_classify/batch", files=four), 413, "too-many-files")
        check_problem(
            client.post(
                "/img_classify/batch",
                content=b"x" * 80_000,
                headers={"content-type": "multipart/form-data; boundary=x"},
            ),
            413,
            "body-too-large",
        )


def test_a_token_and_origins(models_dir: Path, picture: bytes) -> None:
    settings = Settings(models_dir=models_dir, api_token=TOKEN, cors_origins="https://a.example")
    with TestClient(create_app(settings)) as client:
        for path in ("/model", "/metrics"):
            problem = check_problem(client.get(path), 401, "unauthorised")
            assert "token" in problem["detail"]
        refused = client.post(
            "/img_classify", files={"file": picture}, headers={"authorization": "Bearer 0123456789abcdeF"}
        )
        check_problem(refused, 401, "unauthorised")
        assert refused.headers["www-authenticate"] == "Bearer"
        good = {"authorization": "bearer 0123456789abcdef", "origin": "https://a.example"}
        answer = client.post("/img_classify", files={"file": picture}, headers=good)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://a.example"
        for path in ("/health/live", "/health/ready", "/", "/docs", "/openapi.json"):
            assert client.get(path).status_code == 200
        other = client.get("/health/live", headers={"origin": "https://b.example"})
        assert "access-control-allow-origin" not in other.headers


def test_cors_is_closed_by_default(client: TestClient) -> None:
    response = client.get("/health/live", headers={"origin": "https://a.example"})
    assert "access-control-allow-origin" not in response.headers
