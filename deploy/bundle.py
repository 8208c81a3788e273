"""The bundle for Elastic Beanstalk's Docker platform, as one zip file.

``python -m deploy.bundle`` writes ``dist/beanstalk.zip``: the dockerfile (as ``Dockerfile``, which
the platform insists on), exactly the files that it copies, the body limit for the platform's nginx and
the options of the environment. The same input gives the same bytes.
"""

import argparse
import io
import math
import string
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from application.settings import FORM_ALLOWANCE_BYTES, Settings
from deploy.context import list_context
from src.errors import ProjectError, UsageError
from src.files import write_bytes
from src.models.artefacts import load_model
from src.paths import PROJECT_ROOT, Workspace

MAXIMUM_BYTES: Final = 10_000_000
"""Far below Elastic Beanstalk's 500 MB; more means that something got in that does not belong there."""

PLATFORM: Final = Path(__file__).resolve().parent / "platform"
PLATFORM_FILES: Final = {
    ".ebextensions/service.config": PLATFORM / "ebextensions" / "service.config",
    ".platform/nginx/conf.d/upload.conf": PLATFORM / "nginx" / "conf.d" / "upload.conf",
}
WORKERS: Final = 2
"""As many as the cores of the instance types that ``deploy.beanstalk`` starts."""

PROXY_MARGIN_SECONDS: Final = 5
EARLIEST_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
REGULAR_FILE: Final = 0o100644


class _PlatformTemplate(string.Template):
    """``@{name}`` is filled in, because ``$`` belongs to nginx."""

    delimiter = "@"


@dataclass(frozen=True)
class BundleFile:
    """One file of the bundle.

    Attributes
    ----------
    name
        Its path in the zip file, with forward slashes.
    content
        Its bytes.
    """

    name: str
    content: bytes


def compute_request_limit(settings: Settings) -> int:
    """Compute the largest request body in bytes that the service may take, form included."""
    return max(settings.maximum_body_bytes, settings.maximum_batch_bytes) + FORM_ALLOWANCE_BYTES


def list_bundle_files(root: Path, settings: Settings) -> list[BundleFile]:
    """Collect the files of the bundle, sorted by name.

    Parameters
    ----------
    root
        The project.
    settings
        Those that the service shall have in production.
    """
    values = {
        "maximum_request_bytes": compute_request_limit(settings),
        "maximum_body_bytes": settings.maximum_body_bytes,
        "maximum_batch_bytes": settings.maximum_batch_bytes,
        "body_memory_bytes": settings.body_memory_bytes,
        "request_seconds": f"{settings.request_seconds:g}",
        "proxy_seconds": math.ceil(settings.request_seconds) + PROXY_MARGIN_SECONDS,
        "workers": WORKERS,
    }
    files = [BundleFile("Dockerfile", (root / "dockerfile").read_bytes())]
    files += [BundleFile(path.as_posix(), (root / path).read_bytes()) for path in list_context(root)]
    files += [
        BundleFile(name, _PlatformTemplate(source.read_text("utf-8")).substitute(values).encode())
        for name, source in PLATFORM_FILES.items()
    ]
    return sorted(files, key=lambda file: file.name)


def pack(files: list[BundleFile]) -> bytes:
    """Make a zip file whose bytes follow from names and contents alone.

    Raises
    ------
    UsageError
        If it is larger than a bundle of this project may be.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, EARLIEST_ZIP_TIME)
            entry.create_system = 3  # Unix, whatever packs it, so that the mode counts
            entry.external_attr = REGULAR_FILE << 16
            archive.writestr(entry, file.content, zipfile.ZIP_DEFLATED, compresslevel=9)
    if buffer.tell() > MAXIMUM_BYTES:
        largest = max(files, key=lambda file: len(file.content))
        raise UsageError(
            f"the bundle has {buffer.tell():,} bytes, expected fewer than {MAXIMUM_BYTES:,}; its largest file is "
            f"{largest.name} ({len(largest.content):,} bytes): see .dockerignore for what goes in"
        )
    return buffer.getvalue()


def write_bundle(target: Path, root: Path = PROJECT_ROOT, settings: Settings | None = None) -> list[BundleFile]:
    """Write the bundle whole and return what it holds.

    Raises
    ------
    ModelError
        If the project's model is missing or would not load: such a bundle would fail in production.
    """
    load_model(Workspace(root).models_dir)
    files = list_bundle_files(root, settings or _read_settings())
    write_bytes(target, pack(files))
    return files


def _read_settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, part['loc'])).upper() or 'settings'}: {part['msg']}" for part in error.errors()
        )
        raise UsageError(f"the environment holds settings that the service would refuse: {problems}") from error


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.bundle",
        description="Write the source bundle for Elastic Beanstalk (Docker on Amazon Linux 2023). "
        "The service's settings are taken from the environment, as the service takes them "
        "(MAXIMUM_BODY_BYTES=… sets the proxy's limit as well).",
    )
    parser.add_argument("--output", type=Path, default=PROJECT_ROOT / "dist" / "beanstalk.zip", help="file to write")
    parser.add_argument("--root", type=Path, default=PROJECT_ROOT, help="project to pack (default: this one)")
    arguments = parser.parse_args()
    try:
        files = write_bundle(arguments.output, arguments.root)
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    for file in files:
        print(f"{len(file.content):>10,}  {file.name}")
    print(f"{arguments.output.stat().st_size:>10,}  bytes in {arguments.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
