"""What is chosen when an environment is made or changed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from src.errors import UsageError

PLATFORM: Final = re.compile(r"64bit Amazon Linux 2023 v(\d+)\.(\d+)\.(\d+) running Docker")


@dataclass(frozen=True)
class EnvironmentOptions:
    """What is chosen when an environment is made; None leaves it as it is when one is updated.

    Attributes
    ----------
    balanced
        A load balancer and up to ``maximum_instances`` behind it, or a single instance.
    instance_type
        Of EC2.
    maximum_instances
        Only with a load balancer.
    instance_profile, service_role
        IAM names, see deploy/README.md.
    variables
        Further environment variables of the service, for example API_TOKEN.
    """

    balanced: bool | None = None
    instance_type: str | None = None
    maximum_instances: int | None = None
    instance_profile: str | None = None
    service_role: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    def list_settings(self) -> list[dict[str, str]]:
        """Give them as Elastic Beanstalk's option settings."""
        values = {
            ("aws:elasticbeanstalk:environment", "ServiceRole"): self.service_role,
            ("aws:autoscaling:launchconfiguration", "IamInstanceProfile"): self.instance_profile,
            ("aws:ec2:instances", "InstanceTypes"): self.instance_type,
        }
        if self.balanced is not None:
            kind = "LoadBalanced" if self.balanced else "SingleInstance"
            values["aws:elasticbeanstalk:environment", "EnvironmentType"] = kind
            values["aws:autoscaling:launchconfiguration", "DisableIMDSv1"] = "true"
        if self.balanced:
            values["aws:elasticbeanstalk:environment", "LoadBalancerType"] = "application"
            # One batch on new instances first, so that a bad version never takes the whole capacity.
            values["aws:elasticbeanstalk:command", "DeploymentPolicy"] = "RollingWithAdditionalBatch"
        if self.maximum_instances is not None:
            values["aws:autoscaling:asg", "MaxSize"] = str(self.maximum_instances)
        for name, value in sorted(self.variables.items()):
            values["aws:elasticbeanstalk:application:environment", name] = value
        return [
            {"Namespace": namespace, "OptionName": name, "Value": value}
            for (namespace, name), value in values.items()
            if value is not None
        ]


def choose_platform(stacks: Sequence[str]) -> str:
    """Choose the newest Docker platform on Amazon Linux 2023 among the names of all platforms.

    Raises
    ------
    UsageError
        If the region offers none.
    """
    found = {tuple(map(int, match.groups())): name for name in stacks if (match := PLATFORM.fullmatch(name))}
    if not found:
        raise UsageError("this region offers no platform 'Docker on 64bit Amazon Linux 2023': take another --region")
    return found[max(found)]
