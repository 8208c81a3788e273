"""The platform's nginx with our configuration, in front of the running service.

The frame around it is what Elastic Beanstalk's Docker platform on Amazon Linux 2023 has: files of
``conf.d`` in the http block, those of ``conf.d/elasticbeanstalk`` in the server block, an upstream called docker
(https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-linux-extend.proxy.html).
"""

import contextlib
import http.client
import os
import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
import requests

from application.settings import Settings
from deploy.bundle import NGINX_TARGET, collect_files, compute_request_limit
from src.local_service import LocalService, start_local_service
from src.processes import find_free_port, start_process, wait_until_answers
from tests.support.commands import run_command

pytestmark = pytest.mark.slow

MEBIBYTE = 1 << 20
BOUNDARY = "a-boundary-of-the-test"

FRAME = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    access_log off;
    upstream docker {{ server 127.0.0.1:{upstream}; keepalive 256; }}
    include {folder}/conf.d/*.conf;
    map $http_upgrade $connection_upgrade {{ default "upgrade"; }}
    server {{
        listen 127.0.0.1:{port} default_server;
        client_header_timeout 60; client_body_timeout 60; keepalive_timeout 60;
        location / {{
            proxy_pass http://docker;
            proxy_http_version 1.1;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Host $host;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }}
    }}
}}
"""


@dataclass(frozen=True)
class Proxy:
    """nginx with our configuration."""

    address: str
    limit: int


def find_nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if found is None:
        pytest.skip("nginx is not installed (apt-get install nginx)")
    return found


def write_frame(folder: Path, port: int, upstream: int, configuration: bytes) -> Path:
    (folder / "conf.d").mkdir()
    (folder / "conf.d" / "upload.conf").write_bytes(configuration)
    user = "user root;" if os.geteuid() == 0 else ""
    frame = folder / "nginx.conf"
    frame.write_text(FRAME.format(user=user, folder=folder, port=port, upstream=upstream))
    return frame


@pytest.fixture(scope="module")
def configuration(shipped: Path) -> bytes:
    return collect_files(shipped)[NGINX_TARGET]


@pytest.fixture(scope="module")
def service(shipped: Path) -> Iterator[LocalService]:
    find_nginx()
    with start_local_service(shipped / "models") as running:
        yield running


@pytest.fixture(scope="module")
def proxy(service: LocalService, configuration: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder, port = tmp_path_factory.mktemp("nginx"), find_free_port()
    frame = write_frame(folder, port, int(service.address.rpartition(":")[2]), configuration)
    address = f"http://127.0.0.1:{port}"
    with start_process([find_nginx(), "-c", str(frame)], log=subprocess.DEVNULL) as process:
        assert wait_until_answers(process, f"{address}/health/ready")
        yield Proxy(address, compute_request_limit(Settings()))


def make_picture(size: int) -> bytes:
    """A valid PNG of exactly that many bytes: its rest is one private chunk, which decoders pass over."""
    _, encoded = cv2.imencode(".png", np.full((64, 64, 3), (200, 40, 40), np.uint8))
    png = encoded.tobytes()
    end = png.index(b"IEND") - 4
    body = b"prVt" + bytes(size - len(png) - 12)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:end] + chunk + png[end:]


def make_form(pictures: list[bytes], field: str, total: int) -> bytes:
    """A multipart form of exactly that many bytes, filled up by a text field."""

    def part(headers: str, content: bytes) -> bytes:
        return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {headers}\r\n\r\n".encode() + content + b"\r\n"

    body = b"".join(part(f'name="{field}"; filename="{index}.png"', content) for index, content in enumerate(pictures))
    end = f"--{BOUNDARY}--\r\n".encode()
    padding = total - len(body) - len(end) - len(part('name="note"', b""))
    return body + part('name="note"', b"x" * padding) + end


def test_nginx_accepts_the_configuration(configuration: bytes, tmp_path: Path) -> None:
    frame = write_frame(tmp_path, find_free_port(), 9797, configuration)
    done = run_command(find_nginx(), "-t", "-c", frame)
    assert done.returncode == 0, done.stderr
    assert "test is successful" in done.stderr
    (tmp_path / "conf.d" / "upload.conf").write_bytes(configuration.replace(b";", b"", 1))
    assert run_command(find_nginx(), "-t", "-c", frame).returncode != 0


def test_an_ordinary_upload_passes(proxy: Proxy, service: LocalService) -> None:
    picture = make_picture(5000)
    through = requests.post(f"{proxy.address}/img_classify", files={"file": ("a.png", picture)}, timeout=30)
    direct = requests.post(f"{service.address}/img_classify", files={"file": ("a.png", picture)}, timeout=30)
    assert through.status_code == 200
    assert through.json() == direct.json()


def test_a_picture_of_the_limit_passes_and_one_byte_more_gets_the_services_answer(proxy: Proxy) -> None:
    limit = Settings().maximum_body_bytes
    passed = requests.post(f"{proxy.address}/img_classify", files={"file": ("a.png", make_picture(limit))}, timeout=60)
    assert passed.status_code == 200, passed.text
    refused = requests.post(
        f"{proxy.address}/img_classify", files={"file": ("a.png", make_picture(limit + 1))}, timeout=60
    )
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json", "the service answers, not the proxy"


def test_a_request_of_the_limit_passes_and_one_byte_more_is_refused_by_the_proxy(proxy: Proxy) -> None:
    pictures = [make_picture(Settings().maximum_batch_bytes // 4)] * 4
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    address = f"{proxy.address}/img_classify/batch"
    passed = requests.post(address, make_form(pictures, "files", proxy.limit), headers=headers, timeout=60)
    assert passed.status_code == 200, passed.text[:500]
    assert passed.json()["classified"] == 4
    above = make_form(pictures, "files", proxy.limit + 1)
    refused = requests.post(address, above, headers=headers, timeout=60)
    assert refused.status_code == 413
    assert refused.headers["server"].startswith("nginx")


def test_a_chunked_upload_above_the_limit_is_refused(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection(proxy.address.removeprefix("http://"), timeout=60)
    connection.putrequest("POST", "/img_classify")
    connection.putheader("content-type", "image/png")
    connection.putheader("transfer-encoding", "chunked")
    connection.endheaders()
    block = b"%x\r\n" % MEBIBYTE + bytes(MEBIBYTE) + b"\r\n"
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # nginx answers before it has read everything
        for _ in range(proxy.limit // MEBIBYTE + 2):
            connection.send(block)
    assert connection.getresponse().status == 413
    connection.close()
