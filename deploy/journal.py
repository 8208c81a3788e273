"""The journal of a deployment: what it was about to do, kept in S3 until it is done.

It stands beside the bundles, so that any run on any machine can continue, or go back.
"""

import json
from dataclasses import asdict, dataclass

from botocore.exceptions import ClientError

from deploy.aws import Clients
from deploy.versions import MISSING


@dataclass(frozen=True)
class Journal:
    """One deployment that has begun.

    Attributes
    ----------
    previous
        Label of the version that ran before and is the way back; None if there was none.
    target
        Label of the version being deployed.
    rolling_back
        Whether the way back has begun.
    """

    previous: str | None
    target: str
    rolling_back: bool = False


@dataclass(frozen=True)
class JournalStore:
    """Where the journal of one environment is.

    Attributes
    ----------
    clients
        Of the environment's region.
    bucket
        Elastic Beanstalk's own.
    key
        Name of the object.
    """

    clients: Clients
    bucket: str
    key: str

    @classmethod
    def of(cls, clients: Clients, bucket: str, application: str, environment: str) -> "JournalStore":
        """Name the place for an environment."""
        return cls(clients, bucket, f"{application}/deployments/{environment}.json")

    def read(self) -> Journal | None:
        """Read what an interrupted run left, or None."""
        try:
            answer = self.clients.s3.get_object(Bucket=self.bucket, Key=self.key)
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None
            raise
        return Journal(**json.loads(answer["Body"].read()))

    def write(self, journal: Journal) -> None:
        """Keep a journal in place of the one before."""
        self.clients.s3.put_object(Bucket=self.bucket, Key=self.key, Body=json.dumps(asdict(journal)).encode())

    def clear(self) -> None:
        """Remove it: the deployment is over."""
        self.clients.s3.delete_object(Bucket=self.bucket, Key=self.key)
