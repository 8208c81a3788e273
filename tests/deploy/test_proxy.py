"""The platform's nginx with our configuration, in front of the running service.

The frame around it is what Elastic Beanstalk's Docker platform on Amazon Linux 2023 has: files of
``conf.d`` in the http block, an upstream called docker
(https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-linux-extend.proxy.html).
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from urllib3 import encode_multipart_formdata

from application.settings import Settings
from benchmarks.service_process import start_service
from deploy.bundle import NGINX_TARGET, collect_files, compute_request_limit
from src.processes import find_free_port, start_process, wait_until_answers
from tests.support.picture_files import draw

pytestmark = pytest.mark.slow

BOUNDARY = "a-boundary-of-the-test"
LIMIT = compute_request_limit(Settings())

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
    upstream docker {{ server {upstream}; keepalive 256; }}
    include {folder}/conf.d/*.conf;
    server {{
        listen 127.0.0.1:{port} default_server;
        location / {{
            proxy_pass http://docker;
            proxy_http_version 1.1;
            proxy_set_header Connection "upgrade";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }}
    }}
}}
"""


@pytest.fixture(scope="module")
def address(shipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of nginx, which has accepted our configuration."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if nginx is None:
        pytest.skip("nginx is not installed (apt-get install nginx)")
    folder, port = tmp_path_factory.mktemp("nginx"), find_free_port()
    (folder / "conf.d").mkdir()
    (folder / "conf.d" / "upload.conf").write_bytes(collect_files(shipped)[NGINX_TARGET])
    user = "user root;" if os.geteuid() == 0 else ""
    frame = folder / "nginx.conf"
    with start_service(shipped / "models") as service:
        upstream = service.base_url.removeprefix("http://")
        frame.write_text(FRAME.format(user=user, folder=folder, port=port, upstream=upstream))
        with start_process([nginx, "-c", str(frame)], log=subprocess.DEVNULL) as process:
            assert wait_until_answers(process, f"http://127.0.0.1:{port}/health/ready")
            yield f"http://127.0.0.1:{port}"


def make_form(total: int) -> bytes:
    """A multipart form of four pictures, of exactly that many bytes, filled up by a text field."""
    picture = draw("RED", kind=".png").ljust(Settings().maximum_batch_bytes // 4, b"\0")  # decoders stop at its end

    def encode(padding: int) -> bytes:
        files = [("files", (f"{index}.png", picture)) for index in range(4)]
        return encode_multipart_formdata([*files, ("note", "x" * padding)], BOUNDARY)[0]

    return encode(total - len(encode(0)))


def test_a_request_of_the_limit_passes_and_one_byte_more_is_refused_by_the_proxy(address: str) -> None:
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    passed, refused = (
        requests.post(f"{address}/img_classify/batch", make_form(size), headers=headers, timeout=60)
        for size in (LIMIT, LIMIT + 1)
    )
    assert passed.json()["classified"] == 4, passed.text[:500]
    assert refused.status_code == 413
    assert refused.headers["server"].startswith("nginx")


def test_what_the_proxy_passes_gets_the_services_answer(address: str) -> None:
    content = bytes(Settings().maximum_body_bytes + 1)
    refused = requests.post(f"{address}/img_classify", files={"file": content}, timeout=60)
    assert (refused.status_code, refused.headers["content-type"]) == (413, "application/problem+json")
