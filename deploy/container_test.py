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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Self

import cv2
import requests
from packaging.requirements import Requirement

from deploy.bundle import list_copied_files
from src.errors import EXIT_DONE, EXIT_PARTIAL, MissingToolError, ProjectError
from src.gallery.painter.describe import describe
from src.gallery.painter.painting import paint
from src.local_service import start_local_service
from src.paths import PROJECT_ROOT, Workspace
from src.processes import find_free_port

TAG: Final = "localhost/google-images-classifier:container-test"
STOP_SECONDS: Final = 40
READY_SECONDS: Final = 120
COMMAND_SECONDS: Final = 120
BUILD_SECONDS: Final = 1800
MEGABYTE: Final = 1_000_000
MEMORY_LIMIT: Final = 512 << 20
TOLERANCE: Final = 1e-9
PICTURES: Final = 12
HARDENED: Final = (
    "--read-only",
    "--security-opt=no-new-privileges",
    "--cap-drop=all",
    f"--memory={MEMORY_LIMIT}b",
    "--env=WORKERS=2",
    "--env=PORT=8080",
)
BAD_FILES: Final = {"text.jpg": b"not a picture at all", "empty.jpg": b"", "cut.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF"}
"""Both services must refuse them with the same status."""

LOOK: Final = """
import importlib.metadata, importlib.util, json, os, shutil
def read(path):
    return open(path).read() if os.path.exists(path) else ""
files = [os.path.join(top, name) for top, _, names in os.walk("/app") for name in names]
status = dict(line.split(":", 1) for line in read("/proc/1/status").splitlines() if ":" in line)
print(json.dumps({
    "user": os.getuid(), "files": files, "root_writable": not os.statvfs("/").f_flag & os.ST_RDONLY,
    "packages": [d.metadata["Name"] for d in importlib.metadata.distributions()],
    "left_over": [name for name in ("pip", "pip3", "gcc", "cc", "make", "git") if shutil.which(name)]
    + ["pip"] * (importlib.util.find_spec("pip") is not None),
    "writable": [path for path in ["/app", "/opt/service", "/etc", *files] if os.access(path, os.W_OK)],
    "capabilities": int(status["CapEff"], 16), "no_new_privileges": status["NoNewPrivs"].strip() == "1",
    "memory_limit": (read("/sys/fs/cgroup/memory.max") or read("/sys/fs/cgroup/memory/memory.limit_in_bytes")).strip(),
}))
"""
"""Runs in the container, as the service's user, with the image's own Python."""


class ContainerError(ProjectError):
    """A container could not be built or run, or does not do what it should."""

    exit_code = EXIT_PARTIAL


@dataclass
class Report:
    """Prints each promise as it is checked, and counts the broken ones."""

    broken: list[str] = field(default_factory=list)

    def check(self, promise: str, holds: bool, detail: object = "") -> None:
        """Print whether a promise holds, and what was found if it does not."""
        print(f"{'ok' if holds else 'FAILED':6} {promise}{'' if holds else f': {detail}'}", flush=True)
        if not holds:
            self.broken.append(promise)


@dataclass(frozen=True)
class Answer:
    """What a service said of one file: the status and JSON document of its HTTP answer."""

    status: int
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Container:
    """A running container; leaving the block removes it."""

    engine: str
    name: str

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run([self.engine, "rm", "-f", self.name], capture_output=True, timeout=COMMAND_SECONDS, check=False)

    def run_python(self, code: str) -> str:
        """Run a program inside, as the service's user, and return what it prints."""
        return call(self.engine, "exec", self.name, "python", "-c", code)

    def stop(self) -> int:
        """Ask it to end by SIGTERM, and return its exit code (137 if it had to be killed)."""
        call(self.engine, "stop", "-t", str(STOP_SECONDS), self.name)
        return int(inspect(self.engine, "container", self.name)["State"]["ExitCode"])


