"""Build the container, run it for real and hold it to its promises: ``python -m deploy.container_test``.

It is built, started, looked at from inside, asked about pictures whose answers must equal those of
the service of this checkout, and stopped; then the same with a read-only root, no new privileges, no
capability and 512 MB. Exit codes: 0 all held; 1 something did not; 2 no engine here.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from deploy.container_checks import Answer, ask, check_inside, compare_answers, look_inside, wait_until_ready
from deploy.container_engine import Container, Engine, EngineOptions, find_engine
from deploy.release import read_release
from deploy.sample_pictures import SamplePicture, collect_samples
from src.errors import EXIT_DONE, ProjectError
from src.files import write_text
from src.local_service import find_free_port, start_local_service
from src.paths import PROJECT_ROOT, Workspace

TAG: Final = "localhost/google-images-classifier:container-test"
STOP_SECONDS: Final = 40
MEGABYTE: Final = 1_000_000
MEMORY_LIMIT: Final = 512 << 20
HARDENED: Final = (
    "--read-only",
    "--security-opt=no-new-privileges",
    "--cap-drop=all",
    f"--memory={MEMORY_LIMIT}b",
    "--env=WORKERS=2",
)
PODMAN_READ_ONLY: Final = ("--read-only-tmpfs=false",)
"""podman alone would quietly make /tmp and /run writable; Docker does not."""


@dataclass
class Report:
    """What was measured, and what did not hold."""

    figures: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def note(self, name: str, value: Any, shown: str) -> None:
        """Keep a figure and print it."""
        self.figures[name] = value
        print(f"{name.replace('_', ' '):32} {shown}", flush=True)

    def check(self, promise: str, problems: Sequence[str] | bool) -> None:
        """Keep and print whether a promise holds."""
        found = (["" if problems else "it does not hold"] if isinstance(problems, bool) else list(problems)) or [""]
        found = [problem for problem in found if problem]
        print(f"{'FAILED' if found else 'ok':6} {promise}", flush=True)
        for problem in found:
            print(f"       {problem}", flush=True)
            self.problems.append(f"{promise}: {problem}")


def build_parser() -> argparse.ArgumentParser:
    """Build the parser."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.container_test",
        description="Build the container, run it, and compare its answers with those of this checkout.",
    )
    base = os.environ.get("CONTAINER_BASE", "python:3.11-slim")
    storage = os.environ.get("CONTAINER_STORAGE")
    parser.add_argument("--base", default=base, help="base image (CONTAINER_BASE; default: %(default)s)")
    parser.add_argument(
        "--storage",
        type=Path,
        default=Path(storage) if storage else None,
        help="folder of podman's images (CONTAINER_STORAGE)",
    )
    parser.add_argument(
        "--sandbox",
        action="store_true",
        default=os.environ.get("CONTAINER_SANDBOX") == "1",
        help="this machine is itself a container: buildah without namespaces, runc, low limits (CONTAINER_SANDBOX=1)",
    )
    parser.add_argument(
        "--pictures", type=Path, help="folder of pictures to post (default: reference paintings, or made ones)"
    )
    parser.add_argument("--count", type=int, default=40, help="how many of them (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="file for the figures")
    return parser


def check_image(engine: Engine, base: str, report: Report) -> None:
    """Hold the image's description to its promises."""
    release = read_release()
    image = engine.inspect("image", TAG)
    own = image["Size"] - engine.inspect("image", base)["Size"]
    report.note("size_without_base", own, f"{own / MEGABYTE:.0f} MB ({image['Size'] / MEGABYTE:.0f} MB with the base)")
    configuration = image["Config"]
    labels = configuration.get("Labels") or {}
    report.check(
        "labels name version and model",
        labels.get("org.opencontainers.image.version") == release.version
        and labels.get("model.hash") == release.model_hash,
    )
    report.check("port 9797 is exposed", list(configuration["ExposedPorts"]) == ["9797/tcp"])


def read_probe(engine: Engine) -> list[str]:
    """Return the command of the image's health check."""
    image = engine.inspect("image", TAG)
    check = image.get("HealthCheck") or image.get("Healthcheck") or image["Config"].get("Healthcheck") or {}
    return list(check.get("Test", ["NONE"]))[1:]


def check_health_probe(engine: Engine, container: Container, report: Report) -> None:
    """Run the image's own health check where the service runs, and where it does not."""
    probe = read_probe(engine)
    report.check("the image has a health check", bool(probe))
    if not probe:
        return
    quoted = json.dumps(probe)
    code = f"import subprocess; print(subprocess.run({quoted}, capture_output=True).returncode)"
    report.check("the health check finds the service", container.execute("python", "-c", code).strip() == "0")
    with _start_idle(engine) as idle:
        report.check(
            "the health check misses a service that is not there", idle.execute("python", "-c", code).strip() != "0"
        )


def _start_idle(engine: Engine) -> Container:
    words = ["run", "-d", "--entrypoint", "python", TAG, "-c", "import time; time.sleep(120)"]
    return Container(engine, engine.call(words).strip().splitlines()[-1])


def run_once(
    engine: Engine,
    name: str,
    options: Sequence[str],
    *,
    samples: Sequence[SamplePicture],
    local: Sequence[Answer],
    report: Report,
) -> None:
    """Start a container, ask it everything, look inside and stop it."""
    port = find_free_port()
    print(f"\n{name}: {' '.join(options) or 'as documented'}", flush=True)
    started = time.monotonic()
    with engine.start(TAG, port, options) as container:
        wait_until_ready(container, port)
        seconds = time.monotonic() - started
        report.note(f"{name}_ready_seconds", round(seconds, 2), f"{seconds:.1f} s from `run` to ready")
        before = look_inside(container)
        theirs = ask(f"http://127.0.0.1:{port}", samples)
        classified = sum(answer.status == HTTPStatus.OK for answer in theirs)
        report.check(
            f"{len(samples)} files: the same answers as here ({classified} classified)",
            compare_answers(samples, local, theirs),
        )
        inside = look_inside(container)
        report.note(
            f"{name}_idle_bytes",
            before.resident_bytes,
            f"{before.resident_bytes / MEGABYTE:.0f} MB before the pictures",
        )
        report.note(
            f"{name}_used_bytes", inside.resident_bytes, f"{inside.resident_bytes / MEGABYTE:.0f} MB after them"
        )
        report.note(f"{name}_peak_bytes", inside.peak_bytes, f"{inside.peak_bytes / MEGABYTE:.0f} MB at most")
        if options:
            check_hardening(inside.seen, report)
        else:
            report.note(
                "packages",
                inside.seen["packages"],
                f"{len(inside.seen['packages'])}: {', '.join(inside.seen['packages'])}",
            )
            report.check("packages, files, user: as promised", check_inside(inside, PROJECT_ROOT))
            check_health_probe(engine, container, report)
        begin = time.monotonic()
        code = container.stop(STOP_SECONDS)
        seconds = time.monotonic() - begin
        report.note(f"{name}_stop_seconds", round(seconds, 2), f"{seconds:.1f} s to stop")
        report.check(f"SIGTERM ends it by itself (exit code {code})", code in {0, 143} and seconds < STOP_SECONDS)


def check_hardening(seen: Any, report: Report) -> None:
    """Make sure that the restrictions were really there."""
    report.check("the root file system is read-only", "Read-only" in seen["root"])
    report.check("no capability", int(seen["capabilities"], 16) == 0)
    report.check("no new privileges", seen["no_new_privileges"] == "1")
    report.check("512 MB is the limit", seen["limit"] == str(MEMORY_LIMIT))


def run(arguments: argparse.Namespace) -> Report:
    """Do everything."""
    report = Report()
    engine = find_engine(EngineOptions(arguments.storage, arguments.sandbox))
    samples = collect_samples(arguments.pictures, arguments.count)
    print(f"building {TAG} with {engine.builder[0]} …", flush=True)
    started = time.monotonic()
    engine.build(PROJECT_ROOT, TAG, arguments.base, read_release().build_arguments)
    seconds = time.monotonic() - started
    report.note("build_seconds", round(seconds, 1), f"{seconds:.0f} s")
    check_image(engine, arguments.base, report)
    with start_local_service(Workspace().models_dir) as local:
        answers = ask(local.address, samples)
    report.check("the local service classifies pictures and refuses other files", len({a.status for a in answers}) > 1)
    run_once(engine, "plain", (), samples=samples, local=answers, report=report)
    hardened = HARDENED if engine.is_docker else (*HARDENED, *PODMAN_READ_ONLY)
    run_once(engine, "hardened", hardened, samples=samples, local=answers, report=report)
    return report


def main(words: Sequence[str] | None = None) -> int:
    """Run the command."""
    arguments = build_parser().parse_args(words)
    try:
        report = run(arguments)
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    if arguments.json:
        write_text(arguments.json, json.dumps({**report.figures, "problems": report.problems}, indent=2) + "\n")
    print(f"\n{'FAILED' if report.problems else 'all held'}: {len(report.problems)} problems")
    return 1 if report.problems else EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
