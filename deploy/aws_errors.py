"""The errors of AWS, in words that say what to do.

::

    ProjectError
    ├── DeploymentError   what was asked for did not happen in AWS                     exit code 1
    └── AwsError          credentials, permissions, quota, region or network           exit code 2
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Final

from botocore import exceptions

from src.errors import ProjectError

ATTEMPTS: Final = 8
"""Of one call, with exponential waits in between; botocore repeats throttled and 5xx answers."""

CONNECTION_ERRORS: Final = (exceptions.ConnectionError, exceptions.HTTPClientError)
CREDENTIAL_ERRORS: Final = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.SSOError,
    exceptions.TokenRetrievalError,
    exceptions.ProfileNotFound,
)
CREDENTIALS_ADVICE: Final = (
    "run `aws configure` or `aws sso login`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)
CONTINUES: Final = "run the same command again: it continues"


class DeploymentError(ProjectError):
    """What was asked for did not happen in AWS; the message says what stands there now."""

    exit_code: ClassVar[int] = 1


class AwsError(ProjectError):
    """AWS cannot be used as things are: credentials, permissions, quota, region or network."""


@dataclass(frozen=True)
class Explanation:
    """What a group of error codes means.

    Attributes
    ----------
    codes
        A code belongs to the group if one of these stands in it.
    text
        With ``{code}``, ``{call}`` and ``{message}`` to be filled in.
    """

    codes: tuple[str, ...]
    text: str


EXPLANATIONS: Final = (
    Explanation(
        ("ExpiredToken", "RequestExpired", "TokenRefreshRequired"),
        f"the AWS credentials have expired ({{code}} in {{call}}): renew them ({CREDENTIALS_ADVICE}) and {CONTINUES}",
    ),
    Explanation(
        ("InvalidClientTokenId", "UnrecognizedClient", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthFailure"),
        f"AWS does not accept the credentials ({{code}} in {{call}}): check them ({CREDENTIALS_ADVICE}), "
        "and that this region is enabled for the account",
    ),
    Explanation(
        ("AccessDenied", "InsufficientPrivileges", "UnauthorizedOperation", "403"),
        "these credentials may not do {call} ({message}): deploy/README.md lists the permissions that are needed",
    ),
    Explanation(
        ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraint"),
        "the bucket is in another region ({code} in {call}): give the --region that the environment is in",
    ),
    Explanation(
        ("OptInRequired", "NotSignedUp", "SubscriptionRequired"),
        "the account is not signed up for this service or region ({message}): open the console there once, "
        "or take another --region",
    ),
    Explanation(
        ("Throttl", "RequestLimitExceeded", "SlowDown", "TooManyRequests"),
        f"AWS still throttles {{call}} after {ATTEMPTS} attempts ({{code}}): wait a minute and {CONTINUES}",
    ),
    Explanation(
        ("TooMany", "LimitExceeded", "QuotaExceeded", "InsufficientInstanceCapacity"),
        "a quota of the account is used up ({code} in {call}: {message}): delete what is no longer needed, "
        "or ask for more in the Service Quotas console",
    ),
    Explanation(("",), "AWS refuses {call} ({code}): {message}"),
)
"""The first that fits counts."""


@contextmanager
def explain_aws_errors() -> Iterator[None]:
    """Turn botocore's errors into ours.

    Raises
    ------
    AwsError
        For whatever botocore raises in the block.
    """
    try:
        yield
    except CREDENTIAL_ERRORS as error:
        raise AwsError(f"no usable AWS credentials ({error}): {CREDENTIALS_ADVICE}") from error
    except CONNECTION_ERRORS as error:
        raise AwsError(
            f"AWS cannot be reached ({error}): check the network, a proxy, and that the region is enabled for "
            f"the account; then {CONTINUES}"
        ) from error
    except exceptions.ClientError as error:
        raise AwsError(_describe(error)) from error
    except exceptions.BotoCoreError as error:
        raise AwsError(f"boto3 refuses the call: {error}") from error


def _describe(error: exceptions.ClientError) -> str:
    details = error.response.get("Error", {})
    code = str(details.get("Code", "unknown"))
    found = next(entry for entry in EXPLANATIONS if any(part in code for part in entry.codes))
    return found.text.format(code=code, call=error.operation_name, message=details.get("Message", error))