def find_engine() -> str:
    """Return ``docker`` where its engine answers, else ``podman``, which takes the same commands.

    Raises
    ------
    MissingToolError
        If neither is there.
    """
    for engine in ("docker", "podman"):
        if shutil.which(engine) is not None:
            done = subprocess.run([engine, "version"], capture_output=True, timeout=COMMAND_SECONDS, check=False)
            if done.returncode == 0:
                return engine
    raise MissingToolError(
        "neither Docker nor podman runs containers here: start Docker, or `apt-get install podman`, and run this again"
    )


def call(*command: str, seconds: float = COMMAND_SECONDS) -> str:
    """Run a command and return what it prints.

    Raises
    ------
    ContainerError
        If it fails, with the end of its output.
    """
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


def make_samples(count: int) -> dict[str, bytes]:
    """Let the gallery's painter make pictures of all types and several sizes, and add files that are none."""
    samples = {}
    for number in range(count):
        suffix = (".jpg", ".png", ".webp")[number % 3]
        picture = paint(describe(7, number), 320 + 16 * number, 240 + 16 * number)
        samples[f"made-{number}{suffix}"] = cv2.imencode(suffix, picture)[1].tobytes()
    return {**samples, **BAD_FILES}


def ask(address: str, samples: Mapping[str, bytes]) -> dict[str, Answer]:
    """Post each file to a service, one after the other."""
    answers = {}
    with requests.Session() as session:
        for name, content in samples.items():
            response = session.post(f"{address}/img_classify", files={"file": (name, content)}, timeout=60)
            answers[name] = Answer(response.status_code, response.json())
    return answers


def compare_answers(here: Mapping[str, Answer], there: Mapping[str, Answer]) -> list[str]:
    """List the files that two services answer differently: status, colour or probabilities."""
    differing = []
    for name, one in here.items():
        other = there[name]
        first, second = (answer.document.get("probabilities", {}) for answer in (one, other))
        is_same = (
            one.status == other.status
            and one.document.get("prediction") == other.document.get("prediction")
            and first.keys() == second.keys()
            and all(abs(first[colour] - second[colour]) <= TOLERANCE for colour in first)
        )
        if not is_same:
            differing.append(f"{name}: here {one.status} {first}, there {other.status} {second}")
    return differing


def check_inside(seen: Mapping[str, Any], root: Path, report: Report) -> None:
    """Check packages, tools, files and user, as :data:`LOOK` saw them."""
    lines = (root / "requirements.txt").read_text("utf-8").splitlines()
    required = [Requirement(line.split(" --hash")[0].rstrip(" \\")) for line in lines if line[:1].isalpha()]
    expected = {one.name.lower() for one in required if one.marker is None or one.marker.evaluate()}
    packages = {name.lower().replace("_", "-") for name in seen["packages"]}
    report.check("its packages are those of requirements.txt", packages == expected, sorted(packages ^ expected))
    report.check("no pip, no compiler", not seen["left_over"], seen["left_over"])
    report.check("the service is not root and may write nothing", seen["user"] != 0 and not seen["writable"], seen)
    copied = {f"/app/{path.as_posix()}" for path in list_copied_files(root) if path.name != "requirements.txt"}
    files = {name for name in seen["files"] if not name.endswith(".pyc")}
    report.check("its files are those of the bundle", files == copied, sorted(files ^ copied)[:5])


def check_restrictions(seen: Mapping[str, Any], report: Report) -> None:
    """Check that the restrictions were really there."""
    report.check("the root file system is read-only", not seen["root_writable"])
    report.check("no capability, no new privileges", seen["capabilities"] == 0 and seen["no_new_privileges"], seen)
    report.check("512 MB is the limit", seen["memory_limit"] == str(MEMORY_LIMIT), seen["memory_limit"])


def check_health_probe(engine: str, container: Container, report: Report) -> None:
    """Run the image's own health check where the service runs, and where nothing listens."""
    image = inspect(engine, "image", TAG)
    described = image["Config"].get("Healthcheck") or image.get("HealthCheck") or image.get("Healthcheck")
    if not described:
        report.check("the image has a health check", holds=False)
        return
    for promise, environment, expected in (
        ("the health check finds the service", "", True),
        ("the health check misses a service that is not there", "PORT='9', ", False),
    ):
        code = (
            "import os, subprocess; print(subprocess.run("
            f"{described['Test'][1:]!r}, env=dict(os.environ, {environment}), capture_output=True).returncode)"
        )
        answered = container.run_python(code).strip() == "0"
        report.check(promise, answered == expected)


