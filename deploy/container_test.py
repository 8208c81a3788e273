"""Build the container, run it for real and hold it to its promises: ``python -m deploy.container_test``.

It is built, started as documented, looked at from inside, asked about pictures whose answers must equal those of the
service of this checkout, and stopped; then the same on another port with a read-only root, no new privileges, no
capability and 512 MB. Exit codes: 0 all held; 1 something did not; 2 neither Docker nor podman here.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import cv2
import requests
from packaging.requirements import Requirement

from benchmarks.service_process import start_service
from deploy.bundle import list_copied_files
from src.errors import EXIT_DONE, EXIT_PARTIAL, MissingToolError, ProjectError
from src.gallery.painter.describe import describe
from src.gallery.painter.painting import paint
from src.paths import PROJECT_ROOT, Workspace
from src.processes import find_free_port

TAG: Final = "localhost/google-images-classifier:container-test"
STOP_SECONDS: Final = 40
READY_SECONDS: Final = 120
PICTURES: Final = 12
TOLERANCE: Final = 1e-9
HARDENED: Final = (
    *("--read-only", "--security-opt=no-new-privileges", "--cap-drop=all", "--memory=512m"),
    *("--env=WORKERS=2", "--env=PORT=8080"),
)
BAD_FILES: Final = {"text.jpg": b"not a picture at all", "empty.jpg": b"", "cut.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF"}
"""Both services must refuse them with the same status."""

LOOK: Final = """
import importlib.metadata, importlib.util, json, os, shutil
files = [os.path.join(top, name) for top, _, names in os.walk("/app") for name in names]
print(json.dumps({
    "user": os.getuid(), "files": files,
    "packages": [d.metadata["Name"] for d in importlib.metadata.distributions()],
    "left_over": [name for name in ("pip", "pip3", "gcc", "cc", "make", "git") if shutil.which(name)]
    + ["pip"] * (importlib.util.find_spec("pip") is not None),
    "writable": [path for path in ["/app", "/opt/service", "/etc", *files] if os.access(path, os.W_OK)],
}))
"""
"""Runs in the container, as the service's user, with the image's own Python."""

Answer = tuple[int, dict[str, Any]]
"""Status and document of what a service answers for a file."""


class ContainerError(ProjectError):
    """A container could not be built or run, or does not do what it should."""

    exit_code = EXIT_PARTIAL


def expect(promise: str, holds: bool, found: object = "") -> None:
    """Say that a promise holds, or end the test with what was found instead."""
    if not holds:
        raise ContainerError(f"{promise}: this does not hold, {found}")
    print(f"ok     {promise}", flush=True)


def find_engine() -> str:
    """Return ``docker`` where its engine answers, else ``podman``, which takes the same commands."""
    for engine in filter(shutil.which, ("docker", "podman")):
        if subprocess.run([engine, "version"], capture_output=True, check=False).returncode == 0:
            return engine
    raise MissingToolError(
        "neither Docker nor podman runs containers here: start Docker, or `apt-get install podman`, and run this again"
    )


def call(*command: str, seconds: float = 120) -> str:
    """Run a command and return what it prints; ContainerError if it fails, with the end of its output."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise ContainerError(f"`{' '.join(command)}` did not end within {seconds:.0f} s") from None
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise ContainerError(f"`{' '.join(command)}` failed with exit code {done.returncode}:\n{tail}")
    return done.stdout


def inspect(engine: str, kind: str, name: str) -> dict[str, Any]:
    """Return what the engine knows of an image or a container."""
    found: dict[str, Any] = json.loads(call(engine, kind, "inspect", name))[0]
    return found


def make_samples() -> dict[str, bytes]:
    """Let the gallery's painter make pictures of three types and several sizes, and add files that are none."""
    samples = {}
    for number in range(PICTURES):
        suffix = (".jpg", ".png", ".webp")[number % 3]
        picture = paint(describe(7, number), 320 + 16 * number, 240 + 16 * number)
        samples[f"made-{number}{suffix}"] = cv2.imencode(suffix, picture)[1].tobytes()
    return {**samples, **BAD_FILES}


def ask(address: str, samples: Mapping[str, bytes]) -> dict[str, Answer]:
    """Post each file to a service, one after the other, and give the answers by their names."""
    answers = {}
    for name, content in samples.items():
        response = requests.post(f"{address}/img_classify", files={"file": (name, content)}, timeout=60)
        answers[name] = (response.status_code, response.json())
    return answers


def is_same(here: Answer, there: Answer) -> bool:
    """Whether two services answer alike: in status, colour and probabilities."""
    (status, one), (other_status, other) = here, there
    first, second = one.get("probabilities", {}), other.get("probabilities", {})
    if (status, one.get("prediction"), first.keys()) != (other_status, other.get("prediction"), second.keys()):
        return False
    return all(abs(first[colour] - second[colour]) <= TOLERANCE for colour in first)


