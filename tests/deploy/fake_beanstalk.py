"""A small Elastic Beanstalk: its query protocol over HTTP, with the states and refusals that the deployment meets.

Moto stops at applications and environments without versions, updates or events. Here an operation takes some looks,
versions must exist in S3, an environment under way refuses orders, and every call is kept for the tests.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from botocore import xform_name
from botocore.exceptions import ClientError

NAMESPACE = "http://elasticbeanstalk.amazonaws.com/docs/2010-12-01/"
STACKS = (
    "64bit Amazon Linux 2 v4.9.0 running Docker",
    "64bit Amazon Linux 2023 v4.9.1 running Docker",
    "64bit Amazon Linux 2023 v4.10.0 running Docker",
    "64bit Amazon Linux 2023 v4.11.0 running ECS",
    "64bit Amazon Linux 2023 v6.7.3 running Node.js 22",
)


class RefusalError(Exception):
    """An error answer."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


@dataclass
class FakeEnvironment:
    """One environment."""

    application: str
    label: str
    settings: dict[tuple[str, str], str]
    status: str = "Launching"
    health: str = "Grey"
    looks_left: int = 0
    starts: int = 1


@dataclass
class FakeBeanstalk:
    """The service's state; tests set what shall go wrong.

    Attributes
    ----------
    s3
        boto3 client of the S3 where bundles must lie.
    bad_labels
        Versions that never become healthy.
    broken_labels
        Versions whose deployment itself fails: an ERROR event, and the old version stays.
    looks
        DescribeEnvironments calls that an operation takes.
    is_held
        Whether operations make no progress.
    faults
        RefusalErrors still to be given, by action.
    """

    s3: Any
    bucket: str
    bad_labels: set[str] = field(default_factory=set)
    broken_labels: set[str] = field(default_factory=set)
    has_bucket: bool = False
    unprocessable: bool = False
    looks: int = 2
    is_held: bool = False
    faults: dict[str, list[RefusalError]] = field(default_factory=dict)
    applications: set[str] = field(default_factory=set)
    versions: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    environments: dict[str, FakeEnvironment] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    url: str = ""

    def count(self, action: str) -> int:
        return Counter(name for name, _ in self.calls)[action]

    def answer(self, action: str, parameters: dict[str, str]) -> dict[str, Any]:
        with self.lock:
            self.calls.append((action, parameters))
            if self.faults.get(action):
                raise self.faults[action].pop(0)
            return dict(getattr(self, xform_name(action))(parameters))

    def log(self, name: str, message: str, severity: str = "INFO") -> None:
        moment = self.events[-1]["EventDate"] if self.events else datetime.now(UTC)
        self.events.append(
            {
                "EventDate": max(datetime.now(UTC), moment + timedelta(milliseconds=1)),
                "Message": message,
                "EnvironmentName": name,
                "Severity": severity,
            }
        )

    def describe_applications(self, parameters: dict[str, str]) -> dict[str, Any]:
        return {
            "Applications": [
                {"ApplicationName": name} for name in self.applications & read_list(parameters, "ApplicationNames")
            ]
        }

    def create_application(self, parameters: dict[str, str]) -> dict[str, Any]:
        name = parameters["ApplicationName"]
        if name in self.applications:
            raise RefusalError("InvalidParameterValue", f"Application {name} already exists.")
        self.applications.add(name)
        return {"Application": {"ApplicationName": name}}

    def create_storage_location(self, _: dict[str, str]) -> dict[str, Any]:
        if not self.has_bucket:
            self.s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
            self.has_bucket = True
        return {"S3Bucket": self.bucket}

    def describe_application_versions(self, parameters: dict[str, str]) -> dict[str, Any]:
        labels = read_list(parameters, "VersionLabels")
        found = [
            version
            for (application, label), version in self.versions.items()
            if application == parameters["ApplicationName"] and label in labels
        ]
        answer = [dict(version) for version in found]
        for version in found:
            if version["Status"] == "PROCESSING":
                version["Status"] = "FAILED" if self.unprocessable else "PROCESSED"
        return {"ApplicationVersions": answer}

    def create_application_version(self, parameters: dict[str, str]) -> dict[str, Any]:
        key = (parameters["ApplicationName"], parameters["VersionLabel"])
        if key[0] not in self.applications:
            raise RefusalError("InvalidParameterValue", f"No Application named '{key[0]}' found.")
        if key in self.versions:
            raise RefusalError("InvalidParameterValue", f"Application Version {key[1]} already exists.")
        bucket, name = parameters["SourceBundle.S3Bucket"], parameters["SourceBundle.S3Key"]
        try:
            self.s3.head_object(Bucket=bucket, Key=name)
        except ClientError:
            text = f"Unable to download from S3 location (Bucket: {bucket}  Key: {name}). Reason: Not Found"
            raise RefusalError("InvalidParameterCombination", text) from None
        status = "PROCESSING" if parameters.get("Process") == "true" else "UNPROCESSED"
        self.versions[key] = {
            "ApplicationName": key[0],
            "VersionLabel": key[1],
            "Status": status,
            "SourceBundle": {"S3Bucket": bucket, "S3Key": name},
        }
        return {"ApplicationVersion": self.versions[key]}

    def delete_application_version(self, parameters: dict[str, str]) -> dict[str, Any]:
        del self.versions[parameters["ApplicationName"], parameters["VersionLabel"]]
        return {}

    def list_available_solution_stacks(self, _: dict[str, str]) -> dict[str, Any]:
        return {"SolutionStacks": list(STACKS)}

    def describe_environments(self, parameters: dict[str, str]) -> dict[str, Any]:
        names = read_list(parameters, "EnvironmentNames")
        found = []
        for name, environment in list(self.environments.items()):
            if name in names and environment.application == parameters["ApplicationName"]:
                self.advance(name, environment)
                found.append(self.show(name, environment))
        return {"Environments": found}

    def advance(self, name: str, environment: FakeEnvironment) -> None:
        if self.is_held or environment.status in {"Ready", "Terminated"}:
            return
        environment.looks_left -= 1
        if environment.looks_left > 0:
            return
        if environment.status == "Terminating":
            self.log(name, "terminateEnvironment completed successfully.")
            environment.status = "Terminated"
            return
        if environment.label in self.broken_labels:
            self.log(name, "Failed to deploy application.", "ERROR")
            environment.health = "Red"
        elif environment.label in self.bad_labels:
            self.log(name, "Environment health has transitioned from Ok to Severe. ELB health is failing.", "WARN")
            environment.health = "Red"
        else:
            self.log(name, "Environment update completed successfully.")
            environment.health = "Green"
        environment.status = "Ready"

    def show(self, name: str, environment: FakeEnvironment) -> dict[str, Any]:
        return {
            "EnvironmentName": name,
            "EnvironmentId": "e-fake",
            "ApplicationName": environment.application,
            "VersionLabel": environment.label,
            "Status": environment.status,
            "Health": environment.health if environment.status in {"Ready", "Terminated"} else "Grey",
            "CNAME": f"{name}.eu-west-1.elasticbeanstalk.com",
        }

    def check_version(self, parameters: dict[str, str], application: str) -> str:
        label = parameters["VersionLabel"]
        if self.versions.get((application, label), {}).get("Status") not in {"PROCESSED", "UNPROCESSED"}:
            raise RefusalError("InvalidParameterValue", f"No Application Version named '{label}' found.")
        return label

    def create_environment(self, parameters: dict[str, str]) -> dict[str, Any]:
        name, application = parameters["EnvironmentName"], parameters["ApplicationName"]
        if name in self.environments and self.environments[name].status != "Terminated":
            raise RefusalError("InvalidParameterValue", f"Environment {name} already exists.")
        if parameters["SolutionStackName"] not in STACKS:
            raise RefusalError(
                "InvalidParameterValue", f"No Solution Stack named '{parameters['SolutionStackName']}' found."
            )
        label = self.check_version(parameters, application)
        environment = FakeEnvironment(application, label, read_settings(parameters), looks_left=self.looks)
        self.environments[name] = environment
        self.log(name, "createEnvironment is starting.")
        return self.show(name, environment)

    def update_environment(self, parameters: dict[str, str]) -> dict[str, Any]:
        name = parameters["EnvironmentName"]
        environment = self.find(name)
        environment.label = self.check_version(parameters, environment.application)
        environment.settings.update(read_settings(parameters))
        environment.status, environment.looks_left = "Updating", self.looks
        environment.starts += 1
        self.log(name, "Environment update is starting.")
        return self.show(name, environment)

    def terminate_environment(self, parameters: dict[str, str]) -> dict[str, Any]:
        environment = self.find(parameters["EnvironmentName"])
        environment.status, environment.looks_left = "Terminating", self.looks
        self.log(parameters["EnvironmentName"], "terminateEnvironment is starting.")
        return self.show(parameters["EnvironmentName"], environment)

    def find(self, name: str) -> FakeEnvironment:
        if name not in self.environments or self.environments[name].status == "Terminated":
            raise RefusalError("InvalidParameterValue", f"No Environment found for EnvironmentName = '{name}'.")
        if self.environments[name].status != "Ready":
            raise RefusalError(
                "InvalidParameterValue",
                f"Environment named {name} is in an invalid state for this operation. Must be Ready.",
            )
        return self.environments[name]

    def describe_events(self, parameters: dict[str, str]) -> dict[str, Any]:
        if parameters["EnvironmentName"] not in self.environments:
            raise RefusalError(
                "InvalidParameterValue",
                f"No Environment found for EnvironmentName = '{parameters['EnvironmentName']}'.",
            )
        since = datetime.fromisoformat(parameters["StartTime"])
        events = [
            event
            for event in self.events
            if event["EnvironmentName"] == parameters["EnvironmentName"] and event["EventDate"] >= since
        ]
        newest_first = sorted(events, key=lambda event: event["EventDate"], reverse=True)
        begin = int(parameters.get("NextToken", "0"))
        page = newest_first[begin : begin + 3]  # small pages, so that following them matters
        more = {"NextToken": str(begin + 3)} if begin + 3 < len(newest_first) else {}
        return {"Events": page, **more}


