"""Building images and running containers, with Docker or with buildah and podman."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from src.errors import MissingToolError, ProjectError

BUILD_SECONDS: Final = 1800
COMMAND_SECONDS: Final = 120
SANDBOX_FILES: Final = ("/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
SANDBOX_CONFIGURATION: Final = (
    # crun refuses mixed cgroup hierarchies, and raising limits needs a capability that a sandbox may lack.
    '[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n[engine]\nruntime = "runc"\n'
)


class ContainerError(ProjectError):
    """A container could not be built or run, or does not do what it should."""

    exit_code = 1


@dataclass(frozen=True)
class EngineOptions:
    """How this machine wants its containers.

    Attributes
    ----------
    storage
        Folder of podman's images, if not the usual one: ``storage`` and ``run`` are in it.
    in_sandbox
        For a machine that is itself a container: chroot isolation, the machine's own network, pip
        configuration and certificates while building, runc and low limits while running.
    """

    storage: Path | None = None
    in_sandbox: bool = False


@dataclass(frozen=True)
class Engine:
    """One of the two ways.

    Attributes
    ----------
    builder, runner
        The commands, with the options that all calls need.
    is_docker
        Which way.
    build_options
        Further options of ``build``.
    environment
        Of the commands.
    """

    builder: tuple[str, ...]
    runner: tuple[str, ...]
    is_docker: bool
    build_options: tuple[str, ...]
    environment: dict[str, str]

    def call(self, words: Sequence[str], seconds: float = COMMAND_SECONDS, check: bool = True) -> str:
        """Run the runner and return what it prints.

        Raises
        ------
        ContainerError
            If it fails.
        """
        return self._run((*self.runner, *words), seconds, check)

    def _run(self, command: Sequence[str], seconds: float, check: bool = True) -> str:
        try:
            done = subprocess.run(
                command, env=self.environment, capture_output=True, text=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            raise ContainerError(f"`{' '.join(command)}` did not end within {seconds:.0f} s") from None
        if check and done.returncode:
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
            raise ContainerError(f"`{' '.join(command)}` failed with exit code {done.returncode}:\n{tail}")
        return done.stdout

    def build(self, context: Path, tag: str, base: str, build_arguments: Sequence[str]) -> None:
        """Build the dockerfile of a folder.

        Raises
        ------
        ContainerError
            With the end of the builder's output.
        """
        options = ["-f", str(context / "dockerfile"), "-t", tag, "--build-arg", f"BASE_IMAGE={base}"]
        command = (*self.builder, *self.build_options, *options, *build_arguments, str(context))
        self._run(command, BUILD_SECONDS)

    def inspect(self, kind: str, name: str) -> dict[str, Any]:
        """Return what the engine knows of an image or a container."""
        found: dict[str, Any] = json.loads(self.call([kind, "inspect", name]))[0]
        return found

    def start(self, tag: str, port: int, options: Sequence[str] = ()) -> "Container":
        """Start a container with its port 9797 on a port of the loopback address."""
        words = ["run", "-d", "-p", f"127.0.0.1:{port}:9797", *options, tag]
        return Container(self, self.call(words).strip().splitlines()[-1])


@dataclass(frozen=True)
class Container:
    """A running container; leaving the block removes it.

    Attributes
    ----------
    engine
        That runs it.
    name
        Its id.
    """

    engine: Engine
    name: str

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.call(["rm", "-f", self.name], check=False)

    def execute(self, *words: str) -> str:
        """Run a command inside, as the service's user, and return what it prints."""
        return self.engine.call(["exec", self.name, *words])

    def logs(self) -> str:
        """Return what it has printed."""
        return self.engine.call(["logs", "--tail", "30", self.name], check=False)

    def stop(self, seconds: int) -> int:
        """Ask it to end by SIGTERM, and return its exit code (137 if it had to be killed)."""
        self.engine.call(["stop", "-t", str(seconds), self.name])
        return int(self.engine.inspect("container", self.name)["State"]["ExitCode"])


def find_engine(options: EngineOptions) -> Engine:
    """Take Docker where its engine answers, else buildah and podman.

    Raises
    ------
    MissingToolError
        If neither is there; the message says what is missing.
    """
    environment = dict(os.environ)
    if options.storage is None and not options.in_sandbox and _answers(["docker", "version"]):
        return Engine(("docker", "build"), ("docker",), True, (), environment)
    missing = [name for name in ("buildah", "podman") if shutil.which(name) is None]
    if missing:
        client = "is not installed" if shutil.which("docker") is None else "has no engine running here"
        raise MissingToolError(
            f"no way to run containers: docker {client}, and {' and '.join(missing)} not installed. Start Docker, or "
            "`apt-get install buildah podman runc`, and run this again"
        )
    store: tuple[str, ...] = ()
    if options.storage is not None:
        store = ("--root", str(options.storage / "storage"), "--runroot", str(options.storage / "run"))
    build = ["--layers", "--format", "docker"]
    if options.in_sandbox:
        folder = options.storage or Path(tempfile.mkdtemp(prefix="container-test-"))
        configuration = folder / "containers.conf"
        configuration.write_text(SANDBOX_CONFIGURATION, "utf-8")
        environment["CONTAINERS_CONF"] = str(configuration)
        build += ["--isolation", "chroot", "--network", "host", "--pull-never"]
        for name in SANDBOX_FILES:
            build += ["-v", f"{name}:{name}:ro"] if Path(name).is_file() else []
    return Engine(("buildah", *store, "bud"), ("podman", *store), False, tuple(build), environment)


def _answers(command: Sequence[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, timeout=COMMAND_SECONDS, check=False).returncode == 0
