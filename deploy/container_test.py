"""Build the container, run it as documented and locked down, and compare its answers with those of this checkout.

``python -m deploy.container_test``. Exit codes: 0 all held; 1 something did not; 2 neither Docker nor podman here.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

import requests

from benchmarks.service_process import start_service
from src.command import run_command
from src.errors import EXIT_DONE, EXIT_PARTIAL, MissingToolError, ProjectError
from src.paths import PROJECT_ROOT, Workspace
from src.processes import find_free_port, start_process, wait_until_answers

TAG: Final = "localhost/google-images-classifier:container-test"
READY_SECONDS: Final = 120
STOP_SECONDS: Final = 40
LOCKED_DOWN: Final = (
    *("--read-only", "--security-opt=no-new-privileges", "--cap-drop=all", "--memory=512m"),
    *("--env=WORKERS=2", "--env=PORT=8080"),
)
LOOK: Final = (
    'test "$(id -u)" -ne 0 && test ! -w /app && test ! -w /opt/service || exit 1; '
    "for tool in pip pip3 gcc cc make git; do ! command -v $tool || exit 1; done; ! python -m pip --version 2>/dev/null"
)
"""What a shell in the container confirms: no root, nothing of the service can be written, no installer, no compiler."""


class ContainerError(ProjectError):
    """A container could not be built or run, or does not do what it should."""

    exit_code = EXIT_PARTIAL


def find_engine() -> str:
    """Return ``docker`` where its engine answers, else ``podman``, which takes the same commands."""
    for engine in filter(shutil.which, ("docker", "podman")):
        if subprocess.run([engine, "version"], capture_output=True, check=False).returncode == 0:
            return engine
    raise MissingToolError(
        "neither Docker nor podman runs containers here: start Docker, or `apt-get install podman`, and run this again"
    )


def call(*command: str) -> None:
    """Run a command, whose output goes to the terminal; ContainerError if it fails."""
    code = subprocess.run(command, check=False).returncode
    if code:
        raise ContainerError(f"`{' '.join(command)}` failed with exit code {code}")


def classify_samples(address: str) -> dict[str, object]:
    """Send the page's samples, and a damaged one, to a service; give status, colour and probabilities of each."""
    paths = sorted((PROJECT_ROOT / "application" / "static" / "samples").glob("*.jpg"))
    contents = {path.name: path.read_bytes() for path in paths}
    answers: dict[str, object] = {}
    for name, content in {**contents, "damaged": contents[paths[0].name][:1000]}.items():
        response = requests.post(f"{address}/img_classify", files={"file": content}, timeout=60)
        answer = response.json()
        # the last digits are the processor's
        probabilities = {colour: round(share, 9) for colour, share in answer.get("probabilities", {}).items()}
        answers[name] = response.status_code, answer.get("prediction"), probabilities
    return answers


def try_container(engine: str, options: Sequence[str], expected: dict[str, object]) -> None:
    """Run a container, look inside, compare its answers with the expected ones, and stop it."""
    port, name = find_free_port(), f"container-test-{os.getpid()}"
    inner = "8080" if "--env=PORT=8080" in options else "9797"
    command = [engine, "run", "--rm", "--name", name, "-p", f"127.0.0.1:{port}:{inner}", *options, TAG]
    with ExitStack() as stack:
        process = stack.enter_context(start_process(command))
        stack.callback(subprocess.run, [engine, "rm", "-f", name], capture_output=True, check=False)
        if not wait_until_answers(process, f"http://127.0.0.1:{port}/health/ready", READY_SECONDS):
            raise ContainerError("the service in the container does not get ready; its log stands above")
        call(engine, "exec", name, "sh", "-c", LOOK)
        answers = classify_samples(f"http://127.0.0.1:{port}")
        if differing := [sample for sample in expected if answers[sample] != expected[sample]]:
            raise ContainerError(f"the container answers otherwise than this checkout for {', '.join(differing)}")
        call(engine, "stop", "-t", str(STOP_SECONDS), name)
        if process.wait(STOP_SECONDS) not in {0, 143}:
            raise ContainerError(f"SIGTERM does not end the service by itself: exit code {process.returncode}")
    print(f"ok, {' '.join(options) or 'as documented'}: {len(answers)} files get the same answers as here", flush=True)


def run(base: str) -> int:
    """Build the image, and try it as documented and locked down."""
    engine = find_engine()
    build = [engine, "build", "-f", str(PROJECT_ROOT / "dockerfile"), "-t", TAG, f"--build-arg=BASE_IMAGE={base}"]
    locked_down = list(LOCKED_DOWN)
    if engine == "podman":
        build.append("--format=docker")  # its own format knows no health check
        locked_down.append("--read-only-tmpfs=false")  # else it quietly makes /tmp and /run writable; Docker does not
    call(*build, str(PROJECT_ROOT))
    with start_service(Workspace().models_dir) as service:
        expected = classify_samples(service.base_url)
    for options in ([], locked_down):
        try_container(engine, options, expected)
    return EXIT_DONE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.container_test",
        description="Build the container by Docker or podman, run it, and compare its answers with this checkout's.",
    )
    parser.add_argument("--base", default="python:3.11-slim", help="base image (default: %(default)s)")
    options = parser.parse_args(arguments)
    return run_command(lambda: run(options.base))


if __name__ == "__main__":
    sys.exit(main())
