"""Clients of AWS that retry."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import boto3
from botocore.config import Config

from deploy.aws_errors import ATTEMPTS, explain_aws_errors
from src.errors import UsageError


@dataclass(frozen=True)
class Clients:
    """The two services that are called.

    Attributes
    ----------
    beanstalk, s3
        boto3 clients of one region.
    region
        Its name.
    has_credentials
        Whether there are any; whether they are good only a call can tell.
    """

    beanstalk: Any
    s3: Any
    region: str
    has_credentials: bool


def open_clients(region: str | None, profile: str | None) -> Clients:
    """Make clients for a region; nothing is called yet.

    Raises
    ------
    UsageError
        If no region is named, or Elastic Beanstalk is not offered there.
    AwsError
        If the profile does not exist.
    """
    with explain_aws_errors():
        session = boto3.Session(region_name=region, profile_name=profile)
        chosen = session.region_name
        regions = sorted(
            name
            for partition in session.get_available_partitions()
            for name in session.get_available_regions("elasticbeanstalk", partition_name=partition)
        )
        if chosen is None:
            raise UsageError("no AWS region is named: give --region, for example --region eu-west-1, or set AWS_REGION")
        if chosen not in regions:
            near = ", ".join(get_close_matches(chosen, regions)) or ", ".join(regions[:4]) + " …"
            raise UsageError(
                f"there is no Elastic Beanstalk in a region called {chosen!r} that boto3 {boto3.__version__} knows: "
                f"did you mean {near}?"
            )
        configuration = Config(
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS}, connect_timeout=10, read_timeout=60
        )
        return Clients(
            beanstalk=session.client("elasticbeanstalk", config=configuration),
            s3=session.client("s3", config=configuration),
            region=chosen,
            has_credentials=session.get_credentials() is not None,
        )
