"""The names that a server's parts have in the project.

Owns: each name's form, and making a name fit that is too long. Pure. The sources are those of each kind of name:
https://docs.cloud.google.com/compute/docs/naming-resources, https://docs.cloud.google.com/iam/docs/service-accounts-create
and https://docs.cloud.google.com/iam/docs/creating-custom-roles, read 2026-11.
"""

import hashlib

_MARK = 6
_ACCOUNT = 30
_ROLE = 64
_BEGINNING = "snapdeploy"


def title(slug: str) -> str:
    """What a server, its disks, address and network are called: at most 43 characters, so that a word fits behind."""
    return f"{_BEGINNING}-{slug.strip('-')}"


def account_id(slug: str) -> str:
    """The id of the server's service account."""
    return _shortened(title(slug), _ACCOUNT, "-")


def role_id(slug: str, what: str) -> str:
    """The id of the custom role that plays `what`; it has no '-'."""
    return _shortened(f"{title(slug)}-{what}".replace("-", "_"), _ROLE, "_")


def _shortened(name: str, most: int, mark: str) -> str:
    """`name`, or its beginning with a mark that no other name's beginning gets."""
    if len(name) <= most:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_MARK]
    return f"{name[: most - _MARK - 1].rstrip(mark)}{mark}{digest}"