def read_list(parameters: dict[str, str], name: str) -> set[str]:
    return {value for key, value in parameters.items() if key.startswith(f"{name}.member.")}


def read_settings(parameters: dict[str, str]) -> dict[tuple[str, str], str]:
    settings = {}
    for number in range(1, 100):
        key = f"OptionSettings.member.{number}"
        if f"{key}.Namespace" not in parameters:
            break
        settings[parameters[f"{key}.Namespace"], parameters[f"{key}.OptionName"]] = parameters[f"{key}.Value"]
    return settings


def render(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{render(part)}</{name}>" for name, part in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{render(part)}</member>" for part in value)
    return escape(value.isoformat() if isinstance(value, datetime) else str(value))


def wrap(name: str, content: str) -> str:
    return f'<{name} xmlns="{NAMESPACE}">{content}</{name}>'


@contextmanager
def serve_fake(fake: FakeBeanstalk) -> Iterator[FakeBeanstalk]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            parameters = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
            action = parameters.pop("Action")
            try:
                result = render(fake.answer(action, parameters))
                status, text = 200, wrap(f"{action}Response", f"<{action}Result>{result}</{action}Result>")
            except RefusalError as error:
                status = error.status
                details = {"Type": "Sender", "Code": error.code, "Message": str(error)}
                text = wrap("ErrorResponse", render({"Error": details}))
            content = text.encode()
            self.send_response(status)
            self.send_header("content-type", "text/xml")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
