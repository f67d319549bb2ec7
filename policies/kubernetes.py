"""Rules on Kubernetes: who may pull is said for each namespace, and nobody may do everything.

Owns: pull secrets and RBAC. Does not own: the images that are run (`images.py`).
"""

from collections.abc import Iterator

from pulumi_policy import Severity

from policies._props import Gap, groups, inside, text, words
from policies._rule import Finding, Practice, Remark, Rule, Seen

SECRET = "kubernetes:core/v1:Secret"  # noqa: S105  # a type
_RBAC = "kubernetes:rbac.authorization.k8s.io/v1:"
_ROLES = (f"{_RBAC}Role", f"{_RBAC}ClusterRole")
_BINDINGS = (f"{_RBAC}RoleBinding", f"{_RBAC}ClusterRoleBinding")
_ALL = "*"
_PULL = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")
_EVERYBODY = ("system:anonymous", "system:unauthenticated", "system:authenticated")


def _placed(seen: Seen) -> Iterator[Remark]:
    kind, namespace = text(seen.props, "type"), inside(seen.props, "metadata", "namespace")
    if kind is Gap.UNKNOWN or (kind in _PULL and namespace is Gap.UNKNOWN):
        yield Gap.UNKNOWN
    elif kind in _PULL and namespace in (Gap.MISSING, "", "default", "kube-system", "kube-public"):
        yield Finding(f"pull secret {seen} is in no namespace of its own")


def _named(seen: Seen) -> Iterator[Remark]:
    rules = groups(seen.props, "rules")
    for one in rules if isinstance(rules, list) else [rules]:
        if isinstance(one, Gap):
            if one is Gap.UNKNOWN:
                yield one
            continue
        verbs, things = words(one, "verbs"), words(one, "resources")
        if Gap.UNKNOWN in (verbs, things):
            yield Gap.UNKNOWN
        wide = [
            name for name, told in (("verbs", verbs), ("resources", things)) if isinstance(told, list) and _ALL in told
        ]
        if wide:
            yield Finding(f"a rule of {seen} names `*` as its {' and '.join(wide)}")


def _bound(seen: Seen) -> Iterator[Remark]:
    role = inside(seen.props, "roleRef", "name")
    subjects = groups(seen.props, "subjects")
    if Gap.UNKNOWN in (role, subjects):
        yield Gap.UNKNOWN
    if role in ("cluster-admin", "admin", "edit"):
        yield Finding(f"binding {seen} gives `{role}`")
    for one in subjects if isinstance(subjects, list) else []:
        name = one if isinstance(one, Gap) else text(one, "name")
        if name is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif name in _EVERYBODY:
            yield Finding(f"binding {seen} is for `{name}`")


RULES: tuple[Rule, ...] = (
    Rule(
        name="kubernetes-pull-secret-has-a-place",
        says="A pull secret is in the namespace that pulls.",
        refuses="a pull secret in `default` or a namespace of the system's, or in none that is named",
        why="whatever runs there can read it and pull every image, and what should pull cannot",
        mend="write `delivery.<name>.namespaces` (`metadata.namespace`)",
        severity=Severity.MEDIUM,
        practices=(Practice.ROLES,),
        types=(SECRET,),
        judge=_placed,
    ),
    Rule(
        name="kubernetes-no-wildcard-grants",
        says="A role names what may be done, and to what.",
        refuses="a role or cluster role with `*` as a verb or resource",
        why="what runs with it can read every secret of the namespace or cluster, the registry's among them",
        mend="name `verbs` and `resources`",
        severity=Severity.HIGH,
        checks=("CKV_K8S_49",),
        practices=(Practice.ROLES,),
        types=_ROLES,
        judge=_named,
    ),
    Rule(
        name="kubernetes-no-administrators",
        says="What builds and deploys administers no cluster.",
        refuses="a binding to `cluster-admin`, `admin` or `edit`, or for everybody",
        why="a build runs users' code; with such rights that code owns the cluster",
        mend="bind a role with the verbs that are needed, to a service account by name",
        severity=Severity.CRITICAL,
        practices=(Practice.ROLES,),
        types=_BINDINGS,
        judge=_bound,
    ),
)
