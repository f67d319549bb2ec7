"""Who comes in through Google's workload identity pools, and as which service account.

Owns: reading the providers of pools whose tokens are GitHub's, and which of a pool's members they make. Does not own
the language of their conditions (`cel.py`), comparing (`grants.py`) or words (`rights.py`). Pure.

What a provider lets in, and what its tokens become, are two resources: a provider, and a grant on a service account. In
a preview without `--show-sames` only that which changes is there. Of the registry's own providers it is known which
service account they lead to (`components/artifact_registry/holders.py`), so that each is told whole; of others, only
where both are there. Source, read 2026-11: https://docs.cloud.google.com/iam/docs/workload-identity-federation.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ops.explain import cel, google
from ops.explain.digest import Change, Mark, State
from ops.explain.grants import Condition, Grant, Set

ISSUER = "https://token.actions.githubusercontent.com"
"""Who signs the tokens of GitHub's jobs."""
HOLDERS = "snapdeploy:artifact-registry:Holders"
TRUSTED = "attribute.trusted"
FEDERATE = "roles/iam.workloadIdentityUser"
ROLES = {
    "push": "roles/artifactregistry.writer",
    "pull": "roles/artifactregistry.reader",
    "clean": "roles/artifactregistry.repoAdmin",
}
"""How the registry's component does it, which this room may not import: a test compares the two."""
PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
JOBS = f"federated:{ISSUER.removeprefix('https://')}?google"
"""Who comes in by a token of GitHub's; which of them, a grant's conditions say."""
REPOSITORY = ("repository", "repository_id", "repository_owner", "repository_owner_id")
"""The claims that say of which repository a job is, and whose that is."""
CLAIM = "github:"
"""What the keys of those conditions begin with."""
_MEMBER = re.compile(
    r"member:principal(?:Set)?://iam\.googleapis\.com/.*/workloadIdentityPools/(?P<pool>[^/]+)/"
    r"(?:(?P<key>attribute\.[^/]+)/(?P<value>.+)|subject/(?P<subject>.+)|(?P<all>\*))"
)


@dataclass(frozen=True)
class Provider:
    """One provider of GitHub's tokens, on one side of the preview."""

    change: Change
    pool: frozenset[str]
    """The pool's id and URN, as far as they are known."""
    mapping: Mapping[str, str]
    ways: tuple[cel.Way, ...]

    @property
    def leads_to(self) -> tuple[str, str] | None:
        """Of the registry's own: the right, and the name of the service account in the program."""
        value = cel.constant(self.mapping.get(TRUSTED, "")) or ""
        word, _, _ = value.partition("-")
        own = HOLDERS in self.change.chain and self.change.name.endswith(f"-{value}")
        if not own or word not in ROLES:
            return None
        return word, f"{self.change.name.removesuffix(value)}{word}-account"


def provider(change: Change, state: State) -> Provider | None:
    """The provider; None where it lets in nobody, or others than GitHub's jobs. Raises cel.UnreadableError."""
    if change.type != PROVIDER or state.get("disabled") is True:
        return None
    oidc = state.asked("oidc")
    if not isinstance(oidc, Mapping) or oidc.get("issuerUri") != ISSUER:
        return None
    told = state.asked("attributeMapping")
    mapping = {str(key): one for key, one in told.items() if type(one) is str} if isinstance(told, Mapping) else {}
    condition = state.asked("attributeCondition")
    if not (condition is None or type(condition) is str) or isinstance(told, Mark):
        raise cel.UnreadableError
    ways = cel.ways(condition, mapping) if condition else cel.LET_IN
    pool = state.get("workloadIdentityPoolId")
    names = {pool} if type(pool) is str else set()
    return Provider(change, frozenset({*names, *state.depends.get("workloadIdentityPoolId", ())}), mapping, ways)


def own(one: Provider, accounts: Mapping[str, str]) -> Iterator[Grant]:
    """What one of the registry's own lets whom do; `accounts` has the addresses of service accounts by their names."""
    found = one.leads_to
    if found is not None:
        name = accounts.get(found[1], found[1])
        yield from (_grant(way, FEDERATE, name) for way in one.ways)


def may(one: Provider) -> tuple[str, ...]:
    """What the service account that one of the registry's own leads to may do with images, in words."""
    found = one.leads_to
    return google.roles()[ROLES[found[0]]] if found else ()


def through(state: State, change: Change, who: str, on: str, providers: Iterable[Provider]) -> Iterator[Grant] | None:
    """The grants by which a pool's member becomes a service account, job by job; None where that cannot be told.

    Nothing is left of one that `own` tells of.
    """
    pools = frozenset(state.depends.get("member", ()))
    found = _MEMBER.fullmatch(who)
    told = [one for one in providers if one.pool & (pools | ({found["pool"]} if found else set()))]
    if HOLDERS in change.chain and any(one.leads_to and change.name == f"{one.change.name}-trusted" for one in told):
        return iter(())
    if found is None or not told or state.get("role") not in google.ACT:
        return None
    ways = [way for one in told for way in _become(one, found)]
    if None in ways:
        return None
    conditions = google.conditions(state)
    name = on.partition(":")[2]
    return (
        replace(_grant(way, str(state.get("role")), name), conditions=(*_claims(way), *conditions))
        for way in ways
        if way is not None
    )


def pins(one: Condition) -> bool:
    """Whether it keeps out the repositories of strangers: by one that it names, or by its owner."""
    claim = one.key.removeprefix(CLAIM)
    if one.operator == "StringLike" and claim == "repository":
        return "/" in one.values[0].partition("*")[0]
    return one.operator == "StringEquals" and claim in REPOSITORY


def _become(one: Provider, member: re.Match[str]) -> list[cel.Way | None]:
    """The ways in which its tokens become the member; None among them where that cannot be read."""
    if member["all"]:
        return list(one.ways)
    key, value = (member["key"], member["value"]) if member["key"] else ("google.subject", member["subject"])
    expression = one.mapping.get(key)
    if expression is None:
        return []
    constant, claim = cel.constant(expression), cel.claim(expression)
    if constant is not None:
        return list(one.ways) if constant == value else []
    if claim is None:
        return [None]
    return [tuple(dict.fromkeys((*way, Condition("StringEquals", claim, (value,))))) for way in one.ways]


def _grant(way: cel.Way, role_: str, account: str) -> Grant:
    return Grant(JOBS, Set((role_,)), Set((f"service account:{account}",)), _claims(way))


def _claims(way: cel.Way) -> tuple[Condition, ...]:
    return tuple(replace(one, key=f"{CLAIM}{one.key}") for one in way)
