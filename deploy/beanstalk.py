"""Deploy the bundle to AWS Elastic Beanstalk: ``python -m deploy.beanstalk deploy``.

Exit codes: 0 done; 1 the deployment failed and the version before runs again; 2 wrong usage,
credentials, permissions, quota or region; 130 interrupted (the same command continues).
"""

import argparse
import sys
from collections.abc import Sequence

from deploy.aws import Clients, open_clients
from deploy.aws_errors import DeploymentError, explain_aws_errors
from deploy.command_line import DEFAULT_MAXIMUM_INSTANCES, build_parser, read_variables
from deploy.costs import describe_costs, estimate_costs
from deploy.deployment import DEFAULTS, Deployment, Limits
from deploy.environment import Environment, State
from deploy.environment_options import EnvironmentOptions
from deploy.release import read_version
from deploy.reporter import Reporter
from deploy.versions import read_bundle
from src.errors import EXIT_DONE, EXIT_INTERRUPTED, ProjectError, UsageError
from src.paths import PROJECT_ROOT


def confirm(question: str, is_sure: bool) -> None:
    """Ask at a terminal unless it was said already.

    Raises
    ------
    UsageError
        If the answer is no, or there is nobody to ask.
    """
    if is_sure:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question}: add --yes if that is meant")
    print(f"{question}? [y/N] ", end="", flush=True, file=sys.stderr)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise UsageError("not done, as you said no")


def run_deploy(arguments: argparse.Namespace, clients: Clients, environment: Environment, reporter: Reporter) -> None:
    """Deploy, or say what would be done."""
    maximum = arguments.maximum_instances
    if arguments.balanced and maximum is None:
        maximum = DEFAULT_MAXIMUM_INSTANCES
    options = EnvironmentOptions(
        arguments.balanced,
        arguments.instance_type,
        maximum,
        arguments.instance_profile,
        arguments.service_role,
        read_variables(arguments.env),
    )
    deployment = Deployment(
        clients,
        environment,
        read_bundle(arguments.bundle, read_version(PROJECT_ROOT)),
        options,
        Limits(arguments.timeout, arguments.health_seconds),
        reporter.say,
    )
    costs = describe_costs(
        estimate_costs(
            str(options.instance_type or DEFAULTS.instance_type),
            (maximum or 1) if options.balanced else 1,
            bool(options.balanced),
        )
    )
    if arguments.dry_run and not clients.has_credentials:
        print(f"No AWS credentials: this is the plan for an account in {clients.region} with nothing in it.")
        label, application = deployment.bundle.label, arguments.application
        steps = [
            f"make application {application}",
            f"upload {len(deployment.bundle.content):,} bytes and make version {label}",
            f"make environment {arguments.environment} with version {label}",
        ]
        print("\n".join(f"would {step}" for step in steps) + f"\n{costs}")
        return
    state = environment.describe()
    if arguments.dry_run:
        steps = deployment.plan(state) or ["do nothing: this bundle is deployed"]
        print("\n".join(f"would {step}" for step in steps) + ("" if state else f"\n{costs}"))
        return
    if state is None:
        reporter.say(costs)
        confirm(f"make a new environment {arguments.environment} in {clients.region}, which costs", arguments.yes)
    with reporter:
        state = deployment.run()
    print(f"http://{state.address}/")


def show_status(environment: Environment, state: State | None) -> None:
    """Print what an environment is."""
    if state is None:
        print(f"{environment.name}: there is no such environment of application {environment.application}")
    else:
        print(
            f"{environment.name}: {state.status}, health {state.health}, version {state.label}, http://{state.address}/"
        )


def run_terminate(arguments: argparse.Namespace, environment: Environment, reporter: Reporter) -> None:
    """End an environment and wait until it is gone."""
    state = environment.describe()
    if state is None:
        show_status(environment, None)
        return
    confirm(f"end {arguments.environment} in {environment.clients.region} with all its instances", arguments.yes)
    with reporter:
        environment.mark_events_seen()
        if state.status != "Terminating":
            environment.terminate()
        left, _ = environment.wait_until_ready(arguments.timeout)
    if left is not None:
        raise DeploymentError(f"{arguments.environment} is still there: look at its events, and end it again")
    print(f"{arguments.environment} is gone; the application, its versions and their bundles in S3 stay (some cents)")


def main(words: Sequence[str] | None = None) -> int:
    """Run the command."""
    arguments = build_parser().parse_args(words)
    reporter = Reporter()
    try:
        with explain_aws_errors():
            clients = open_clients(arguments.region, arguments.profile)
            environment = Environment(
                clients,
                arguments.application,
                arguments.environment,
                reporter,
                arguments.poll_seconds,
            )
            if arguments.command == "deploy":
                run_deploy(arguments, clients, environment, reporter)
            elif arguments.command == "terminate":
                run_terminate(arguments, environment, reporter)
            else:
                show_status(environment, environment.describe())
    except ProjectError as error:
        reporter.say(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        reporter.say("interrupted: what was begun goes on in AWS; the same command continues to watch it")
        return EXIT_INTERRUPTED
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
