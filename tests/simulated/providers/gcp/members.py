"""Members and roles of an IAM policy: what is one, and whether Google knows it.

Owns: the forms of a member, which of them Google looks up, and the roles that are known here with what each can be
granted on. Does not own: keeping a grant (`grants`). `allUsers` is a member like any other: whether anybody may
read a registry is a policy's business and not the API's.

Sources, read 2026-11: https://docs.cloud.google.com/iam/docs/principal-identifiers and
https://docs.cloud.google.com/iam/docs/roles-permissions.
"""

import re

from tests.simulated.providers.gcp.place import address, project_number, reachable
from tests.simulated.providers.gcp.services import agent, agents
from tests.simulated.providers.gcp.words import RefusedError
from tests.simulated.store import Key, Store

ACCOUNT = "gcp:serviceaccount/account:Account"
POOL = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"
CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel"

BASIC = frozenset({"roles/owner", "roles/editor", "roles/viewer"})
ROLES = {
    "artifactregistry": {
        *("reader", "writer", "repoAdmin", "admin", "createOnPushWriter", "createOnPushRepoAdmin"),
        *("containerRegistryMigrationAdmin", "serviceAgent"),
    },
    "cloudkms": {
        *("admin", "viewer", "cryptoKeyEncrypter", "cryptoKeyDecrypter", "cryptoKeyEncrypterDecrypter"),
        *("cryptoOperator", "publicKeyViewer", "signer", "signerVerifier"),
    },
    "containeranalysis": {
        *("admin", "notes.editor", "notes.viewer", "occurrences.editor", "occurrences.viewer"),
        *("notes.attacher", "notes.occurrences.viewer"),
    },
    "dns": {"admin", "peer", "reader"},
    "eventarc": {"admin", "developer", "eventReceiver", "publisher", "viewer"},
    "iam": {
        *("serviceAccountAdmin", "serviceAccountCreator", "serviceAccountDeleter", "serviceAccountKeyAdmin"),
        *("serviceAccountOpenIdTokenCreator", "serviceAccountTokenCreator", "serviceAccountUser"),
        *("serviceAccountViewer", "workloadIdentityPoolAdmin", "workloadIdentityPoolViewer", "workloadIdentityUser"),
        *("securityAdmin", "securityReviewer", "roleAdmin", "roleViewer"),
    },
    "logging": {"admin", "viewer", "configWriter", "logWriter", "privateLogViewer", "bucketWriter", "viewAccessor"},
    "monitoring": {
        *("admin", "editor", "viewer", "metricWriter", "alertPolicyEditor", "alertPolicyViewer", "dashboardEditor"),
        *("dashboardViewer", "notificationChannelEditor", "notificationChannelViewer"),
    },
    "pubsub": {"admin", "editor", "viewer", "publisher", "subscriber"},
    "resourcemanager": {"projectIamAdmin"},
    "secretmanager": {
        *("admin", "secretAccessor", "secretVersionAdder", "secretVersionManager", "viewer"),
        *("parameterAccessor", "parameterAdmin", "parameterViewer"),
    },
    "serviceusage": {"serviceUsageAdmin", "serviceUsageConsumer", "serviceUsageViewer", "apiKeysAdmin"},
    "workflows": {"admin", "editor", "invoker", "viewer"},
    "storage": {"admin", "objectAdmin", "objectCreator", "objectUser", "objectViewer"},
}
"""The roles that are known here, by service. A role that Google has and that is not here is refused: add it."""

_FORM = re.compile(r"(?s)(?:.+:.+|allUsers|allAuthenticatedUsers)")
_CUSTOM = re.compile(r"(?:projects|organizations)/[^/]+/roles/[A-Za-z0-9_.]{3,64}")
_MAIL = re.compile(r"[^@\s:]+@[^@\s:]+\.[a-z]{2,}")
_CLUSTER = re.compile(r"[a-z0-9.:-]+\.svc\.id\.goog\[[^/\]]+/[^/\]]+\]")
_OWN = re.compile(r"(?P<account>[^@]+)@(?P<project>[a-z0-9.-]+)\.iam\.gserviceaccount\.com")
_FEDERATED = re.compile(
    r"(?P<kind>principal|principalSet)://iam\.googleapis\.com/projects/(?P<project>[^/]+)"
    r"/locations/global/workloadIdentityPools/(?P<pool>[^/]+)/(?P<who>.+)"
)
_WORKFORCE = re.compile(r"principal(?:Set)?://iam\.googleapis\.com/locations/global/workforcePools/[^/]+/.+")
_ONE = re.compile(r"subject/.+")
_SEVERAL = re.compile(r"\*|group/.+|attribute\.[a-z0-9_]+/.+")


