"""What README and stages say is run, in a copy of the tree: commands, Python, links."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from src.features.image_header import KIND_NAMES
from src.paths import PROJECT_ROOT
from src.processes import find_free_port, wait_until_answers
from tests.support.commands import run_command, run_python
from tools.publish_results import README, STAGES, write_readme, write_stages

DOCUMENTS = (README, STAGES)
REFERENCES = PROJECT_ROOT / "references"
SERVERS = ("make serve", ".venv/bin/python -m src.gallery")
OPTIONS = {"make run": " ARTWORKS=240 WORKSPACE=runs/readme", "make serve": " PORT=9797 WORKERS=1"}
SETTINGS = {"runs/stages": "runs/readme", "--artworks 330": "--artworks 240"}
"""The documented commands at a size that a test can afford: the stages go on in the workspace of the whole job,
which has run each of them from nothing."""

STAMPS = "".join(f" --assume-old=.venv/{name}" for name in (".job", ".dev", ".browser"))
"""The copy has the environment of this test: make must not install it again."""

COMMAND_SECONDS = 200


def read(document: Path) -> str:
    return (PROJECT_ROOT / document).read_text("utf-8")


def find_blocks(document: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", read(document), re.DOTALL | re.MULTILINE)


def find_commands() -> list[str]:
    blocks = [block for document in DOCUMENTS for block in find_blocks(document, "bash")]
    return [line for block in blocks for line in block.splitlines()]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a copy of what git tracks, or would, with the installed environment beside it."""
    root = tmp_path_factory.mktemp("readme") / "checkout"
    listed = run_command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    assert listed.returncode == 0, listed.stderr
    for name in filter(None, listed.stdout.split("\0")):
        source, target = PROJECT_ROOT / name, root / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    (root / ".venv").symlink_to(Path(sys.prefix))
    return root


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(500)
def test_every_documented_command_works(checkout: Path) -> None:
    ports = {"9797": str(find_free_port()), "8765": str(find_free_port())}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "MAKE", "MFLAGS"))},
        "SE_OFFLINE": "true",
        "SE_AVOID_STATS": "true",
        "PYTHONPATH": str(checkout),
    }
    servers = []
    printed = {}
    try:
        for line in find_commands():
            command = re.sub(r"\b(9797|8765)\b", lambda match: ports[match[0]], line + OPTIONS.get(line, ""))
            command = re.sub(r"^make", f"make{STAMPS}", command)
            for documented, affordable in SETTINGS.items():
                command = command.replace(documented, affordable)
            if line.startswith(SERVERS):
                server = subprocess.Popen(
                    ["bash", "-c", command], cwd=checkout, env=environment, start_new_session=True
                )
                servers.append(server)
                port = ports["8765" if "gallery" in line else "9797"]
                assert wait_until_answers(server, f"http://127.0.0.1:{port}/"), line
            else:
                done = run_command(
                    "bash", "-c", command, folder=checkout, environment=environment, seconds=COMMAND_SECONDS
                )
                assert done.returncode == 0, f"{line}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
                printed[line] = done.stdout
    finally:
        for server in servers:
            os.killpg(server.pid, signal.SIGTERM)
        for server in servers:
            server.wait(30)
    stated = re.search(r'\{"prediction": "([A-Z]+)"', read(README))
    assert stated is not None
    answers = [text for line, text in printed.items() if "references/picture.jpg" in line]
    assert len(answers) == 2
    assert all(stated[1] in answer for answer in answers)
    demo = checkout / "runs" / "readme"
    assert (demo / "models" / "model_card.json").is_file()
    rows = (demo / "data" / "processed" / "pictures.csv").read_text("utf-8").splitlines()
    assert len(rows) == 1 + 240
    assert len(list((demo / "data" / "processed" / "img").glob("*.jpg"))) == 240
    assert (checkout / "runs" / "sorted" / "sheet.png").stat().st_size > 1000


def test_the_documented_python_runs_without_our_code(tmp_path: Path) -> None:
    [program] = find_blocks(STAGES, "python")
    (tmp_path / "models").symlink_to(PROJECT_ROOT / "models")
    done = run_python("-W", "error", "-c", program, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"# {done.stdout}" in program


LINKING = ["README.md", "deploy/README.md", *(f"references/{path.name}" for path in REFERENCES.glob("*.md"))]


@pytest.mark.parametrize("document", LINKING)
def test_links_lead_to_files_that_are_there(document: str) -> None:
    path = PROJECT_ROOT / document
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text("utf-8"))
    local = [target for target in targets if not target.startswith(("http://", "https://", "mailto:"))]
    assert [target for target in local if not (path.parent / target).exists()] == []


def test_what_is_said_of_the_model_follows_from_committed_files() -> None:
    """Else run ``python -m tools.publish_results``."""
    assert write_readme(read(README)) == read(README)
    assert write_stages(read(STAGES)) == read(STAGES)


def test_the_kinds_of_pictures_are_those_that_are_read() -> None:
    assert f"one picture ({KIND_NAMES})" in read(README)


def test_every_target_that_the_readme_names_is_in_the_makefile() -> None:
    makefile = (PROJECT_ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"`make ([a-z][a-z-]+)", read(README)))
    assert {name for name in named if not re.search(rf"^{name}:", makefile, re.MULTILINE)} == set()
    assert {"run", "test", "test-fast", "reproduce"} <= named
