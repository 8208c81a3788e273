"""The application, and the bundle as one of its versions: made if missing, never made twice.

A version is named after the bundle's hash. So the same bundle is the same version, an interrupted
run finds what it has already done, and nothing is uploaded twice.
"""

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from deploy.aws import Clients
from deploy.aws_errors import DeploymentError
from src.errors import UsageError

MISSING: Final = frozenset({"404", "NoSuchKey", "NotFound"})
PROCESSING_POLLS: Final = 30
DESCRIPTION: Final = "Names the colour of an artwork"


@dataclass(frozen=True)
class Bundle:
    """The zip file to be deployed.

    Attributes
    ----------
    content
        Its bytes.
    label
        Name of the application version: the project's version and 12 digits of the bundle's SHA-256.
    """

    content: bytes
    label: str


def read_bundle(path: Path, version: str) -> Bundle:
    """Read a bundle and name it.

    Raises
    ------
    UsageError
        If there is none.
    """
    if not path.is_file():
        raise UsageError(f"there is no bundle at {path}: make it with `make eb-bundle`")
    content = path.read_bytes()
    return Bundle(content, f"{version}-{hashlib.sha256(content).hexdigest()[:12]}")


def ensure_application(clients: Clients, name: str) -> bool:
    """Make the application if it is not there; tell whether it was made."""
    found = clients.beanstalk.describe_applications(ApplicationNames=[name])["Applications"]
    if not found:
        clients.beanstalk.create_application(ApplicationName=name, Description=DESCRIPTION)
    return not found


def find_bucket(clients: Clients) -> str:
    """Return Elastic Beanstalk's own bucket of this account and region; it is made if missing."""
    return str(clients.beanstalk.create_storage_location()["S3Bucket"])


def describe_version(clients: Clients, application: str, label: str) -> dict[str, Any] | None:
    """Return what Elastic Beanstalk says of a version, or None."""
    answer = clients.beanstalk.describe_application_versions(ApplicationName=application, VersionLabels=[label])
    return next(iter(answer["ApplicationVersions"]), None)


def ensure_version(
    clients: Clients, application: str, bundle: Bundle, say: Callable[[str], None], poll_seconds: float
) -> None:
    """Upload the bundle and make a version of it, as far as that is not done yet.

    Raises
    ------
    DeploymentError
        If Elastic Beanstalk refuses the bundle.
    """
    known = describe_version(clients, application, bundle.label)
    if known is not None and known.get("Status") == "FAILED":
        # A version cannot be mended, and the cause may have been passing: make it anew.
        clients.beanstalk.delete_application_version(ApplicationName=application, VersionLabel=bundle.label)
        known = None
    if known is None:
        bucket, key = find_bucket(clients), f"{application}/{bundle.label}.zip"
        if upload(clients, bucket, key, bundle.content):
            say(f"uploaded {len(bundle.content):,} bytes to s3://{bucket}/{key}")
        clients.beanstalk.create_application_version(
            ApplicationName=application,
            VersionLabel=bundle.label,
            Description=DESCRIPTION,
            SourceBundle={"S3Bucket": bucket, "S3Key": key},
            Process=True,
        )
        say(f"made version {bundle.label}")
    _wait_until_processed(clients, application, bundle.label, poll_seconds)


def _wait_until_processed(clients: Clients, application: str, label: str, poll_seconds: float) -> None:
    for _ in range(PROCESSING_POLLS):
        status = (describe_version(clients, application, label) or {}).get("Status", "UNPROCESSED")
        if status in {"PROCESSED", "UNPROCESSED"}:
            return
        if status == "FAILED":
            break
        time.sleep(poll_seconds)
    raise DeploymentError(
        f"Elastic Beanstalk did not accept version {label}: its .ebextensions could not be processed; "
        "the events of the application in the console say which line"
    )


def upload(clients: Clients, bucket: str, key: str, content: bytes) -> bool:
    """Put an object unless it is there with the same content; S3 checks what arrives. Tell if it was put."""
    checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
    try:
        head = clients.s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
        if head.get("ChecksumSHA256") == checksum:
            return False
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise
    clients.s3.put_object(Bucket=bucket, Key=key, Body=content, ChecksumSHA256=checksum)
    return True
