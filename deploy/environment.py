"""One Elastic Beanstalk environment: what it is, and making, changing, watching and ending it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

from deploy.aws import Clients
from deploy.aws_errors import CONNECTION_ERRORS, DeploymentError
from deploy.environment_options import EnvironmentOptions, choose_platform
from deploy.reporter import Reporter

OUTAGE_SECONDS: Final = 300
"""A watch outlives a lost connection for so long."""

CLOCK_SKEW: Final = timedelta(minutes=2)
HEALTHY: Final = "Green"


@dataclass(frozen=True)
class State:
    """What Elastic Beanstalk says of an environment at one moment.

    Attributes
    ----------
    status
        ``Launching``, ``Updating``, ``Ready``, ``Terminating`` …
    health
        ``Green``, ``Yellow``, ``Red`` or ``Grey`` (not known).
    label
        Version that is, or is being, deployed.
    address
        Host name.
    """

    status: str
    health: str
    label: str | None
    address: str | None

    @property
    def is_ready(self) -> bool:
        """Whether it takes orders."""
        return self.status == "Ready"

    @property
    def is_healthy(self) -> bool:
        """Whether it serves."""
        return self.is_ready and self.health == HEALTHY


class Environment:
    """One environment of one application.

    Parameters
    ----------
    clients
        Of its region.
    application, name
        Its names.
    reporter
        Says what happens.
    poll_seconds
        Between two looks.
    """

    def __init__(
        self,
        clients: Clients,
        application: str,
        name: str,
        reporter: Reporter,
        poll_seconds: float,
    ) -> None:
        self.clients = clients
        self.application = application
        self.name = name
        self._reporter = reporter
        self.poll_seconds = poll_seconds
        self._events_since = datetime.now(UTC) - CLOCK_SKEW
        self._seen: set[tuple[datetime, str]] = set()

    def describe(self) -> State | None:
        """Look at it once; None if there is none (or no longer)."""
        answer = self.clients.beanstalk.describe_environments(
            ApplicationName=self.application, EnvironmentNames=[self.name], IncludeDeleted=False
        )
        for found in answer["Environments"]:
            if found["Status"] != "Terminated":
                return State(
                    found["Status"], found.get("Health", "Grey"), found.get("VersionLabel"), found.get("CNAME")
                )
        return None

    def create(self, label: str, options: EnvironmentOptions) -> None:
        """Begin to make it."""
        platform = choose_platform(self.clients.beanstalk.list_available_solution_stacks()["SolutionStacks"])
        self.clients.beanstalk.create_environment(
            ApplicationName=self.application,
            EnvironmentName=self.name,
            VersionLabel=label,
            SolutionStackName=platform,
            Tier={"Name": "WebServer", "Type": "Standard"},
            OptionSettings=options.list_settings(),
        )
        self._reporter.say(f"making environment {self.name} on {platform}")

    def update(self, label: str, options: EnvironmentOptions | None = None) -> None:
        """Begin to deploy another version."""
        settings = options.list_settings() if options else []
        self.clients.beanstalk.update_environment(
            ApplicationName=self.application, EnvironmentName=self.name, VersionLabel=label, OptionSettings=settings
        )
        self._reporter.say(f"deploying version {label} to {self.name}")

    def terminate(self) -> None:
        """Begin to end it."""
        self.clients.beanstalk.terminate_environment(EnvironmentName=self.name)

    def mark_events_seen(self) -> None:
        """Forget the events so far: they belong to what was before."""
        self._seen.update((event["EventDate"], event["Message"]) for event in self._read_events())

    def wait_until_ready(self, timeout_seconds: float) -> tuple[State | None, bool]:
        """Watch until no operation is under way, and say its events.

        Returns
        -------
        State or None
            What it is then; None if it is gone.
        bool
            Whether an event was an error.

        Raises
        ------
        DeploymentError
            If it takes longer.
        """
        return self._watch(lambda state: state is None or state.is_ready, timeout_seconds, "no operation under way")

    def wait_until_healthy(self, timeout_seconds: float) -> State | None:
        """Watch until it is healthy, or has had its time to become so; return what it is then."""
        try:
            state, _ = self._watch(lambda state: state is None or state.is_healthy, timeout_seconds, "green health")
        except DeploymentError:
            return self.describe()
        return state

    def _watch(
        self, is_over: Callable[[State | None], bool], timeout_seconds: float, wish: str
    ) -> tuple[State | None, bool]:
        started, had_errors = time.monotonic(), False
        while True:
            for attempt in Retrying(
                retry=retry_if_exception_type(CONNECTION_ERRORS),
                stop=stop_after_delay(OUTAGE_SECONDS),
                wait=wait_exponential(max=30),
                reraise=True,
            ):
                with attempt:
                    # Events first: what is said of the end of an operation is there before its end shows.
                    had_errors |= self._say_events()
                    state = self.describe()
            elapsed = time.monotonic() - started
            if is_over(state):
                self._say_events()
                return state, had_errors
            shown = "gone" if state is None else f"{state.status}, health {state.health}"
            self._reporter.progress(f"{self.name}: {shown}, {elapsed:.0f} s")
            if elapsed > timeout_seconds:
                raise DeploymentError(
                    f"environment {self.name} is {shown} after {elapsed:.0f} s, expected {wish}: look at its events in "
                    "the console; the same command continues to wait"
                )
            time.sleep(self.poll_seconds)

    def _read_events(self) -> list[Mapping[str, Any]]:
        pages = self.clients.beanstalk.get_paginator("describe_events").paginate(
            ApplicationName=self.application, EnvironmentName=self.name, StartTime=self._events_since
        )
        return [event for page in pages for event in page["Events"]]

    def _say_events(self) -> bool:
        had_errors = False
        try:
            events = self._read_events()
        except ClientError as error:
            if error.response["Error"]["Code"] == "InvalidParameterValue":  # no such environment, yet or any more
                return False
            raise
        for event in sorted(events, key=lambda event: event["EventDate"]):
            key = (event["EventDate"], event["Message"])
            if key not in self._seen:
                self._seen.add(key)
                severity = event.get("Severity", "INFO")
                had_errors |= severity in {"ERROR", "FATAL"}
                self._reporter.say(f"{event['EventDate']:%H:%M:%S} {severity:5} {event['Message']}")
        return had_errors
