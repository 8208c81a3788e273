"""POST /img_classify and /img_classify/batch: answers, and every refusal."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from fastapi import Depends, HTTPException, Request, Response
from starlette.testclient import TestClient

from application.main import create_app
from application.routers import classify
from application.schemas import Classification
from application.settings import FORM_ALLOWANCE_BYTES, Settings
from src.features.measure_image import measure_image
from src.features.schema import FEATURE_NAMES
from src.models.artefacts import load_model
from tests.support.picture_files import draw, make_png

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
    answer = client.post("/img_classify", files={"file": ("a.jpg", picture, "image/jpeg")}).json()
    assert answer == client.post("/img_classify", content=picture, headers=JPEG).json()
    assert answer["prediction"] == expected.colour == "BLUE"
    assert answer["probabilities"] == pytest.approx(dict(expected.probabilities))
    assert list(answer["probabilities"])[:2] == ["BLUE", answer["second_prediction"]]
    assert (answer["kind"], answer["width"], answer["height"]) == ("JPEG", 60, 40)
    assert answer["colour_profile"] == {"action": "none", "detail": ""}
    assert answer["is_familiar"] == expected.is_familiar
    assert next(iter(answer)) == "prediction"
    assert not {"shares", "features"} & answer.keys()


def test_a_proxys_prefix_changes_no_answer_and_stands_in_links(models_dir: Path, picture: bytes) -> None:
    with TestClient(create_app(Settings(models_dir=models_dir)), root_path="/colours") as client:
        prefixed = client.post("/colours/img_classify", files={"file": picture})
        assert prefixed.status_code == 200
        assert prefixed.json() == client.post("/img_classify", files={"file": picture}).json()
        problem = client.post("/colours/img_classify", content=b"no picture", headers=JPEG).json()
        assert problem["type"] == "/colours/docs#problem-unsupported-type"
        assert 'src="/colours/static/page.js' in client.get("/colours/").text
        assert 'data-openapi="/colours/openapi.json"' in client.get("/colours/docs").text


def test_shares_and_features_on_request(client: TestClient, picture: bytes) -> None:
    answer = client.post("/img_classify?shares=true&features=true", files={"file": picture}).json()
    assert Classification.model_validate(answer).model_dump() == answer
    assert list(answer["features"]) == list(FEATURE_NAMES)
    assert list(answer["features"].values()) == pytest.approx(measure_image(picture).tolist())
    assert sum(answer["shares"].values()) == pytest.approx(1)
    assert next(iter(answer["shares"])) == "BLUE"


@pytest.mark.parametrize("kind", [".jpg", ".png", ".webp", ".gif", ".bmp", ".tiff", ".avif"])
def test_content_decides_and_not_the_name_or_type(client: TestClient, kind: str) -> None:
    content = draw("RED", kind=kind)
    for sent in (
        {"files": {"file": ("notes.txt", content, "text/plain")}},
        {"content": content, "headers": {"content-type": "binary/octet-stream"}},
        {"content": content, "headers": {"content-type": "image/x-unknown"}},
    ):
        assert client.post("/img_classify", **sent).json()["prediction"] == "RED"


@pytest.mark.parametrize(
    ("content", "status", "slug"),
    [
        (b"", 422, "undecodable"),
        (b"just some text, named .jpg", 415, "unsupported-type"),
        (draw("BLUE", (300, 200))[:2000], 422, "undecodable"),
        (make_png(20_000, 20_000, bytes(100)), 413, "picture-too-large"),
    ],
    ids=["empty", "text", "truncated", "pixel bomb"],
)
def test_bad_files(client: TestClient, content: bytes, status: int, slug: str) -> None:
    check_problem(client.post("/img_classify", files={"file": ("a.jpg", content)}), status, slug)
    check_problem(client.post("/img_classify", content=content, headers=JPEG), status, slug)


FORM = {"content-type": "multipart/form-data; boundary=x"}
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc'


@pytest.mark.parametrize(
    ("address", "sent", "status", "slug"),
    [
        ("", {"files": {"picture": b"x"}}, 422, "invalid-request"),
        ("", {"files": [("file", b"x"), ("file", b"x")]}, 422, "invalid-request"),
        ("", {"files": {"file": (None, "text")}}, 422, "invalid-request"),
        ("?shares=perhaps", {"content": b"x", "headers": JPEG}, 422, "invalid-request"),
        ("?share=true", {"content": b"x", "headers": JPEG}, 422, "invalid-request"),
        ("", {"content": b"{}", "headers": {"content-type": "application/json"}}, 415, "unsupported-type"),
        ("", {"content": b"x"}, 415, "unsupported-type"),
        ("", {"content": b"x", "headers": JPEG | {"content-encoding": "gzip"}}, 415, "unsupported-type"),
        ("", {"content": b"--y\r\n", "headers": FORM}, 400, "malformed-form"),
        ("", {"content": PART, "headers": {"content-type": "multipart/form-data"}}, 400, "malformed-form"),
        pytest.param(
            *("", {"content": PART, "headers": FORM}, 422, "invalid-request"),
            # Starlette leaves the file of a part without end to Python
            marks=pytest.mark.filterwarnings("ignore:Exception ignored"),
        ),
        ("/batch", {"content": b"x", "headers": JPEG}, 415, "unsupported-type"),
        ("/batch", {"files": {"file": b"x"}}, 422, "invalid-request"),
        ("/batch", {"files": {"files": (None, "text")}}, 422, "invalid-request"),
    ],
)
def test_bad_requests(client: TestClient, address: str, sent: dict, status: int, slug: str) -> None:
    check_problem(client.post(f"/img_classify{address}", **sent), status, slug)


def test_head_is_answered_wherever_get_is(client: TestClient) -> None:
    for address in ("/", "/docs", "/openapi.json", "/health/ready", "/model", "/metrics", "/static/page.css"):
        head = client.head(address)
        assert (head.status_code, head.content) == (200, b""), address
    check_problem(client.get("/nowhere"), 404, "not-found")
    check_problem(client.get("/img_classify"), 405, "method-not-allowed")
    assert client.get("/img_classify").headers["allow"] == "POST"


def test_what_is_added_to_the_application_works_on_the_busy_address(models_dir: Path, picture: bytes) -> None:
    """A middleware, a dependency and an HTTPException, each as FastAPI's documentation has it."""
    app = create_app(Settings(models_dir=models_dir))

    @app.middleware("http")
    async def stamp(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers["x-stamp"] = "seen"
        return response

    def refuse_teapots(request: Request) -> None:
        if "x-teapot" in request.headers:
            raise HTTPException(418, "short and stout", {"x-teapot": "yes"})

    app.include_router(classify.router, prefix="/guarded", dependencies=[Depends(refuse_teapots)])
    with TestClient(app) as client:
        for address in ("/img_classify", "/guarded/img_classify"):
            answer = client.post(address, files={"file": picture})
            assert (answer.json()["prediction"], answer.headers["x-stamp"]) == ("BLUE", "seen")
        refused = client.post("/guarded/img_classify", files={"file": picture}, headers={"x-teapot": "1"})
    assert (refused.status_code, refused.headers["x-teapot"]) == (418, "yes")
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert (problem["type"], problem["title"], problem["detail"]) == ("about:blank", "I'm a Teapot", "short and stout")


def test_a_batch_answers_for_every_file_in_order(client: TestClient) -> None:
    files = ("red.jpg", draw("RED")), ("bad.jpg", b"no picture at all"), (None, "text"), ("g.png", draw("GREEN"))
    answer = client.post("/img_classify/batch?shares=1", files=[("files", file) for file in files]).json()
    assert (answer["classified"], answer["refused"]) == (2, 2)
    assert [item.get("filename") for item in answer["items"]] == ["red.jpg", "bad.jpg", None, "g.png"]
    assert answer["items"][0]["classification"]["prediction"] == "RED"
    assert "GREEN" in answer["items"][3]["classification"]["shares"]
    assert [item["problem"]["status"] for item in answer["items"][1:3]] == [415, 422]


def test_an_odd_part_is_one_items_matter(client: TestClient) -> None:
    """A large file that says its name in ``filename*`` alone, which forms must not do (RFC 7578, section 4.2)."""
    large = draw("RED", (1500, 1200), ".png")
    assert len(large) > 1 << 20
    parts = (b"filename*=UTF-8''M%C3%A4d.jpg", large), (b"filename=a", draw("BLUE"))
    head = b"--x\r\nContent-Disposition: form-data; name=files; "
    body = b"".join(head + name + b"\r\n\r\n" + content + b"\r\n" for name, content in parts) + b"--x--\r\n"
    answer = client.post("/img_classify/batch", content=body, headers=FORM).json()
    assert (answer["classified"], answer["refused"]) == (1, 1)
    assert "filename" in answer["items"][0]["problem"]["detail"]


def test_small_limits(models_dir: Path) -> None:
    limits = {"maximum_body_bytes": 2000, "maximum_batch_bytes": 6000, "maximum_batch_files": 3}
    settings = Settings(models_dir=models_dir, decoding_memory_bytes=30_000, **limits)
    small, noise = draw("RED", (30, 20)), b"\xff\xd8\xff" + bytes(2000)
    endless = bytes(FORM_ALLOWANCE_BYTES + 3000)
    with TestClient(create_app(settings)) as client:

        def post(address: str = "", **sent: object) -> Response:
            return client.post(f"/img_classify{address}", **sent)

        assert post(files={"file": small}).status_code == 200
        problem = check_problem(post(files={"file": noise}), 413, "picture-too-large")
        assert "2,000" in problem["detail"]
        check_problem(post(files={"file": make_png(200, 180, bytes(100))}), 413, "picture-too-large")
        check_problem(post(content=endless, headers=JPEG), 413, "body-too-large")
        check_problem(post(content=iter([PART, endless]), headers=FORM), 413, "body-too-large")
        batch = post("/batch", files=[("files", small), ("files", noise)]).json()
        assert batch["items"][1]["problem"]["type"] == "/docs#problem-picture-too-large"
        check_problem(post("/batch", files=[("files", small)] * 4), 413, "too-many-files")
        check_problem(post("/batch", content=bytes(FORM_ALLOWANCE_BYTES + 7000), headers=FORM), 413, "body-too-large")


def test_a_token_and_origins(models_dir: Path, picture: bytes) -> None:
    settings = Settings(models_dir=models_dir, api_token=TOKEN, cors_origins="https://a.example")
    with TestClient(create_app(settings)) as client:
        for path in ("/model", "/metrics"):
            check_problem(client.get(path), 401, "unauthorised")
        wrong = {"authorization": f"Bearer {TOKEN[:-1]}F"}
        refused = client.post("/img_classify", files={"file": picture}, headers=wrong)
        check_problem(refused, 401, "unauthorised")
        assert refused.headers["www-authenticate"] == "Bearer"
        good = {"authorization": f"bearer {TOKEN}", "origin": "https://a.example"}
        answer = client.post("/img_classify", files={"file": picture}, headers=good)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://a.example"
        for path in ("/health/live", "/health/ready", "/", "/docs", "/openapi.json"):
            assert client.get(path).status_code == 200
        other = client.get("/health/live", headers={"origin": "https://b.example"})
        assert "access-control-allow-origin" not in other.headers
