"""A deployment from its beginning, or from where an interrupted one stopped, to its end.

Every step looks first and acts only on what is missing, so the same command continues after an
interruption, whoever ran it before. The way back is written to the journal before the first change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from deploy.aws import Clients
from deploy.aws_errors import DeploymentError
from deploy.environment import Environment, State
from deploy.environment_options import EnvironmentOptions
from deploy.journal import Journal, JournalStore
from deploy.versions import Bundle, describe_version, ensure_application, ensure_version, find_bucket

DEFAULTS: Final = EnvironmentOptions(
    balanced=False,
    instance_type="t3.small",
    instance_profile="aws-elasticbeanstalk-ec2-role",
    service_role="aws-elasticbeanstalk-service-role",
)
"""What a new environment is made with where nothing else is asked for."""


@dataclass(frozen=True)
class Limits:
    """How long to wait.

    Attributes
    ----------
    operation_seconds
        For one operation of Elastic Beanstalk; a new environment takes about five minutes.
    health_seconds
        For green health after it.
    """

    operation_seconds: float = 1800
    health_seconds: float = 300


@dataclass(frozen=True)
class Deployment:
    """One bundle on its way into one environment.

    Attributes
    ----------
    clients
        Of the region.
    environment
        Where it goes.
    bundle
        What goes there.
    options
        What is asked for explicitly.
    limits
        How long to wait.
    say
        Takes a line for people.
    """

    clients: Clients
    environment: Environment
    bundle: Bundle
    options: EnvironmentOptions
    limits: Limits
    say: Callable[[str], None]

    def plan(self, state: State | None) -> list[str]:
        """Say what would be done; only looks."""
        application, label, name = self.environment.application, self.bundle.label, self.environment.name
        steps = []
        if not self.clients.beanstalk.describe_applications(ApplicationNames=[application])["Applications"]:
            steps.append(f"make application {application}")
        if describe_version(self.clients, application, label) is None:
            steps.append(f"upload {len(self.bundle.content):,} bytes and make version {label}")
        if state is None:
            steps.append(f"make environment {name} with version {label}")
        elif state.label != label:
            steps.append(f"deploy version {label} to {name} in place of {state.label}")
        elif self.options.list_settings():
            steps.append(f"change options of {name}")
        return steps

    def run(self) -> State:
        """Deploy.

        Returns
        -------
        State
            Of the environment, healthy, with this bundle.

        Raises
        ------
        DeploymentError
            If the environment did not become healthy; then the version before is running again, if there was one.
        """
        ensure_application(self.clients, self.environment.application)
        ensure_version(self.clients, self.environment.application, self.bundle, self.say, self.environment.poll_seconds)
        bucket = find_bucket(self.clients)
        store = JournalStore.of(self.clients, bucket, self.environment.application, self.environment.name)
        state, _ = self.environment.wait_until_ready(self.limits.operation_seconds)
        journal = store.read()
        if journal is not None and journal.rolling_back:
            raise self._finish_rollback(store, journal)
        had_errors = False
        if state is None:
            store.write(Journal(None, self.bundle.label))
            self.environment.create(self.bundle.label, self._complete_options())
            state, had_errors = self.environment.wait_until_ready(self.limits.operation_seconds)
        elif state.label != self.bundle.label or self.options.list_settings():
            journal = Journal(self._choose_way_back(state, journal), self.bundle.label)
            store.write(journal)
            self.environment.mark_events_seen()
            self.environment.update(self.bundle.label, self.options)
            state, had_errors = self.environment.wait_until_ready(self.limits.operation_seconds)
        elif journal is None and state.is_healthy:
            self.say(f"{self.environment.name} already runs version {self.bundle.label} in good health: nothing to do")
            return state
        else:
            self.say(f"{self.environment.name} already has version {self.bundle.label}: waiting for its health")
        return self._judge(store, state, had_errors)

    def _complete_options(self) -> EnvironmentOptions:
        chosen = {name: value for name, value in vars(self.options).items() if value not in (None, {})}
        return EnvironmentOptions(**{**vars(DEFAULTS), **chosen})

    def _choose_way_back(self, state: State, journal: Journal | None) -> str | None:
        # What an interrupted deployment left half done is no way back; what ran before it is.
        if journal is not None and journal.target == state.label:
            return journal.previous
        # A change of options alone has no version to go back to.
        return state.label if state.is_healthy and state.label != self.bundle.label else None

    def _judge(self, store: JournalStore, state: State | None, had_errors: bool) -> State:
        if state is not None and state.label == self.bundle.label and not state.is_healthy and not had_errors:
            state = self.environment.wait_until_healthy(self.limits.health_seconds)
        if state is not None and state.label == self.bundle.label and state.is_healthy:
            store.clear()
            return state
        journal = store.read()
        found = "gone" if state is None else f"version {state.label} in health {state.health}"
        failure = (
            f"environment {self.environment.name} is {found}, expected version {self.bundle.label} in health Green"
        )
        if journal is None or journal.previous is None or state is None:
            store.clear()
            raise DeploymentError(
                f"{failure}; there is no earlier healthy version to go back to. It goes on costing: read its logs in "
                "the console, or end it with `python -m deploy.beanstalk terminate`"
            )
        self.say(f"{failure}: going back to {journal.previous}")
        journal = Journal(journal.previous, journal.target, rolling_back=True)
        store.write(journal)
        if state.label != journal.previous:
            self.environment.update(str(journal.previous))
        raise self._finish_rollback(store, journal)

    def _finish_rollback(self, store: JournalStore, journal: Journal) -> DeploymentError:
        state, _ = self.environment.wait_until_ready(self.limits.operation_seconds)
        if state is not None and state.label != journal.previous:
            # Interrupted between the journal's entry and the order itself.
            self.environment.update(str(journal.previous))
            state, _ = self.environment.wait_until_ready(self.limits.operation_seconds)
        if state is not None and not state.is_healthy:
            state = self.environment.wait_until_healthy(self.limits.health_seconds)
        store.clear()
        outcome = "in good health" if state is not None and state.is_healthy else "NOT healthy either: look at it now"
        return DeploymentError(
            f"version {journal.target} did not become healthy and was taken back; {self.environment.name} has "
            f"version {journal.previous} again, {outcome}. Mend the cause and deploy again"
        )
