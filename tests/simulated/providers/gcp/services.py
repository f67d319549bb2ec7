"""Service Usage: the APIs of a project, and the accounts with which Google's services act in it.

Owns: Service, ServiceIdentity, and which service agents there are. An API stays on when a program that turned it
on goes, unless the program says `disableOnDestroy`.
"""

import re

from tests.simulated.behaviour import Call, State
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.place import SERVICE, admit, project, project_number
from tests.simulated.providers.gcp.words import RefusedError, known, text, worded
from tests.simulated.store import Key, Store
from tests.simulated.wire import Properties

IDENTITY = "gcp:projects/serviceIdentity:ServiceIdentity"
AGENTS = {
    "artifactregistry.googleapis.com": "gcp-sa-artifactregistry",
    "cloudkms.googleapis.com": "gcp-sa-cloudkms",
    "compute.googleapis.com": "compute-system",
    "containeranalysis.googleapis.com": "container-analysis",
    "logging.googleapis.com": "gcp-sa-logging",
    "monitoring.googleapis.com": "gcp-sa-monitoring-notification",
    "pubsub.googleapis.com": "gcp-sa-pubsub",
    "secretmanager.googleapis.com": "gcp-sa-secretmanager",
}
"""The domain of each service's agent. https://docs.cloud.google.com/iam/docs/service-agents, read 2026-11."""

NEEDED_BY = {
    "artifactregistry.googleapis.com": frozenset({"containerscanning.googleapis.com"}),
    "containeranalysis.googleapis.com": frozenset({"containerscanning.googleapis.com"}),
}
"""Which APIs depend on one, as far as they are asked for here."""

_WITH_THE_API = frozenset({"compute.googleapis.com"})
"""Services whose agent is there as soon as their API is on."""

_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


class Service(Kind):
    """One API of a project, which is on while it is in the store."""

    api = "serviceusage.googleapis.com"
    noun = "Project Service"
    replace_on_change = frozenset({"service"})
    overwrites = True

    def rules(self, inputs: Properties) -> list[Mistake]:
        service = known(inputs, "service")
        if service is None or _DOMAIN.fullmatch(service):
            return []
        return [Mistake("service", f"expected {service} to be a domain like serviceusage.googleapis.com")]

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{project(call.config, inputs)}/{text(inputs, 'service')}"

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        service = text(properties, "service")
        if not service.endswith(".googleapis.com"):
            raise RefusedError(400, f"Not found or permission denied for service(s): {service}., badRequest")

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        if olds.get("disableOnDestroy") is not True:
            return
        owner, _, service = id_.partition("/")
        dependents = sorted(
            api
            for api in NEEDED_BY.get(service, frozenset())
            if call.store.get(Key(SERVICE, "", f"{owner}/{api}"), {}) is not None
        )
        if dependents and olds.get("disableDependentServices") is not True:
            raise RefusedError(
                400,
                f"The service {service} is depended on by the following active service(s): {','.join(dependents)};"
                " Please specify disable_dependent_services=true if you want to proceed with disabling all services.,"
                " failedPrecondition",
            )
        for api in (service, *dependents):
            call.store.drop(Key(SERVICE, "", f"{owner}/{api}"))


class ServiceIdentity(Kind):
    """The account with which a service acts in the project. Google makes it when it is asked for, and keeps it."""

    api = "serviceusage.googleapis.com"
    noun = "Service Identity"
    replace_on_change = frozenset({"service"})
    stable = frozenset({"email", "member"})
    overwrites = True

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"projects/{project(call.config, inputs)}/services/{text(inputs, 'service')}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        email = agent(project(call.config, properties), text(properties, "service"))
        # Of a service without an agent the provider tells none.
        return {"email": email, "member": f"serviceAccount:{email}"} if email else {}

    def create(self, call: Call, inputs: Properties) -> State:
        with worded(f"Error creating {self.noun}"):
            admit(call.store, project(call.config, inputs), text(inputs, "service"))
        return super().create(call, inputs)

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        """Nothing: there is no call that takes an agent away."""


def agent(project_id: str, service: str) -> str:
    """The address of the agent of `service`; empty for one that has none here."""
    domain = AGENTS.get(service)
    return f"service-{project_number(project_id)}@{domain}.iam.gserviceaccount.com" if domain else ""


def agents(store: Store) -> set[str]:
    """The addresses of the agents that there are: those that somebody asked for, and those that come with their API."""
    found = set()
    for key in store.held():
        owner, _, service = key.id.partition("/")
        if key.token == SERVICE and service in _WITH_THE_API:
            found.add(agent(owner, service))
        if key.token == IDENTITY:
            _, owner, _, service = key.id.split("/")
            found.add(agent(owner, service))
    return found - {""}
