"""The source bundle for Elastic Beanstalk's Docker platform, as one zip file.

``python -m deploy.bundle`` writes ``dist/beanstalk.zip``, which ``eb deploy`` uploads: the dockerfile (as
``Dockerfile``, which the platform insists on), the files that it copies, and the upload limit for the platform's nginx.
The same checkout gives the same bytes; ``python -m deploy.bundle --check`` says whether a bundle is current.
"""

import argparse
import io
import itertools
import math
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml
from pydantic import ValidationError

from application.settings import FORM_ALLOWANCE_BYTES, Settings, describe_faults
from src.command import run_command
from src.errors import EXIT_DONE, UsageError
from src.files import write_bytes
from src.models.artefacts import load_model
from src.paths import PROJECT_ROOT, Workspace

BUNDLE: Final = Path("dist") / "beanstalk.zip"
SAVED_CONFIGURATION: Final = Path(".elasticbeanstalk") / "saved_configs" / "production.cfg.yml"
VARIABLES: Final = "aws:elasticbeanstalk:application:environment"
NGINX_SOURCE: Final = Path("deploy") / "nginx_upload.conf"
NGINX_TARGET: Final = ".platform/nginx/conf.d/upload.conf"

PROXY_MARGIN_SECONDS: Final = 5
REGULAR_FILE: Final = 0o100644


def read_production_settings(root: Path) -> Settings:
    """Read the environment variables of the saved configuration as the service will; UsageError if it refuses one."""
    place = root / SAVED_CONFIGURATION
    variables = yaml.safe_load(place.read_text("utf-8"))["OptionSettings"][VARIABLES]
    if unknown := sorted(name for name in variables if name.lower() not in Settings.model_fields):
        raise UsageError(
            f"{place} sets {', '.join(unknown)}: expected settings of the service, as `python -m application --help` "
            "lists them"
        )
    # given as well, so that the environment of this machine has no say
    defaults = {name: field.get_default(call_default_factory=True) for name, field in Settings.model_fields.items()}
    try:
        return Settings(**{**defaults, **{name.lower(): value for name, value in variables.items()}})
    except ValidationError as error:
        raise UsageError(f"{place} holds values that the service refuses: {describe_faults(error)}") from error


def compute_request_limit(settings: Settings) -> int:
    """Compute the largest request body in bytes that the service may take, form included."""
    return max(settings.maximum_body_bytes, settings.maximum_batch_bytes) + FORM_ALLOWANCE_BYTES


def list_copied_files(root: Path) -> list[Path]:
    """List the files that the dockerfile's COPY lines name, relative to the root and sorted.

    Folders are walked, without caches and hidden files, as ``.dockerignore`` says too. UsageError if a line names
    nothing that is there.
    """
    files: set[Path] = set()
    lines = (root / "dockerfile").read_text("utf-8").splitlines()
    copies = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    for source in itertools.chain.from_iterable(copies):
        found = [path for top in root.glob(source) for path in (top, *top.rglob("*")) if path.is_file()]
        if not found:
            raise UsageError(f"the dockerfile copies {source}, which {root} lacks: expected the root of the project")
        files |= {path.relative_to(root) for path in found}
    return sorted(path for path in files if not any(part[0] == "." or part == "__pycache__" for part in path.parts))


def collect_files(root: Path) -> dict[str, bytes]:
    """Collect the bundle's files by their names in it, with forward slashes.

    ModelError or UsageError if the model would not load, or the settings or the dockerfile do not fit the project:
    such a bundle would fail in production.
    """
    load_model(Workspace(root).models_dir)
    settings = read_production_settings(root)
    nginx = (root / NGINX_SOURCE).read_text("utf-8")
    nginx = nginx.replace("MAXIMUM_REQUEST_BYTES", str(compute_request_limit(settings)))
    nginx = nginx.replace("PROXY_SECONDS", str(math.ceil(settings.request_seconds) + PROXY_MARGIN_SECONDS))
    return {
        "Dockerfile": (root / "dockerfile").read_bytes(),
        NGINX_TARGET: nginx.encode(),
        **{path.as_posix(): (root / path).read_bytes() for path in list_copied_files(root)},
    }


def pack(files: Mapping[str, bytes]) -> bytes:
    """Make a zip file whose bytes follow from names and contents alone: its dates are all ZipInfo's own, 1980."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3  # Unix, whatever packs it, so that the mode counts
            entry.external_attr = REGULAR_FILE << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()


def check_bundle(bundle: Path, files: Mapping[str, bytes]) -> None:
    """Make sure that a bundle is what would be packed now: UsageError if it is missing, no zip file or older."""
    try:
        with zipfile.ZipFile(bundle) as archive:
            packed = {name: archive.read(name) for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile) as error:
        raise UsageError(f"{bundle} cannot be read as a zip file ({error}): run `make eb-bundle`") from error
    if differing := sorted(name for name in packed.keys() | files.keys() if packed.get(name) != files.get(name)):
        raise UsageError(f"{bundle} is not of this checkout, {', '.join(differing[:5])} differ: run `make eb-bundle`")


def main(arguments: list[str] | None = None) -> int:
    """Run the command and give its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.bundle",
        description="Write the source bundle for Elastic Beanstalk (Docker on Amazon Linux 2023), with the settings of "
        f"{SAVED_CONFIGURATION.as_posix()}.",
    )
    parser.add_argument("--root", type=Path, default=PROJECT_ROOT, help="project to pack (default: this one)")
    parser.add_argument("--check", action="store_true", help="write nothing; say whether the file is current")
    options = parser.parse_args(arguments)

    def run() -> int:
        bundle, files = options.root / BUNDLE, collect_files(options.root)
        if options.check:
            check_bundle(bundle, files)
        else:
            write_bytes(bundle, pack(files))
        print(f"{bundle}: {bundle.stat().st_size:,} bytes, {len(files)} files, current")
        return EXIT_DONE

    return run_command(run)


if __name__ == "__main__":
    sys.exit(main())
