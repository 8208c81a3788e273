"""What a container is held to, from inside and from outside."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import requests
from packaging.requirements import Requirement

from deploy.container_engine import Container, ContainerError
from deploy.context import list_context
from deploy.sample_pictures import SamplePicture

READY_SECONDS: Final = 120
ANSWER_SECONDS: Final = 60
TOLERANCE: Final = 1e-9
BANNED: Final = frozenset({"selenium", "pandas", "matplotlib", "seaborn", "notebook", "jupyterlab", "jupyter", "boto3"})
BUILD_TOOLS: Final = ("pip", "pip3", "gcc", "cc", "g++", "make", "git")

LOOK: Final = """
import glob, importlib.metadata, importlib.util, json, os, shutil, sys
def read(path):
    try:
        return open(path).read()
    except OSError:
        return ""
memory = {"pss": 0, "peak": 0}
for folder in glob.glob("/proc/[0-9]*"):
    if int(folder[6:]) == os.getpid():
        continue
    for line in read(folder + "/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            memory["pss"] += int(line.split()[1]) * 1024
    for line in read(folder + "/status").splitlines():
        if line.startswith("VmHWM:"):
            memory["peak"] += int(line.split()[1]) * 1024
files = [os.path.join(top, name) for top, _, names in os.walk("/app") for name in names]
writable = [path for path in ["/app", "/opt/service", "/etc", *files] if os.access(path, os.W_OK)]
status = dict(line.split(":", 1) for line in read("/proc/1/status").splitlines() if ":" in line)
try:
    open("/probe", "w").close()
    root = "writable"
except OSError as error:
    root = os.strerror(error.errno)
limit = read("/sys/fs/cgroup/memory.max") or read("/sys/fs/cgroup/memory/memory.limit_in_bytes")
print(json.dumps({
    "uid": os.getuid(), "packages": sorted(d.metadata["Name"].lower() for d in importlib.metadata.distributions()),
    "pip": importlib.util.find_spec("pip") is not None, "tools": [t for t in sys.argv[1:] if shutil.which(t)],
    "files": files, "writable": writable, "root": root, "memory": memory, "limit": limit.strip(),
    "capabilities": status["CapEff"].strip(), "no_new_privileges": status.get("NoNewPrivs", "?").strip(),
    "caches": [p for p in ("/root/.cache", "/home/service", "/tmp/pip-ephem-wheel-cache") if os.path.exists(p)],
}))
"""
"""Runs in the container, as the service's user, with the image's own Python."""


@dataclass(frozen=True)
class Inside:
    """What :data:`LOOK` saw.

    Attributes
    ----------
    seen
        By name; see there.
    """

    seen: Mapping[str, Any]

    @property
    def resident_bytes(self) -> int:
        """Proportional set size of all processes of the container."""
        return int(self.seen["memory"]["pss"])

    @property
    def peak_bytes(self) -> int:
        """Sum of the processes' largest resident sizes, so an upper bound."""
        return int(self.seen["memory"]["peak"])


@dataclass(frozen=True)
class Answer:
    """What a service said of one file.

    Attributes
    ----------
    status
        Of HTTP.
    document
        Its JSON.
    """

    status: int
    document: Mapping[str, Any]


def look_inside(container: Container) -> Inside:
    """Look at a running container from inside."""
    return Inside(json.loads(container.execute("python", "-c", LOOK, *BUILD_TOOLS)))


def check_inside(inside: Inside, context: Path) -> list[str]:
    """List what is wrong inside: packages, tools, files, user."""
    seen = inside.seen
    problems = []
    lines = (context / "requirements.txt").read_text("utf-8").splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.startswith("#")]
    expected = {entry.name.lower() for entry in requirements if entry.marker is None or entry.marker.evaluate()}
    packages = {name.replace("_", "-") for name in seen["packages"]}
    if packages != {name.replace("_", "-") for name in expected}:
        problems.append(f"packages differ from requirements.txt: {sorted(packages ^ expected)}")
    if found := BANNED & packages:
        problems.append(f"packages that do not belong there: {sorted(found)}")
    if seen["pip"] or seen["tools"] or seen["caches"]:
        problems.append(f"left over: pip {seen['pip']}, tools {seen['tools']}, caches {seen['caches']}")
    if seen["uid"] == 0:
        problems.append("the service runs as root")
    if seen["writable"]:
        problems.append(f"the service may write {seen['writable'][:3]}")
    shipped = {f"/app/{path.as_posix()}" for path in list_context(context) if path.name != "requirements.txt"}
    files = {name for name in seen["files"] if not name.endswith(".pyc")}
    if files != shipped:
        problems.append(f"files differ from .dockerignore: {sorted(files ^ shipped)[:5]}")
    return problems


def wait_until_ready(container: Container, port: int) -> float:
    """Wait for 200 on ``/health/ready`` and return the seconds it took.

    Raises
    ------
    ContainerError
        With the container's log, if it takes too long.
    """
    started = time.monotonic()
    while time.monotonic() - started < READY_SECONDS:
        try:
            if requests.get(f"http://127.0.0.1:{port}/health/ready", timeout=2).status_code == HTTPStatus.OK:
                return time.monotonic() - started
        except requests.RequestException:
            pass
        time.sleep(0.05)
    raise ContainerError(f"the container was not ready within {READY_SECONDS} s; it says:\n{container.logs()}")


def ask(address: str, samples: Sequence[SamplePicture]) -> list[Answer]:
    """Post every file to a service."""
    answers = []
    with requests.Session() as session:
        for sample in samples:
            response = session.post(
                f"{address}/img_classify?shares=true&features=true",
                files={"file": (sample.name, sample.content)},
                timeout=ANSWER_SECONDS,
            )
            answers.append(Answer(response.status_code, response.json()))
    return answers


def compare_answers(samples: Sequence[SamplePicture], ours: Sequence[Answer], theirs: Sequence[Answer]) -> list[str]:
    """List the files on which two services differ, in more than rounding and the request's id."""
    return [
        f"{sample.name}: here {our.status} {our.document}, in the container {their.status} {their.document}"
        for sample, our, their in zip(samples, ours, theirs, strict=True)
        if our.status != their.status or not _is_alike(_settle(our.document), _settle(their.document))
    ]


def _settle(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "request_id"}


def _is_alike(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_alike(one[name], other[name]) for name in one)
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= TOLERANCE
    return bool(one == other)