def mistake(member: str) -> str | None:
    """What the provider says by itself to a text that is no member; None where it says nothing."""
    if member.startswith("deleted"):
        return "invalid value for member (Terraform does not support IAM members for deleted principals)"
    if _FORM.fullmatch(member) is None:
        return (
            f'invalid value "{member}" for member (IAM members must have one of the values outlined here:'
            " https://cloud.google.com/billing/docs/reference/rest/v1/Policy#Binding)"
        )
    return None


def normal(member: str) -> str:
    """A member as the provider writes it into an id: an address has no case, a federated identity has."""
    kind, colon, who = member.partition(":")
    return member if kind.startswith("principal") else f"{kind}{colon}{who.lower()}"


def check_member(store: Store, member: str) -> None:
    """Raises RefusedError for a member that Google does not take or does not find."""
    kind, _, who = member.partition(":")
    if member in ("allUsers", "allAuthenticatedUsers"):
        return
    if kind in ("principal", "principalSet"):
        _check_federated(store, member)
    elif kind == "serviceAccount" and _CLUSTER.fullmatch(who):
        # Whether a project has a cluster with Workload Identity is not known here: it is taken to have one.
        return
    elif kind in ("user", "group", "serviceAccount"):
        if _MAIL.fullmatch(who) is None:
            raise RefusedError(400, f"Invalid member: {member}., badRequest")
        if kind == "serviceAccount":
            _check_account(store, who)
    elif kind not in ("domain", "projectOwner", "projectEditor", "projectViewer"):
        raise RefusedError(
            400, f"The member {member} is of an unknown type. Please set a valid type prefix, badRequest"
        )


def _check_federated(store: Store, member: str) -> None:
    if _WORKFORCE.fullmatch(member):
        return
    read = _FEDERATED.fullmatch(member)
    if read is None:
        raise RefusedError(400, f"Invalid principal: {member}., badRequest")
    wanted = _ONE if read["kind"] == "principal" else _SEVERAL
    if wanted.fullmatch(read["who"]) is None:
        raise RefusedError(400, f"Invalid principal: {member}., badRequest")
    name = f"projects/{read['project']}/locations/global/workloadIdentityPools/{read['pool']}"
    for key in store.held():
        if key.token == POOL and key.id.endswith(f"/workloadIdentityPools/{read['pool']}"):
            # By its number and nothing else: a member with the project's id in it is never anybody.
            same = project_number(key.id.split("/")[1]) == read["project"]
            if same and (store.get(key, {}) or {}).get("state") == "ACTIVE":
                return
    raise RefusedError(
        400,
        f"Identity Pool does not exist ({name}). Please check that you specified a valid resource name as returned in"
        " the `name` attribute in the configuration API., badRequest",
    )


def _check_account(store: Store, email: str) -> None:
    read = _OWN.fullmatch(email)
    if read is None or not _is_asked_about(store, read["project"]):
        # A default account such as …-compute@developer.gserviceaccount.com, or one of a project that nobody sees.
        return
    if email not in accounts(store):
        raise RefusedError(400, f"Service account {email} does not exist., badRequest")


def _is_asked_about(store: Store, domain: str) -> bool:
    """Whether the accounts of a domain are known here: a service's agents, and those of a project one may see."""
    name, _, scope = domain.partition(".")
    return reachable(f"{scope}:{name}" if scope else name)


def accounts(store: Store) -> set[str]:
    """The address of every service account that there is, agents of Google's services among them."""
    found = agents(store)
    for key in store.held():
        if key.token == ACCOUNT:
            found.add(key.id.rpartition("/")[2])
        elif key.token == CHANNEL and (store.get(key, {}) or {}).get("type") == "pubsub":
            # The one that publishes alerts comes with the project's first channel of that type.
            found.add(agent(key.id.split("/")[1], "monitoring.googleapis.com"))
    return found


def check_role(role: str, services: frozenset[str]) -> None:
    """Raises RefusedError for a role that does not exist, or that what has the policy knows nothing of."""
    if _CUSTOM.fullmatch(role):
        # Whether a custom role is there is not looked at: whoever names one has it.
        return
    service, _, name = role.removeprefix("roles/").partition(".")
    exists = role in BASIC or (role.startswith("roles/") and name in ROLES.get(service, set()))
    if not exists:
        raise RefusedError(
            400, f"Invalid argument: role {role} does not exist in the resource's hierarchy., badRequest"
        )
    if services and (role in BASIC or service not in services):
        raise RefusedError(400, f"Role {role} is not supported for this resource., badRequest")


def account_of(project_id: str, account: str) -> Key:
    """Where the store has a service account of a project."""
    return Key(ACCOUNT, "", f"projects/{project_id}/serviceAccounts/{address(project_id, account)}")