def start(engine: str, options: Sequence[str]) -> tuple[Container, str]:
    """Start a container, wait until it is ready, and return it with its address.

    Raises
    ------
    ContainerError
        If it does not become ready; with the end of its log.
    """
    port = find_free_port()
    inner = next((option.rpartition("=")[2] for option in options if option.startswith("--env=PORT=")), "9797")
    name = call(engine, "run", "-d", "-p", f"127.0.0.1:{port}:{inner}", *options, TAG).split()[-1]
    container, address = Container(engine, name), f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{address}/health/ready", timeout=5).ok:
                return container, address
        except requests.RequestException:
            time.sleep(0.1)
    log = subprocess.run([engine, "logs", name], capture_output=True, text=True, check=False)
    with container:
        raise ContainerError(
            f"the container is not ready after {READY_SECONDS} s:\n{(log.stdout + log.stderr)[-3000:]}"
        )


def run_once(engine: str, options: Sequence[str], expected: Mapping[str, Answer], report: Report) -> None:
    """Start a container, ask it everything, look inside and stop it."""
    print(f"\n{' '.join(options) or 'as documented'}", flush=True)
    started = time.monotonic()
    container, address = start(engine, options)
    with container:
        print(f"       ready after {time.monotonic() - started:.1f} s", flush=True)
        differing = compare_answers(expected, ask(address, make_samples(PICTURES)))
        report.check(f"{len(expected)} files get the same answers as here", not differing, "; ".join(differing))
        seen = json.loads(container.run_python(LOOK))
        if options:
            check_restrictions(seen, report)
        else:
            check_inside(seen, PROJECT_ROOT, report)
        check_health_probe(engine, container, report)
        begin = time.monotonic()
        code = container.stop()
        seconds = time.monotonic() - begin
        report.check("SIGTERM ends it by itself", code in {0, 143} and seconds < STOP_SECONDS, f"exit code {code}")


def run(engine: str, base: str) -> Report:
    """Build, then run as documented and hardened."""
    report = Report()
    print(f"building {TAG} with {engine} …", flush=True)
    words = ["--format", "docker"] if engine == "podman" else []  # podman's own format knows no health check
    words += ["-f", str(PROJECT_ROOT / "dockerfile"), "-t", TAG, "--build-arg", f"BASE_IMAGE={base}"]
    call(engine, "build", *words, str(PROJECT_ROOT), seconds=BUILD_SECONDS)
    image = inspect(engine, "image", TAG)
    own = (image["Size"] - inspect(engine, "image", base)["Size"]) / MEGABYTE
    print(f"       {own:.0f} MB, {image['Size'] / MEGABYTE:.0f} MB with the base image", flush=True)
    report.check("port 9797 is exposed", list(image["Config"]["ExposedPorts"]) == ["9797/tcp"])
    with start_local_service(Workspace().models_dir) as local:
        expected = ask(local.address, make_samples(PICTURES))
    classified = sum(answer.status == HTTPStatus.OK for answer in expected.values())
    report.check("the service here classifies the pictures and no other file", classified == PICTURES, classified)
    run_once(engine, (), expected, report)
    # podman alone would quietly make /tmp and /run writable; Docker does not
    read_only = ("--read-only-tmpfs=false",) if engine == "podman" else ()
    run_once(engine, (*HARDENED, *read_only), expected, report)
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.container_test",
        description="Build the container by Docker or podman, run it, and compare its answers with this checkout's.",
    )
    parser.add_argument("--base", default="python:3.11-slim", help="base image (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        report = run(find_engine(), options.base)
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(f"\n{len(report.broken)} promises broken" if report.broken else "\nall held")
    return EXIT_PARTIAL if report.broken else EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
