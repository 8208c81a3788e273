"""The options of ``python -m deploy.beanstalk``."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from deploy.deployment import DEFAULTS
from src.errors import UsageError
from src.paths import PROJECT_ROOT

APPLICATION: Final = "google-images-classifier"
DEFAULT_MAXIMUM_INSTANCES: Final = 2


def build_parser() -> argparse.ArgumentParser:
    """Build the parser."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.beanstalk", description="Deploy the service to AWS Elastic Beanstalk."
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--application", default=APPLICATION, help="name of the application (default: %(default)s)")
    common.add_argument("--environment", default=f"{APPLICATION}-env", help="name (default: %(default)s)")
    common.add_argument("--region", help="AWS region (default: as your AWS configuration says)")
    common.add_argument("--profile", help="profile of your AWS configuration")
    common.add_argument("--poll-seconds", type=float, default=10, help="between two looks (default: %(default)g)")
    common.add_argument("--timeout", type=float, default=1800, help="seconds for one operation (default: %(default)g)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    deploy = commands.add_parser("deploy", parents=[common], help="make or update everything, and wait until it serves")
    deploy.add_argument(
        "--bundle", type=Path, default=PROJECT_ROOT / "dist" / "beanstalk.zip", help="default: dist/beanstalk.zip"
    )
    kind = deploy.add_mutually_exclusive_group()
    kind.add_argument(
        "--single", dest="balanced", action="store_false", default=None, help="one instance (the default when made)"
    )
    kind.add_argument(
        "--balanced", dest="balanced", action="store_true", default=None, help="a load balancer and several instances"
    )
    deploy.add_argument("--instance-type", help=f"of EC2 (default when made: {DEFAULTS.instance_type})")
    deploy.add_argument(
        "--maximum-instances", type=int, help=f"with --balanced (default when made: {DEFAULT_MAXIMUM_INSTANCES})"
    )
    deploy.add_argument(
        "--instance-profile", help=f"IAM instance profile (default when made: {DEFAULTS.instance_profile})"
    )
    deploy.add_argument("--service-role", help=f"IAM role (default when made: {DEFAULTS.service_role})")
    deploy.add_argument(
        "--env",
        metavar="NAME[=VALUE]",
        action="append",
        default=[],
        help="variable for the service; without a value, yours is taken",
    )
    deploy.add_argument(
        "--health-seconds", type=float, default=300, help="for green health after an operation (default: %(default)g)"
    )
    deploy.add_argument(
        "--dry-run", action="store_true", help="look, say what would be done and what it costs, do nothing"
    )
    deploy.add_argument("--yes", action="store_true", help="make a new environment, which costs, without asking")
    commands.add_parser("status", parents=[common], help="say what runs, and its latest events")
    terminate = commands.add_parser("terminate", parents=[common], help="end the environment and its costs")
    terminate.add_argument("--yes", action="store_true", help="without asking")
    return parser


def read_variables(assignments: Sequence[str]) -> dict[str, str]:
    """Read ``NAME=VALUE``; a bare ``NAME`` takes its value from our own environment.

    Raises
    ------
    UsageError
        If a bare name is not set here.
    """
    variables = {}
    for assignment in assignments:
        name, has_value, value = assignment.partition("=")
        if not name.isidentifier() or (not has_value and name not in os.environ):
            raise UsageError(f"--env {name}: expected NAME=VALUE, or the name of a variable that is set here")
        variables[name] = value if has_value else os.environ[name]
    return variables