def check_inside(seen: Mapping[str, Any], root: Path) -> None:
    """Check user, packages, tools and files, as :data:`LOOK` saw them."""
    expect("the service is not root and may write nothing", seen["user"] != 0 and not seen["writable"], seen)
    expect("no pip, no compiler", not seen["left_over"], seen["left_over"])
    lines = (root / "requirements.txt").read_text("utf-8").splitlines()
    required = [Requirement(line.split(" --hash")[0].rstrip(" \\")) for line in lines if line[:1].isalpha()]
    wanted = {one.name.lower() for one in required if one.marker is None or one.marker.evaluate()}
    packages = {name.lower().replace("_", "-") for name in seen["packages"]}
    expect("its packages are those of requirements.txt", packages == wanted, sorted(packages ^ wanted))
    copied = {f"/app/{path.as_posix()}" for path in list_copied_files(root) if path.name != "requirements.txt"}
    files = {name for name in seen["files"] if not name.endswith(".pyc")}
    expect("its files are those of the bundle", files == copied, sorted(files ^ copied)[:5])


@contextmanager
def start(engine: str, options: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Run a container while the block runs; yield its name and address when it is ready."""
    port = find_free_port()
    inner = "8080" if "--env=PORT=8080" in options else "9797"
    name = call(engine, "run", "-d", "-p", f"127.0.0.1:{port}:{inner}", *options, TAG).split()[-1]
    address, started = f"http://127.0.0.1:{port}", time.monotonic()
    try:
        while True:
            try:
                if requests.get(f"{address}/health/ready", timeout=5).ok:
                    break
            except requests.RequestException:
                time.sleep(0.1)
            if time.monotonic() - started > READY_SECONDS:
                log = subprocess.run([engine, "logs", name], capture_output=True, text=True, check=False)
                raise ContainerError(f"not ready after {READY_SECONDS} s:\n{(log.stdout + log.stderr)[-3000:]}")
        print(f"       ready after {time.monotonic() - started:.1f} s", flush=True)
        yield name, address
    finally:
        subprocess.run([engine, "rm", "-f", name], capture_output=True, check=False)


def try_container(engine: str, options: Sequence[str], probe: Sequence[str], expected: dict[str, Answer]) -> None:
    """Start a container, look inside, ask it everything, and stop it."""
    print(f"\n{' '.join(options) or 'as documented'}", flush=True)
    with start(engine, options) as (name, address):
        check_inside(json.loads(call(engine, "exec", name, "python", "-c", LOOK)), PROJECT_ROOT)
        answers = ask(address, make_samples())
        differing = [name for name in expected if not is_same(expected[name], answers[name])]
        expect(f"{len(expected)} files get the same answers as here", not differing, differing)
        call(engine, "exec", name, *probe)
        expect("the health check finds the service", holds=True)
        began = time.monotonic()
        call(engine, "stop", "-t", str(STOP_SECONDS), name)
        code = inspect(engine, "container", name)["State"]["ExitCode"]
        in_time = time.monotonic() - began < STOP_SECONDS
        expect("SIGTERM ends it by itself", code in {0, 143} and in_time, f"exit code {code}")


def run(engine: str, base: str) -> None:
    """Build, then run as documented and hardened."""
    print(f"building {TAG} with {engine} …", flush=True)
    is_podman = engine == "podman"
    words = ["--format", "docker"] if is_podman else []  # podman's own format knows no health check
    words += ["-f", str(PROJECT_ROOT / "dockerfile"), "-t", TAG, "--build-arg", f"BASE_IMAGE={base}"]
    call(engine, "build", *words, str(PROJECT_ROOT), seconds=1800)
    image = inspect(engine, "image", TAG)
    own = image["Size"] - inspect(engine, "image", base)["Size"]
    print(f"       {own / 1e6:.0f} MB, {image['Size'] / 1e6:.0f} MB with the base image", flush=True)
    expect("port 9797 is exposed", list(image["Config"]["ExposedPorts"]) == ["9797/tcp"])
    described = image["Config"].get("Healthcheck") or image.get("HealthCheck") or {}
    expect("the image has a health check", bool(described))
    with start_service(Workspace().models_dir) as local:
        expected = ask(local.base_url, make_samples())
    classified = [name for name, (status, _) in expected.items() if status == 200]
    expect("the service here classifies the pictures alone", len(classified) == PICTURES, classified)
    # podman alone would quietly make /tmp and /run writable; Docker does not
    read_only = ("--read-only-tmpfs=false",) if is_podman else ()
    for options in ((), (*HARDENED, *read_only)):
        try_container(engine, options, described["Test"][1:], expected)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.container_test",
        description="Build the container by Docker or podman, run it, and compare its answers with this checkout's.",
    )
    parser.add_argument("--base", default="python:3.11-slim", help="base image (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        run(find_engine(), options.base)
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print("\nall held")
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
