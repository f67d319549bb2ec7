"""Who may become a service account: GitHub's tokens as conditions in CEL, and everybody as members of IAM.

Owns: the conditions and mappings by which a stranger is told from whom the config means, and the members' names. Does
not own: what the service account may do (`rights.py`), or what the config may say (`settings_access.py`). Pure.

Sources, read 2026-11:
- conditions, mappings and their limits:
  https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers;
- claims of GitHub's tokens: https://docs.github.com/en/actions/reference/security/oidc;
- CEL, and RE2 in its `matches`: https://github.com/google/cel-spec/blob/master/doc/langdef.md;
- members: https://docs.cloud.google.com/iam/docs/principal-identifiers;
- pods: https://docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity.
"""

import re

from components._access import Right
from components._github_jobs import GithubJobs

MOST_OF_A_CONDITION = 4096
"""How many characters Google takes of a provider's condition."""

MOST_OF_A_SUBJECT = 127
"""How many characters Google takes of `google.subject`."""

TRUSTED = "attribute.trusted"
"""The attribute that says by which of the config's principals a token came in."""

_HEADS = "refs/heads/"
_TAGS = "refs/tags/"


def condition(jobs: GithubJobs, *, owner_id: int, repository_id: int) -> str:
    """Which tokens of GitHub's are let in: those of `jobs`, from the repository with these names and numbers.

    A job of a pull request is not, whatever it names: one from a fork runs under the base repository's name, and with
    `pull_request_target` under its branch as well.
    """
    runs = [
        *(_like("assertion.ref", f"{_HEADS}{branch}") for branch in jobs.branches),
        *(_like("assertion.ref", f"{_TAGS}{tag}") for tag in jobs.tags),
    ]
    if jobs.environments:
        named = " || ".join(_like("assertion.environment", environment) for environment in jobs.environments)
        # A job without an environment has no such claim, and to read it is an error, not a no.
        runs.append(f"(has(assertion.environment) && ({named}))")
    return " && ".join(
        [
            f"assertion.repository_owner_id == {_text(str(owner_id))}",
            f"assertion.repository_id == {_text(str(repository_id))}",
            f"assertion.repository == {_text(jobs.repository)}",
            "!assertion.event_name.startsWith('pull_request')",
            f"({' || '.join(runs)})",
        ]
    )


def mapping(right: Right, who: str) -> dict[str, str]:
    """What a token that was let in becomes: the run that it is of, for the trail, and the principal that trusts it.

    Not `assertion.sub`, which can be longer than a subject may be.
    """
    return {
        "google.subject": "'github:' + assertion.repository_id + ':' + assertion.run_id",
        TRUSTED: _text(trusted(right, who)),
    }


def trusted(right: Right, who: str) -> str:
    """The value of the attribute for the principal `who` of `right`."""
    return f"{right}-{who}"


def federated(pool: str, right: Right, who: str) -> str:
    """The member for all that came into `pool` (its full name) by the principal `who` of `right`."""
    return f"principalSet://iam.googleapis.com/{pool}/{TRUSTED}/{trusted(right, who)}"


def pods(pool: str, namespace: str, service_account: str) -> str:
    """The member for the pods of one service account in the clusters of a workload pool."""
    return f"serviceAccount:{pool}[{namespace}/{service_account}]"


def workload_pool(project: str) -> str:
    """The pool of all GKE clusters of a project; not of one in a domain's scope, for which Google documents no name."""
    return f"{project}.svc.id.goog"


def account(address: str) -> str:
    """The member for a service account."""
    return f"serviceAccount:{address}"


def _like(claim: str, pattern: str) -> str:
    """The condition that `claim` is like `pattern`, in which `*` stands for anything, from its beginning to its end."""
    if "*" not in pattern:
        return f"{claim} == {_text(pattern)}"
    head, _, rest = pattern.partition("*")
    if not rest:
        return f"{claim}.startsWith({_text(head)})"
    return f"{claim}.matches({_text('^' + '.*'.join(map(_plain, pattern.split('*'))) + '$')})"


def _plain(text: str) -> str:
    """`text` as a pattern that matches it alone. In brackets and not after backslashes, which CEL would read first."""
    return re.sub(r"[^A-Za-z0-9_/@#=,% -]", lambda found: rf"[{found[0]}]", text)


def _text(text: str) -> str:
    """`text` as a text in CEL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
