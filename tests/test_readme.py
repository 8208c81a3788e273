"""What the README says is run, in a copy of the tree: its commands, its Python, its links."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from src.paths import PROJECT_ROOT
from src.processes import find_free_port
from tools.publish_results import format_results, insert_results, read_results

README = (PROJECT_ROOT / "README.md").read_text("utf-8")
SERVERS = ("make serve", ".venv/bin/python -m src.gallery")
# Only these are not run, each for its reason.
NOT_RUN = {"make test": "it would call this test again"}
# The documented commands at a size that a test can afford.
SMALL = {"ARTWORKS": "240", "WORKSPACE": "runs/readme", "WORKERS": "1"}
COMMAND_SECONDS = 200


def find_blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def find_commands() -> list[str]:
    return [line for block in find_blocks("bash") for line in block.replace("\\\n", " ").splitlines() if line.strip()]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a copy of what git tracks, or would, with the installed environment beside it."""
    root = tmp_path_factory.mktemp("readme") / "checkout"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source, target = PROJECT_ROOT / name, root / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    (root / ".venv").symlink_to(Path(sys.prefix))
    return root


def wait_until_answering(process: "subprocess.Popen[bytes]", address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            if requests.get(address, timeout=2).status_code < 500:
                return
        except requests.RequestException:
            pass
        time.sleep(0.2)
    pytest.fail(f"nothing answers on {address}")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(500)
def test_every_command_of_the_readme_works(checkout: Path) -> None:
    ports = {"9797": str(find_free_port()), "8765": str(find_free_port())}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "MAKE", "MFLAGS"))},
        **SMALL,
        "PORT": ports["9797"],
        "SE_OFFLINE": "true",
        "SE_AVOID_STATS": "true",
        "PYTHONPATH": str(checkout),
    }
    servers = []
    ran = []
    try:
        for line in find_commands():
            if line in NOT_RUN:
                continue
            command = re.sub(r"\b(9797|8765)\b", lambda match: ports[match[0]], line)
            if line.startswith(SERVERS):
                server = subprocess.Popen(
                    ["bash", "-c", command], cwd=checkout, env=environment, start_new_session=True
                )
                servers.append(server)
                port = ports["8765" if "gallery" in line else "9797"]
                wait_until_answering(server, f"http://127.0.0.1:{port}/")
            else:
                done = subprocess.run(
                    ["bash", "-c", command],
                    cwd=checkout,
                    env=environment,
                    capture_output=True,
                    text=True,
                    timeout=COMMAND_SECONDS,
                    check=False,
                )
                assert done.returncode == 0, f"{line}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            ran.append(line)
    finally:
        for server in servers:
            os.killpg(server.pid, signal.SIGTERM)
        for server in servers:
            server.wait(30)
    assert "make run" in ran
    assert any(line.startswith("curl") for line in ran)
    demo = checkout / "runs" / "readme"
    assert (demo / "models" / "model_card.json").is_file()
    rows = (demo / "data" / "processed" / "pictures.csv").read_text("utf-8").splitlines()
    assert len(rows) == 1 + 240
    assert len(list((demo / "data" / "processed" / "img").glob("*.jpg"))) == 240
    assert (checkout / "runs" / "sorted" / "sheet.png").stat().st_size > 1000


def test_the_python_of_the_readme_runs_without_our_code(tmp_path: Path) -> None:
    (program,) = find_blocks("python")
    (tmp_path / "models").symlink_to(PROJECT_ROOT / "models")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == "WHITE"


@pytest.mark.parametrize("document", [*sorted(path.name for path in PROJECT_ROOT.glob("*.md")), "deploy/README.md"])
def test_links_lead_to_files_that_are_there(document: str) -> None:
    path = PROJECT_ROOT / document
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text("utf-8"))
    local = [target for target in targets if not target.startswith(("http://", "https://", "mailto:"))]
    assert [target for target in local if not (path.parent / target).exists()] == []


def test_the_table_of_results_follows_from_committed_numbers() -> None:
    assert insert_results(README, format_results(*read_results())) == README


def test_every_target_that_the_readme_names_is_in_the_makefile() -> None:
    makefile = (PROJECT_ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)", README)) - {"and"}
    assert {name for name in named if not re.search(rf"^{name}:", makefile, re.MULTILINE)} == set()
    assert {"run", "test", "serve"} <= named
